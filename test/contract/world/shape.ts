import assert from 'node:assert/strict';

/** What an answer's text must look like where the example's text looks like that: a date of the same precision, an address of the same path. */
const forms: readonly { readonly of: RegExp; readonly like: (example: string) => RegExp }[] = [
  { of: /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/, like: (example) => new RegExp(`^${escaped(example).replace(/\d/g, '\\d')}$`) },
  {
    of: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    like: () => /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  },
  { of: /^https:\/\//, like: (example) => new RegExp(`^https?://[^/?#]+${escaped(placeOf(example))}`) },
  { of: /^[cs]k_live_\w+$/, like: (example) => new RegExp(`^${example.slice(0, 8)}[0-9a-z]{12,}$`) },
  { of: /^(?:env|cust|tmpl)_[0-9a-z]+$/, like: (example) => new RegExp(`^${example.split('_')[0]}_[a-z0-9]{12}$`) },
  { of: /^[^@\s]+@[^@\s]+$/, like: () => /^[^@\s]+@[^@\s]+$/ },
];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** An example's path and the name of its first query parameter: hosts and secrets are each one's own. */
const placeOf = (address: string): string => {
  const { pathname, search } = new URL(address);
  return pathname + search.replace(/=.*/, '=');
};

interface Options {
  /** Places (JSON Pointer) whose text has another form here than in the example. */
  readonly except?: Readonly<Record<string, RegExp>>;
  /** Fields nobody documents may stand beside the example's. */
  readonly more?: boolean;
}

/** The same keys in the same order with values of the same kind, and texts of the same form, all the way down; lists item by item. */
export function assertLike(answer: unknown, example: unknown, options: Options = {}, at = ''): void {
  const place = at || 'The answer';
  // A null of the example says that nothing is there now; later something may be.
  if (example === null) assert.ok(answer !== undefined && kindOf(answer) !== 'object', `${place} is ${JSON.stringify(answer)}`);
  else assert.equal(kindOf(answer), kindOf(example), `${place} is of another kind: ${JSON.stringify(answer)}`);
  if (typeof example === 'number') assert.equal(Number.isInteger(answer), Number.isInteger(example), `${place} is no whole number`);
  if (typeof example === 'string') assertForm(String(answer), example, options.except?.[at], place);
  if (Array.isArray(example)) assertItems(answer as unknown[], example[0], options, at);
  if (kindOf(example) === 'object') assertKeys(answer as Record<string, unknown>, example as Record<string, unknown>, options, at);
}

function assertItems(answer: readonly unknown[], example: unknown, options: Options, at: string): void {
  assert.ok(answer.length > 0, `${at || 'The answer'} is empty`);
  for (const [i, item] of answer.entries()) assertLike(item, example, options, `${at}/${i}`);
}

function assertKeys(answer: Record<string, unknown>, example: Record<string, unknown>, options: Options, at: string): void {
  const [keys, wanted] = [Object.keys(answer), Object.keys(example)];
  if (options.more)
    assert.deepEqual(keys.filter((key) => key in example).toSorted(), wanted.toSorted(), `${at || 'The answer'} lacks keys`);
  else assert.deepEqual(keys, wanted, `${at || 'The answer'} has other keys`);
  for (const [key, value] of Object.entries(example)) assertLike(answer[key], value, options, `${at}/${key}`);
}

function assertForm(answer: string, example: string, except: RegExp | undefined, at: string): void {
  const form = except ?? forms.find(({ of }) => of.test(example))?.like(example);
  if (form) assert.match(answer, form, at);
  else assert.notEqual(answer.trim(), '', `${at} is empty`);
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);

/** Does a value have the type that a page's field table names (`string|null`, `integer`, `array`)? */
export function assertType(value: unknown, type: string, at: string): void {
  const kind = kindOf(value) === 'list' ? 'array' : kindOf(value);
  const kinds = kind === 'number' && Number.isInteger(value) ? ['integer', 'number'] : [kind];
  assert.ok(
    type.split('|').some((each) => kinds.includes(each.trim())),
    `${at} is ${JSON.stringify(value)} and should be ${type}`,
  );
}
