/** What was read stays known until `forget`, or until `limit` others were read since: for rows that are read at every call and changed only by an administrator. */
export interface Remembered<V> {
  get(key: string): Promise<V>;
  forget(): void;
}

export function cached<V>(load: (key: string) => Promise<V>, limit = 10_000): Remembered<V> {
  let known = new Map<string, V>();
  return {
    async get(key) {
      const value = known.get(key);
      if (value !== undefined) return value;
      const generation = known;
      const loaded = await load(key);
      // A value read before a change must not outlive it: `forget` replaces the map, and then nothing is kept.
      if (generation !== known || loaded === undefined) return loaded;
      // The one that is known longest makes room.
      if (known.size >= limit) known.delete(known.keys().next().value as string);
      known.set(key, loaded);
      return loaded;
    },
    forget() {
      known = new Map();
    },
  };
}
