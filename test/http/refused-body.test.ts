import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import Koa from 'koa';
import { passBody } from '../../server/http/answer/passing.ts';
import { answerFailures, problemDialect } from '../../server/http/answer/problem.ts';
import { passOver } from '../../server/http/body/body.ts';
import { readBytes, readJson } from '../../server/http/body/input.ts';
import { readForm } from '../../server/http/body/multipart.ts';
import { type Listening, listen } from '../../server/http/listen.ts';
import { eventually } from '../start-gateway.ts';

const cap = 50_000;
const rule = { name: 'document', cap, types: ['application/pdf'] };
let server: Listening;
const reported: unknown[] = [];

before(async () => {
  const app = new Koa();
  app.use(passOver);
  app.use(answerFailures(problemDialect('https://x.example/problems/'), (error) => reported.push(error)));
  app.use(async (ctx) => {
    if (ctx.path === '/bytes') ctx.body = String((await readBytes(ctx, cap)).length);
    else if (ctx.path === '/json') ctx.body = JSON.stringify(await readJson(ctx, cap));
    else if (ctx.path === '/form') ctx.body = String((await readForm(ctx, rule)).file?.bytes.length);
    else if (ctx.path === '/passed') {
      let length = 0;
      for await (const chunk of passBody(ctx, cap, false).bytes) length += chunk.length;
      ctx.body = String(length);
    } else ctx.body = 'next';
  });
  // Koa would print that somebody left.
  app.silent = true;
  server = await listen(app, 0, '127.0.0.1');
});
after(async () => {
  await server.close(0);
  assert.deepEqual(reported, []);
});

async function open(): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, said: () => said };
}
const head = (path: string, type: string, ...headers: string[]) =>
  [`POST ${path} HTTP/1.1`, 'Host: x', `Content-Type: ${type}`, ...headers, '', ''].join('\r\n');
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const json = `{"a":"${'x'.repeat(600_000)}"}`;
const form = `--b\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n${'x'.repeat(600_000)}\r\n--b--\r\n`;
for (const [path, type, body] of [
  ['/bytes', 'application/pdf', json],
  ['/json', 'application/json', json],
  ['/form', 'multipart/form-data; boundary=b', form],
  ['/passed', 'application/pdf', json],
] as const)
  for (const way of ['chunked', 'with its length'] as const)
    test(`${path}, ${way}: a body that is refused half-way leaves the connection to the next call`, async () => {
      const { socket, said } = await open();
      socket.write(
        way === 'chunked'
          ? head(path, type, 'Transfer-Encoding: chunked') + chunked(body)
          : head(path, type, `Content-Length: ${body.length}`) + body,
      );
      await eventually(async () => said().includes('body-too-large'), 10_000);
      assert.match(said(), /^HTTP\/1\.1 413 /);
      const from = performance.now();
      socket.write('GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await eventually(async () => said().endsWith('next'), 10_000);
      assert.ok(performance.now() - from < 5_000);
      socket.destroy();
    });

for (const [path, what] of [
  ['/bytes', 'is refused for its length'],
  ['/next', 'is asked for by nobody'],
] as const)
  test(`a body that ${what} is answered at once and read away at a pace, so that other callers are read too`, async () => {
    const { socket, said } = await open();
    const from = performance.now();
    socket.write(head(path, 'application/pdf', 'Content-Length: 20000000') + 'x'.repeat(20_000_000));
    socket.write('GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await eventually(async () => said().startsWith('HTTP/1.1 '), 10_000);
    await eventually(async () => said().split('HTTP/1.1 ').length === 3, 10_000);
    assert.ok(performance.now() - from > 1_000, `${performance.now() - from} ms for 20 MB`);
    socket.destroy();
  });

test('a body without end is answered, and cut off in the end', async () => {
  const { socket, said } = await open();
  socket.write(head('/form', 'multipart/form-data; boundary=b', 'Transfer-Encoding: chunked'));
  const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let sent = 0;
  while (!socket.destroyed && sent < 200_000_000) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
    sent += piece.length;
  }
  await closed;
  assert.ok(sent < 150_000_000, `it read ${sent} bytes`);
  assert.match(said(), /^HTTP\/1\.1 4/);
});
