import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertKeyless, keylessStream } from '../../../server/gateway/vendors/key-guard.ts';
import { Failure } from '../../../shared/problem.ts';

const key = '7|aab/aabc+the=Key';
const isRefusal = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'vendor-unreadable' && !error.message.includes(key);

/** What comes through, chunk by chunk, and whether it came to its end. */
async function passed(chunks: Iterable<Uint8Array>): Promise<{ bytes: Buffer; whole: boolean }> {
  const out: Buffer[] = [];
  const stream = keylessStream(key);
  stream.on('data', (chunk: Buffer) => out.push(chunk));
  try {
    await Readable.from(chunks, { objectMode: false })
      .pipe(stream)
      .toArray()
      .catch((error: unknown) => {
        assert.ok(isRefusal(error), String(error));
        throw error;
      });
    return { bytes: Buffer.concat(out), whole: true };
  } catch {
    return { bytes: Buffer.concat(out), whole: false };
  }
}

/** Text that is full of the key's beginnings, in chunks of every size. */
const teasing = fc.string({ unit: fc.constantFrom('7', '|', 'a', 'b', '7|aab', '7|aab/aabc+the=Ke', 'x'), maxLength: 60 });
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...at.map((place) => Math.min(place, bytes.length)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

test('a stream without the key passes byte for byte, however it is cut', () =>
  fc.assert(
    fc.asyncProperty(teasing, cuts, async (text, at) => {
      fc.pre(!text.includes(key));
      const bytes = Buffer.from(text);
      assert.deepEqual(await passed(cut(bytes, at)), { bytes, whole: true });
    }),
    { numRuns: 300 },
  ));

test('a stream with the key breaks off before the key’s first byte, however it is cut and written', () =>
  fc.assert(
    fc.asyncProperty(
      teasing,
      teasing,
      cuts,
      fc.constantFrom(key, encodeURIComponent(key), key.replaceAll('/', '\\/')),
      async (head, tail, at, form) => {
        const bytes = Buffer.from(`${head}.${form}${tail}`);
        const { bytes: out, whole } = await passed(cut(bytes, at));
        assert.equal(whole, false);
        assert.ok(out.length <= head.length + 1, `${out.length} bytes left, the key begins at ${head.length + 1}`);
        assert.deepEqual(out, bytes.subarray(0, out.length));
      },
    ),
    { numRuns: 300 },
  ));

test('an answer is looked through in its body and in the headers that pass, and an encoded one is not trusted', () => {
  const answer = (body: string, headers = {}) => ({ headers, body: Buffer.from(body) });
  for (const fine of [
    answer('{}'),
    answer(key.slice(1), { etag: key.slice(2) }),
    answer('{}', { 'x-debug': key }),
    answer('', { 'content-encoding': 'identity' }),
  ])
    assertKeyless(fine, key, ['etag']);
  for (const wrong of [
    answer(`{"a":"${key}"}`),
    answer(`{"a":"${key.replaceAll('/', '\\/')}"}`),
    answer(`/?k=${encodeURIComponent(key)}`),
    answer('{}', { etag: `"${key}"` }),
    answer('{}', { etag: ['1', key] }),
    answer('{}', { 'content-encoding': 'gzip' }),
    answer('{}', { 'content-encoding': ['br', 'identity'] }),
  ])
    assert.throws(
      () => assertKeyless(wrong, key, ['etag']),
      (error) => error instanceof Failure && error.code === 'vendor-unreadable',
    );
});
