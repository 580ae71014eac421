import assert from 'node:assert/strict';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { OutboundRequest } from '../../server/outbound/call.ts';
import { createOutbound, OutboundFailure } from '../../server/outbound/request.ts';
import { eventually } from '../start-gateway.ts';

const outbound = createOutbound();
let listener: RequestListener = (_, response) => response.end();
let cut = 0;
const server = createServer((incoming, response) => {
  response.on('close', () => {
    if (!response.writableFinished) cut += 1;
  });
  incoming.on('error', () => {});
  listener(incoming, response);
});
let origin = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  cut = 0;
});
const to = (more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  origin,
  path: '/',
  method: 'GET',
  headers: {},
  deadline: 5_000,
  ...more,
});
const endless: RequestListener = (_, response) => {
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    response.once('drain', more);
  };
  more();
};
async function failure(work: Promise<unknown>): Promise<OutboundFailure> {
  const error = await work.then(
    () => undefined,
    (found: unknown) => found,
  );
  assert.ok(error instanceof OutboundFailure, String(error));
  return error;
}
const all = async (body: AsyncIterable<Buffer>): Promise<number> => {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return length;
};

test('a streamed answer is there with its headers, and its bytes follow', async () => {
  listener = (_, response) => response.writeHead(206, { etag: '"a"' }).end(Buffer.alloc(3_000_000));
  const { status, headers, body } = await outbound.stream(to({ cap: 3_000_000 }));
  assert.deepEqual([status, headers.etag, await all(body)], [206, '"a"', 3_000_000]);
});

test('a reader who is slow makes the sender wait: what is not read is not taken in', async () => {
  let sent = 0;
  listener = (_, response) => {
    const more = () => {
      while (sent < 200_000_000 && !response.destroyed) {
        sent += 64 * 1024;
        if (!response.write(Buffer.alloc(64 * 1024))) break;
      }
      response.once('drain', more);
    };
    more();
  };
  const { body } = await outbound.stream(to({ cap: 1_000_000_000 }));
  let last = -1;
  let still = 0;
  // As soon as the sender stands still, what it got rid of lies in the buffers on the way.
  await eventually(async () => {
    still = sent === last ? still + 1 : 0;
    last = sent;
    return still === 10;
  });
  assert.ok(sent < 40_000_000, String(sent));
  body.destroy();
  await eventually(async () => cut === 1);
});

test('a streamed answer over its cap, past its deadline or broken off ends in an error, and the call with it', async () => {
  listener = endless;
  for (const more of [{ cap: 1_000_000 }, { deadline: 1_000, cap: 1e12 }]) {
    cut = 0;
    await failure(outbound.stream(to(more)).then(({ body }) => all(body)));
    await eventually(async () => cut === 1);
  }
  listener = (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half');
    setImmediate(() => response.destroy());
  };
  const { body } = await outbound.stream(to());
  assert.equal((await failure(all(body))).sent, true);
});

test('a streamed answer that nobody listens to any more does not end the process', async () => {
  listener = endless;
  const { body } = await outbound.stream(to({ cap: 1e12 }));
  body.destroy();
  await eventually(async () => cut === 1);
  listener = (_, response) => response.destroy();
  assert.equal((await failure(outbound.stream(to()))).sent, true);
});

test('a body that breaks off is never seen whole, and the call fails with what broke it', async () => {
  let ended = false;
  listener = (incoming, response) => {
    incoming.resume().on('end', () => {
      ended = true;
      response.end();
    });
  };
  const broken = new Error('the caller’s own');
  async function* body() {
    yield Buffer.alloc(100_000);
    throw broken;
  }
  for (const headers of [{}, { 'content-length': '200000' }] as Record<string, string>[]) {
    cut = 0;
    await assert.rejects(outbound.request(to({ method: 'POST', headers, body: body() })), broken);
    await eventually(async () => cut === 1);
  }
  assert.equal(ended, false);
});

test('a caller who has left before the call began sends nothing', async () => {
  let asked = 0;
  listener = (_, response) => {
    asked += 1;
    response.end();
  };
  await assert.rejects(outbound.request(to({ leaving: (giveUp) => giveUp() })), /left/);
  await outbound.request(to());
  assert.equal(asked, 1);
});

test('a call that found no free connection until its deadline was certainly not sent, and is not sent afterwards', async () => {
  const waiting: ServerResponse[] = [];
  let late = 0;
  listener = ({ url }, response) => {
    if (url === '/late') late += 1;
    waiting.push(response);
  };
  const hanging = Array.from({ length: 64 }, () => outbound.request(to({ lane: 'crowded', deadline: 20_000 })));
  await eventually(async () => waiting.length === 64);
  const one = outbound.request(to({ lane: 'crowded', path: '/late', method: 'POST', deadline: 200 }));
  assert.equal((await failure(one)).sent, false);
  for (const response of waiting) response.end();
  await Promise.all(hanging);
  listener = (_, response) => response.end();
  await outbound.request(to({ lane: 'crowded' }));
  assert.equal(late, 0);
});
