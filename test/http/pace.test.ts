import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import Koa from 'koa';
import { openAnswers } from '../../server/http/answer/open-answers.ts';
import { answerFailures, problemDialect } from '../../server/http/answer/problem.ts';
import { type Listening, listen } from '../../server/http/listen.ts';

const large = Buffer.alloc(40_000_000, 'x');
const opened = openAnswers();
/** Settles when the answer that was asked for last is over, for whichever reason. */
let over: Promise<unknown>;
let listening: Listening;
before(async () => {
  const app = new Koa();
  // Whoever is cut is no breakage.
  app.on('error', () => {});
  app.use(answerFailures(problemDialect('/problems/'), assert.fail));
  app.use((ctx) => {
    if (ctx.path === '/counted') opened(ctx, { reader: ctx.get('Reader'), account: ctx.get('Account') });
    over = once(ctx.res, 'close');
    ctx.body = large;
  });
  listening = await listen(app, 0, '127.0.0.1', { patience: 200, bytesPerSecond: 40_000_000 });
});
after(() => listening.close(0));

/** Asks, and reads nothing until it is told to. */
async function ask(path: string, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = connect(listening.port, '127.0.0.1').pause();
  socket.on('error', () => {});
  const lines = Object.entries({ Host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  await new Promise<void>((resolve) => socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, () => resolve()));
  return socket;
}

/** All bytes that come until the other side ends, or the answer is whole. */
async function readAll(socket: Socket): Promise<number> {
  let length = 0;
  for await (const chunk of socket) {
    length += (chunk as Buffer).length;
    if (length > large.length) break;
  }
  return length;
}

test('who does not read what was asked for is cut, and gets no more than was on its way', async () => {
  const socket = await ask('/');
  await new Promise((resolve) => socket.once('readable', resolve));
  await over;
  assert.ok((await readAll(socket)) < large.length);
});

test('who reads, however slowly, is given all of it, and the connection stays open for the next call', async () => {
  const socket = await ask('/');
  let length = 0;
  while (length <= large.length) {
    const chunk: Buffer | null = socket.read(4_000_000) ?? socket.read();
    if (chunk) length += chunk.length;
    if (socket.destroyed) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(length > large.length, `${length} bytes`);
  // Longer than its patience: nothing waits for this reader any more.
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(!socket.destroyed && !socket.readableEnded);
  socket.destroy();
});

test('while the program itself is held up, nobody is slow', async () => {
  const socket = await ask('/');
  await new Promise((resolve) => socket.once('readable', resolve));
  const until = performance.now() + 2_500;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.ok(!socket.destroyed);
  assert.ok((await readAll(socket)) > large.length);
});

test('one reader has four files open at once and an account fifty; one more is 429 with Retry-After, until one of them is closed', async () => {
  const statusOf = async (reader: string, account: string) => {
    const answer = await fetch(`http://127.0.0.1:${listening.port}/counted`, { headers: { Reader: reader, Account: account } });
    await answer.body?.cancel();
    return [answer.status, answer.headers.get('retry-after')];
  };
  const sockets: Socket[] = [];
  const hold = async (reader: string, account: string) => {
    const socket = await ask('/counted', { Reader: reader, Account: account });
    await new Promise((resolve) => socket.once('readable', resolve));
    sockets.push(socket);
  };
  for (let i = 0; i < 4; i++) await hold('r', 'a');
  assert.deepEqual(await statusOf('r', 'a'), [429, '5']);
  assert.deepEqual(await statusOf('r', 'another account'), [200, null]);
  assert.deepEqual(await statusOf('another reader', 'a'), [200, null]);
  for (const socket of sockets) socket.destroy();
});
