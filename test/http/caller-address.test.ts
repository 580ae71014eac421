import assert from 'node:assert/strict';
import { test } from 'node:test';
import Koa from 'koa';
import { callerAddressReader } from '../../server/http/caller-address.ts';
import { listen } from '../../server/http/listen.ts';

const own = '127.0.0.1';
const ranges = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8::/32'];

/** Who is trusted, what `X-Forwarded-For` says, and who then calls, by whom. */
const table: readonly (readonly [trusted: readonly string[], said: string | undefined, address: string, via: string | null])[] = [
  [[], '203.0.113.7', own, null],
  [['10.0.0.1'], '203.0.113.7', own, null],
  [['loopback'], '203.0.113.7', '203.0.113.7', own],
  [['loopback'], undefined, own, null],
  [['loopback'], '', own, null],
  [ranges, '198.51.100.1, 203.0.113.7', '203.0.113.7', own],
  [ranges, '203.0.113.7, 10.0.0.5', '203.0.113.7', own],
  [ranges, '198.51.100.1, 203.0.113.7,10.0.0.5 , 10.9.9.9', '203.0.113.7', own],
  [ranges, '10.0.0.5, 10.9.9.9', '10.0.0.5', own],
  [ranges, '::ffff:203.0.113.7', '203.0.113.7', own],
  [ranges, '2001:4860::1, 2001:db8::5', '2001:4860::1', own],
  [ranges, '203.0.113.7, unknown', own, null],
  [ranges, '203.0.113.7, unknown, 10.0.0.5', '10.0.0.5', own],
  [ranges, '<script>, 10.0.0.5', '10.0.0.5', own],
  [ranges, '203.0.113.7:4711', own, null],
];

for (const [trusted, said, address, via] of table)
  test(`trusting ${trusted.join(' ') || 'nobody'}, "${said}" is a call from ${address}`, async (t) => {
    const addressOf = await callerAddressReader(trusted);
    const app = new Koa();
    app.use((ctx) => {
      ctx.body = addressOf(ctx);
    });
    const server = await listen(app, 0, own);
    t.after(() => server.close(0));
    const headers: Record<string, string> = { 'x-real-ip': '192.0.2.1', forwarded: 'for=192.0.2.1' };
    if (said !== undefined) headers['x-forwarded-for'] = said;
    const answer = await fetch(`http://${own}:${server.port}/`, { headers });
    assert.deepEqual(await answer.json(), { address, via });
  });
