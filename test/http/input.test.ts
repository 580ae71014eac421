import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import Koa from 'koa';
import { z } from 'zod/mini';
import { answerFailures, problemDialect } from '../../server/http/answer/problem.ts';
import { parse, readJson } from '../../server/http/body/input.ts';
import { type Listening, listen } from '../../server/http/listen.ts';
import { Failure, type Problem } from '../../shared/problem.ts';

const cap = 1024;
let server: Listening;
const reported: unknown[] = [];

before(async () => {
  const app = new Koa();
  app.use(answerFailures(problemDialect('https://x.example/problems/'), (error) => reported.push(error)));
  app.use(async (ctx) => {
    if (ctx.path === '/bug') throw new Error('secret words of a bug');
    const read = await readJson(ctx, cap);
    if (ctx.path === '/late-bug') throw new Error('secret words of a late bug');
    ctx.body = { read };
  });
  server = await listen(app, 0, '127.0.0.1');
});
after(() => server.close(0));

const post = (body: BodyInit | undefined, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
const read = async (answer: Promise<Response>) => ((await (await answer).json()) as { read: unknown }).read;
const code = async (answer: Promise<Response>) => ((await (await answer).json()) as Problem).code;

/** What the server says to these bytes, until it closes or an answer is whole. */
const raw = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('}')) socket.end(() => resolve(text));
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });

test('JSON is read as it is, and no body is none', async () => {
  assert.deepEqual(await read(post('{"a":[1,"ü",null]}')), { a: [1, 'ü', null] });
  assert.deepEqual(await read(post('[]', { 'content-type': 'application/merge-patch+json' })), []);
  for (const none of [post(undefined, {}), post('')]) {
    const { code: why, detail } = (await (await none).json()) as Problem;
    assert.deepEqual([why, detail], ['malformed-json', 'There is no body: send JSON.']);
  }
});

test('a body in a content encoding is 415, whatever it holds, and told what is taken', async () => {
  for (const encoding of ['gzip', 'GZIP', 'br', 'gzip, identity', 'x']) {
    const answer = await post('{}', { 'content-type': 'application/json', 'content-encoding': encoding });
    assert.deepEqual([answer.status, answer.headers.get('accept-encoding')], [415, 'identity']);
    assert.equal(((await answer.json()) as Problem).code, 'encoding-refused');
  }
  assert.deepEqual(await read(post('{}', { 'content-type': 'application/json', 'content-encoding': 'Identity' })), {});
});

test('what is not JSON is 400, what does not say it is JSON is 415', async () => {
  for (const body of ['{', 'nul', '{"a":1}}', '\u{feff}{]', Uint8Array.of(0x22, 0xff, 0x22)])
    assert.equal(await code(post(body)), 'malformed-json');
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])
    assert.equal(await code(post('{}', { 'content-type': type })), 'media-type-refused');
});

test('a body that declares itself too long is refused before it is sent', async () => {
  const answer = await raw('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /"body-too-large"/);
});

test('a body that does not declare its length is refused with an answer when it grows too long', async () => {
  const chunk = `${cap.toString(16)}\r\n${'x'.repeat(cap)}\r\n`;
  const answer = await raw(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`,
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test('a body of exactly the most is read, one byte more is not', async () => {
  const body = (length: number) => `"${'x'.repeat(length - 2)}"`;
  assert.equal((await post(body(cap))).status, 200);
  assert.equal((await post(body(cap + 1))).status, 413);
});

test('a bug is 500, reported, and not described', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/bug`);
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.doesNotMatch(text, /secret words|Error|input\.test/);
  assert.match(String(reported.at(-1)), /secret words of a bug/);
});

test('a bug that comes after the body was read is 500 and reported as well', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${server.port}/late-bug`, { method: 'POST', headers, body: '{}' });
  assert.equal(answer.status, 500);
  assert.match(String(reported.at(-1)), /secret words of a late bug/);
});

test('every unknown field is a fault of its own, at its escaped pointer', () => {
  const Schema = z.strictObject({ a: z.optional(z.array(z.strictObject({ n: z.number() }))) });
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && name !== 'n'),
        { minLength: 1 },
      ),
      (names) => {
        const value = { a: [{ n: 1 }, { n: 2, ...Object.fromEntries(names.map((name) => [name, 0])) }] };
        assert.throws(
          () => parse(Schema, value),
          (error: unknown) => {
            assert.ok(error instanceof Failure);
            const escaped = names.map((name) => `/a/1/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
            assert.deepEqual(error.errors?.map(({ pointer }) => pointer).sort(), escaped.sort());
            return true;
          },
        );
      },
    ),
  );
});
