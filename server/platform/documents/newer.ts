// What pdf.js asks of engines newer than Node 24, for the packed reader. The older edition of pdf.js brings it for every engine, at ten times the length.

/** https://tc39.es/proposal-math-sum/: without the errors of adding one after the other (Shewchuk's partial sums). */
function sumPrecise(numbers: Iterable<number>): number {
  const partials: number[] = [];
  for (let one of numbers) {
    let kept = 0;
    for (let other of partials) {
      if (Math.abs(one) < Math.abs(other)) [one, other] = [other, one];
      const high = one + other;
      const low = other - (high - one);
      if (low !== 0) partials[kept++] = low;
      one = high;
    }
    partials.length = kept;
    partials.push(one);
  }
  return partials.reduceRight((sum, one) => sum + one, 0);
}

type Kept<K, V> = Pick<Map<K, V>, 'has' | 'get' | 'set'>;

function getOrInsertComputed<K, V>(this: Kept<K, V>, key: K, compute: (key: K) => V): V {
  if (!this.has(key)) this.set(key, compute(key));
  return this.get(key) as V;
}

function getOrInsert<K, V>(this: Kept<K, V>, key: K, value: V): V {
  if (!this.has(key)) this.set(key, value);
  return this.get(key) as V;
}

function toHex(this: Uint8Array): string {
  return Array.from(this, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const lacked: readonly [object, Record<string, unknown>][] = [
  [Math, { sumPrecise }],
  [Map.prototype, { getOrInsert, getOrInsertComputed }],
  [WeakMap.prototype, { getOrInsert, getOrInsertComputed }],
  [Uint8Array.prototype, { toHex }],
];
for (const [of, functions] of lacked)
  for (const [name, value] of Object.entries(functions))
    if (!(name in of)) Object.defineProperty(of, name, { value, writable: true, configurable: true });

/** `Promise.try` for what is done before a snapshot: V8 adds its own after the start, and must not find another there. */
export async function withPromiseTry<T>(act: () => Promise<T>): Promise<T> {
  const lacking: { try?: unknown; all: unknown } = Promise;
  if ('try' in lacking) return act();
  lacking.try = async (work: (...given: unknown[]) => unknown, ...given: unknown[]) => work(...given);
  try {
    return await act();
  } finally {
    delete lacking.try;
  }
}
