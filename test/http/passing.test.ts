import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Context } from 'koa';
import { type PassingBody, passBody } from '../../server/http/answer/passing.ts';

/** What of a call is read: its headers, and its body in these chunks. */
const passing = (chunks: readonly Buffer[], boundary = 'b', cap = 1_000_000): PassingBody =>
  passBody(
    {
      req: Readable.from(chunks, { objectMode: false }),
      get: (name: string) => (name === 'Content-Type' ? `multipart/form-data; boundary=${boundary}` : ''),
    } as unknown as Context,
    cap,
    true,
  );

const cutBy = (body: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < body.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(body.subarray(at, at + size));
    at += size;
  }
  return chunks;
};
const form = (parts: readonly { name: string; content: string }[], boundary: string): Buffer =>
  Buffer.from(
    `${parts.map(({ name, content }) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`).join('')}--${boundary}--\r\n`,
  );
const parts = fc.array(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), content: fc.string({ maxLength: 300 }).map((text) => text.replaceAll('-', '_')) }),
  { minLength: 1, maxLength: 6 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });

test('a form has the same fingerprint however it is cut, and whatever its boundary', async () => {
  await fc.assert(
    fc.asyncProperty(parts, sizes, fc.stringMatching(/^[a-zA-Z0-9]{5,40}$/), async (given, cuts, boundary) => {
      const one = await passing([form(given, 'boundary')], 'boundary').fingerprint();
      assert.match(one, /^parts /);
      assert.equal(await passing(cutBy(form(given, boundary), cuts), boundary).fingerprint(), one);
    }),
    { numRuns: 300 },
  );
});

test('two forms that differ in a part have two fingerprints', async () => {
  await fc.assert(
    fc.asyncProperty(parts, parts, async (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      const [first, second] = [
        await passing([form(one, 'b1')], 'b1').fingerprint(),
        await passing([form(other, 'b1')], 'b1').fingerprint(),
      ];
      assert.equal(first === second, same);
    }),
    { numRuns: 300 },
  );
});

test('whatever comes in place of a form, it passes byte for byte and has a fingerprint', async () => {
  const pieces = fc.constantFrom(
    '--b',
    '--b--',
    '\r\n',
    '\n',
    '\r\n\r\n',
    'Content-Disposition: form-data; name="a"',
    'Content-Disposition: attachment',
    'Content-Type: application/pdf',
    'y'.repeat(9_000),
    '\0',
    ':',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), sizes, async (found, cuts) => {
      const bytes = Buffer.from(found.join(''), 'latin1');
      const body = passing(cutBy(bytes, cuts));
      const passed: Uint8Array[] = [];
      for await (const chunk of body.bytes) passed.push(chunk);
      assert.ok(Buffer.concat(passed).equals(bytes));
      assert.equal(body.whole(), true);
      assert.equal(await body.fingerprint(), await passing([bytes]).fingerprint());
    }),
    { numRuns: 500 },
  );
});

test('a body over its cap ends in the refusal, and was not read whole', async () => {
  const body = passing([Buffer.alloc(60), Buffer.alloc(60)], 'b', 100);
  await assert.rejects(body.fingerprint(), { code: 'body-too-large' });
  assert.equal(body.whole(), false);
});
