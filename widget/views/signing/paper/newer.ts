/**
 * What pdf.js takes for granted on its side of the page and the oldest browsers we serve do not have. Defined as the standards do it, so
 * that a `for … in` of the partner's page sees nothing. The worker is pdf.js's own build for older browsers and needs none of this.
 */
type Keyed = { has(key: unknown): boolean; get(key: unknown): unknown; set(key: unknown, value: unknown): unknown };

const newer: readonly [owner: object, name: string, value: unknown][] = [
  [Map.prototype, 'getOrInsertComputed', getOrInsertComputed],
  [WeakMap.prototype, 'getOrInsertComputed', getOrInsertComputed],
  [Promise, 'try', (act: (...args: unknown[]) => unknown, ...args: unknown[]) => new Promise((resolve) => resolve(act(...args)))],
  [Object.getPrototypeOf(Object.getPrototypeOf([].values())), 'join', join],
];

/** https://tc39.es/proposal-upsert/ */
function getOrInsertComputed(this: Keyed, key: unknown, make: (key: unknown) => unknown): unknown {
  if (!this.has(key)) this.set(key, make(key));
  return this.get(key);
}

function join(this: Iterable<unknown>, separator?: string): string {
  return [...this].join(separator);
}

for (const [owner, name, value] of newer)
  if (!(name in owner)) Object.defineProperty(owner, name, { value, configurable: true, writable: true });
