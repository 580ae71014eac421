interface Options<T> {
  /** So many are in hand at once, over all partners. */
  readonly most: number;
  /** What is due, the longest first. Those in hand may be among them. */
  readonly due: (limit: number) => Promise<readonly T[]>;
  /** No two of one name are in hand at once. */
  readonly nameOf: (item: T) => string;
  readonly act: (item: T) => Promise<unknown>;
  /** What a killed process, or a result that could not be written, left in the middle of a call. */
  readonly interrupted: () => Promise<readonly T[]>;
  /** Makes of one that was left so what is true. */
  readonly recover: (item: T) => Promise<unknown>;
  /** Something may have become due. */
  readonly wake: () => void;
  readonly report: (error: unknown, item: T) => void;
}

/** Takes up each that is due, side by side: one that fails, or takes long, holds up no other. */
export function eachDue<T>({ most, due, nameOf, act, interrupted, recover: mend, wake, report }: Options<T>) {
  const inHand = new Map<string, Promise<void>>();
  /** What came of one could not be written: its row may still say that it is being asked for. */
  let leftBehind = false;

  async function recover(): Promise<void> {
    // What is left behind meanwhile says so again.
    leftBehind = false;
    try {
      for (const item of await interrupted()) if (!inHand.has(nameOf(item))) await mend(item);
    } catch (error) {
      leftBehind = true;
      throw error;
    }
  }

  return {
    /** To be called once at the start, before the first tick. */
    recover,

    /** Starts whatever is due, without waiting for it. */
    async tick(): Promise<void> {
      if (leftBehind) await recover();
      for (const item of await due(most)) {
        const name = nameOf(item);
        if (inHand.has(name) || inHand.size >= most) continue;
        // After a failure of ours the row is as it was, so it is left to the next turn: waking at once would spin on it.
        const work = act(item)
          .then(wake, (error: unknown) => {
            leftBehind = true;
            report(error, item);
          })
          .finally(() => inHand.delete(name));
        inHand.set(name, work);
      }
    },

    /** Comes when the one of this name is no longer in hand; it never fails. */
    ended: async (name: string): Promise<void> => inHand.get(name),

    /** Waits for those in hand, `grace` milliseconds at most; what is cut off is found and told truly at the next start. */
    async settleWithin(grace: number): Promise<void> {
      await Promise.race([Promise.allSettled(inHand.values()), new Promise((resolve) => setTimeout(resolve, grace).unref())]);
    },
  };
}
