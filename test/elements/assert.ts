/** What `node:assert/strict` is to the tests in node's runner: in a page there is none. Each throws an error that says both values. */
class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function ok(value: unknown, message = `${shown(value)} is not truthy`): asserts value {
  if (!value) throw new AssertionError(message);
}

export function equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  if (!Object.is(actual, expected)) throw differing(actual, expected, message);
}

/** Compares what JSON can say, and `undefined`; a frame's arrays and objects are another window's, so prototypes do not count. */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!isAlike(actual, expected)) throw differing(actual, expected, message);
}

export function match(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) throw differing(actual, expected, message);
}

function isAlike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isAlike(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

const differing = (actual: unknown, expected: unknown, message?: string): AssertionError =>
  new AssertionError(`${message ? `${message}: ` : ''}${shown(actual)} instead of ${shown(expected)}`);

const shown = (value: unknown): string => (value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? String(value)));
