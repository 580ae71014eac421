import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createOutbound, OutboundFailure } from '../../server/outbound/request.ts';

/** What each request is answered with, byte for byte. */
let answer = '';
let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  let seen = '';
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (part: string) => {
    seen += part;
    const head = seen.indexOf('\r\n\r\n');
    if (head < 0 || seen.length < head + 4 + Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0)) return;
    seen = '';
    if (answer.endsWith('cut')) socket.end(answer.slice(0, -3));
    else socket.write(answer);
  });
});
const outbound = createOutbound();
let origin = '';

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await outbound.close();
  server.close();
});

const call = () => ({ origin, path: '/', method: 'POST', headers: { 'content-length': '2' }, body: '{}', deadline: 5_000 }) as const;
const last = 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Last: yes\r\n\r\nok';
const interim = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 100 Continue\r\nX-Early: yes\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n',
];

test('an interim answer that nobody asked for is passed over, and the connection goes on', async () => {
  for (const first of interim) {
    answer = first + last;
    for (let i = 0; i < 2; i += 1) {
      const { status, headers, body } = await outbound.request(call());
      assert.deepEqual([status, headers['x-last'], headers['x-early'], String(body)], [201, 'yes', undefined, 'ok'], first);
      const streamed = await outbound.stream(call());
      assert.deepEqual([streamed.status, String(await streamed.body.toArray())], [201, 'ok'], first);
    }
  }
  assert.ok(connections < 4, `${connections} connections for 12 calls`);
});

test('a body that begins like an interim answer is a body', async () => {
  const body = interim[0] ?? '';
  answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  assert.equal(String((await outbound.request(call())).body), body);
});

test('an interim answer is none: whoever is cut off after one, in the middle of their body, never sent the whole of it', async () => {
  async function* half() {
    yield Buffer.from('{');
    await new Promise<void>((resolve) => over.then(resolve));
  }
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const first of interim) {
    answer = `${first}cut`;
    const error = await outbound.request({ ...call(), headers: {}, body: half() }).catch((found: unknown) => found);
    assert.ok(error instanceof OutboundFailure && !error.sent, first);
  }
  end();
});
