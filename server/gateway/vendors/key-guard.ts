import { Transform } from 'node:stream';
import { Failure } from '../../../shared/problem.ts';

/** No key may stand in an answer: what a vendor sends is looked through for the key that it was called with. */

/** What an answer is refused with that repeats the key. */
export const keyRepeated = (): Failure =>
  new Failure('vendor-unreadable', 'The vendor put the key into its answer, so the answer is not passed on.');

/** How a key may stand in an answer: as it is, in a JSON text, in an address. */
const spellings = (key: string): string[] => [
  ...new Set([key, JSON.stringify(key).slice(1, -1), key.replaceAll('/', '\\/'), encodeURIComponent(key)]),
];

interface Answered {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Looks answers through for one key, which is spelled out once for all of them. */
export function keyGuard(key: string): (answer: Answered, passing?: readonly string[]) => void {
  const forms = spellings(key);
  return (answer, passing = []) => {
    assertPlain(answer.headers);
    if (isIn(answer, forms, passing)) throw keyRepeated();
  };
}

/** Refuses an answer that holds the key in its body or in one of the headers that pass; and one in an encoding: nobody asked for it, and it cannot be looked through. */
export const assertKeyless = (answer: Answered, key: string, passing?: readonly string[]): void => keyGuard(key)(answer, passing);

/** For answers of which words are kept: they must not be the key's. */
export const isKeyless = (answer: Answered, key: string): boolean => !isIn(answer, spellings(key), []);

const isIn = ({ headers, body }: Answered, forms: readonly string[], passing: readonly string[]): boolean =>
  forms.some((form) => body.includes(form) || passing.some((name) => headers[name] !== undefined && String(headers[name]).includes(form)));

/** Refuses a body in an encoding. */
export function assertPlain(headers: Answered['headers']): void {
  if (headers['content-encoding'] === undefined) return;
  // Its name is the vendor's word, and could be the key.
  if (!/^(identity)?$/i.test(String(headers['content-encoding'])))
    throw new Failure('vendor-unreadable', 'The vendor answered in an encoding that nobody asked for.');
}

/**
 * Passes a body on, and breaks it off before the key is out: the end of a chunk that could be the key's beginning waits for the next one.
 * Its headers are looked at apart.
 */
export function keylessStream(key: string): Transform {
  const forms = spellings(key).map((form) => Buffer.from(form));
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const seen = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      if (forms.some((form) => seen.includes(form))) return done(keyRepeated());
      const certain = seen.length - Math.max(...forms.map((form) => beginningAtEnd(seen, form)));
      held = seen.subarray(certain);
      return done(null, seen.subarray(0, certain));
    },
    flush(done) {
      done(null, held);
    },
  });
}

/** How many of the last bytes are the beginning of `form`. */
function beginningAtEnd(bytes: Buffer, form: Buffer): number {
  for (let length = Math.min(form.length - 1, bytes.length); length > 0; length -= 1)
    if (bytes.subarray(bytes.length - length).equals(form.subarray(0, length))) return length;
  return 0;
}
