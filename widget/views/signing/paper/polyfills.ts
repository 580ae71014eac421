/**
 * What pdf.js takes for granted and the oldest browsers we serve (Chrome and Edge 123, Firefox 128, Safari 18.0) do not have. Defined as the
 * standards do it, so that a `for … in` of the partner's page sees nothing. The build also puts this before the worker, which is pdf.js's
 * own for older browsers but reads what it fetches by `bytes()`: this file imports and exports nothing.
 */
type Keyed = { has(key: unknown): boolean; get(key: unknown): unknown; set(key: unknown, value: unknown): unknown };

const newer: readonly [owner: object, name: string, value: unknown][] = [
  [Map.prototype, 'getOrInsertComputed', getOrInsertComputed],
  [WeakMap.prototype, 'getOrInsertComputed', getOrInsertComputed],
  [Promise, 'try', (act: (...args: unknown[]) => unknown, ...args: unknown[]) => new Promise((resolve) => resolve(act(...args)))],
  [Object.getPrototypeOf(Object.getPrototypeOf([].values())), 'join', join],
  // Chrome 126.
  [URL, 'parse', (address: string, base?: string) => (URL.canParse(address, base) ? new URL(address, base) : null)],
  // Chrome 132.
  [Response.prototype, 'bytes', bytes],
  [Blob.prototype, 'bytes', bytes],
];

/** https://tc39.es/proposal-upsert/ */
function getOrInsertComputed(this: Keyed, key: unknown, make: (key: unknown) => unknown): unknown {
  if (!this.has(key)) this.set(key, make(key));
  return this.get(key);
}

function join(this: Iterable<unknown>, separator?: string): string {
  return [...this].join(separator);
}

async function bytes(this: { arrayBuffer(): Promise<ArrayBuffer> }): Promise<Uint8Array> {
  return new Uint8Array(await this.arrayBuffer());
}

for (const [owner, name, value] of newer)
  if (!(name in owner)) Object.defineProperty(owner, name, { value, configurable: true, writable: true });
