import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { json, type Reply } from '../world/stub-vendor.ts';

/** What the vendor saw of one call; `ended` is whether the whole body came. */
interface Seen {
  readonly headers: IncomingHttpHeaders;
  bytes: number;
  sha256: string;
  ended: boolean;
  gone: boolean;
}
const seen: Seen[] = [];
let reply: Reply = json({ data: {} });
/** When set, the vendor answers before it has read the body. */
let early = false;
let vendor: Server;
let gateway: StartedGateway;
let key: string;

before(async () => {
  vendor = createServer((incoming, response) => {
    const one: Seen = { headers: incoming.headers, bytes: 0, sha256: '', ended: false, gone: false };
    seen.push(one);
    const hash = createHash('sha256');
    response.on('close', () => {
      one.gone = true;
    });
    incoming.on('error', () => {});
    if (early) {
      reply(response);
      return;
    }
    incoming.on('data', (chunk: Buffer) => {
      one.bytes += chunk.length;
      hash.update(chunk);
    });
    incoming.on('end', () => {
      one.ended = true;
      one.sha256 = hash.digest('hex');
      reply(response);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => vendor.once('listening', resolve));
  gateway = await startGateway({ vendorUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` });
  ({ key } = await gateway.partner({ vendorKeys: { loyva: 'lv_vendor_key_1', scribeless: 'slp_vendor_key_1' } }));
});
after(async () => {
  await gateway.close();
  vendor.closeAllConnections();
  vendor.close();
});

const begin = (next: Reply = json({ data: { envelope_id: 'env_1' } }, 201)) => {
  seen.length = 0;
  reply = next;
  early = false;
};
const envelopes = '/api/v2/partner/envelopes';
const boundary = 'a-boundary-of-its-own';
const formOf = (file: Buffer) =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
const formType = `multipart/form-data; boundary=${boundary}`;

/** A call spoken by hand, so that it can stop in the middle. */
function open(headers: Record<string, string | number> = {}, path = envelopes) {
  const { hostname, port } = new URL(gateway.url);
  const all = { 'x-api-key': key, 'content-type': formType, ...headers };
  const outgoing = request({ hostname, port, path, method: 'POST', headers: all, agent: false });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
  });
  answer.catch(() => {});
  return { outgoing, answer };
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('a form of many megabytes passes byte for byte, with its boundary and its length, or in chunks where none was told', async () => {
  const body = formOf(randomBytes(15_000_000));
  for (const length of [body.length, undefined]) {
    begin();
    const told: Record<string, number> = length === undefined ? {} : { 'content-length': length };
    const { outgoing, answer } = open({ ...told, cookie: 'a=b', 'x-forwarded-for': '1.2.3.4' });
    // Headers that leave before the end is known cannot tell the length by themselves.
    outgoing.flushHeaders();
    outgoing.end(body);
    const { status } = await answer;
    const [one] = seen;
    assert.deepEqual([status, one?.bytes, one?.sha256], [201, body.length, sha256(body)]);
    assert.equal(one?.headers['content-type'], formType);
    assert.equal(one?.headers['content-length'], length === undefined ? undefined : String(length));
    assert.deepEqual(
      [one?.headers.cookie, one?.headers['x-forwarded-for'], one?.headers['x-api-key']],
      [undefined, undefined, 'lv_vendor_key_1'],
    );
  }
});

test('a form over the cap is 413: told before, nothing is sent; found out while it comes, the vendor never sees the whole of it', async () => {
  begin();
  const told = open({ 'content-length': 23_000_000 });
  told.outgoing.flushHeaders();
  assert.equal((await told.answer).status, 413);
  told.outgoing.destroy();
  assert.equal(seen.length, 0);

  const untold = open({ 'idempotency-key': 'too-large' });
  const chunk = randomBytes(1_000_000);
  untold.outgoing.write(formOf(chunk).subarray(0, 500_000));
  for (let i = 0; i < 23; i += 1) untold.outgoing.write(chunk);
  untold.outgoing.end();
  const refused = await untold.answer;
  assert.deepEqual([refused.status, (JSON.parse(refused.text) as { code: string }).code], [413, 'body-too-large']);
  await eventually(async () => seen[0]?.gone);
  assert.equal(seen[0]?.ended, false);
});

test('a caller who leaves in the middle of its form cuts the call: nothing was done, and its key is free', async () => {
  begin();
  const { outgoing } = open({ 'content-length': 5_000_000, 'idempotency-key': 'left-early' });
  outgoing.write(formOf(randomBytes(4_000_000)).subarray(0, 1_000_000));
  await eventually(async () => (seen[0]?.bytes ?? 0) > 0);
  outgoing.destroy();
  await eventually(async () => seen[0]?.gone);
  assert.equal(seen[0]?.ended, false);

  const body = formOf(randomBytes(1_000));
  await eventually(async () => {
    const again = open({ 'content-length': body.length, 'idempotency-key': 'left-early' });
    again.outgoing.end(body);
    return (await again.answer).status === 201;
  });
});

test('a vendor that breaks off in the middle of a form never saw the whole of it: 503, and its key is free', async () => {
  const body = formOf(randomBytes(3_000_000));
  for (const told of [{ 'content-length': body.length }, {}] as Record<string, number>[]) {
    begin((response) => response.socket?.destroy());
    early = true;
    const named = { ...told, 'idempotency-key': `broken-off-${Object.keys(told)}` };
    const { outgoing, answer } = open(named);
    outgoing.write(body.subarray(0, 1_000_000));
    assert.equal((await answer).status, 503);
    outgoing.destroy();
    begin();
    const again = open(named);
    again.outgoing.flushHeaders();
    again.outgoing.end(body);
    assert.deepEqual([(await again.answer).status, seen.length], [201, 1]);
  }
});

test('a vendor that begins to answer before it has seen the whole may have acted on what it saw: the outcome is unknown', async () => {
  begin((response) => {
    response.req.resume();
    response.writeHead(201, { 'content-length': '100' }).write('{', () => response.socket?.end());
  });
  early = true;
  const { outgoing, answer } = open({ 'content-length': 3_000_000 });
  outgoing.write(formOf(randomBytes(1_000_000)).subarray(0, 500_000));
  assert.equal((await answer).status, 502);
  outgoing.destroy();
});

test('a call that was sent goes on to its end when its caller leaves, and the answer waits under its key', async () => {
  let go = () => {};
  begin((response) => {
    go = () => json({ data: { envelope_id: 'env_waiting' } }, 201)(response);
  });
  const body = formOf(randomBytes(100_000));
  const { outgoing } = open({ 'content-length': body.length, 'idempotency-key': 'left-late' });
  outgoing.end(body);
  await eventually(async () => seen[0]?.ended);
  outgoing.destroy();
  go();
  const answer = await eventually(async () => {
    const again = open({ 'content-length': body.length, 'idempotency-key': 'left-late' });
    again.outgoing.end(body);
    const { status, text } = await again.answer;
    return status === 201 && text;
  });
  assert.match(answer, /env_waiting/);
  assert.equal(seen.length, 1);
});

test('a caller who leaves a read ends it at the vendor too', async () => {
  begin(() => {});
  const leaving = new AbortController();
  const gone = fetch(gateway.url + envelopes, { headers: { 'x-api-key': key }, signal: leaving.signal }).catch(() => {});
  await eventually(async () => seen[0]?.ended);
  assert.equal(seen[0]?.gone, false);
  leaving.abort();
  await gone;
  await eventually(async () => seen[0]?.gone);
});

test('what a vendor answers before it has read the form is passed on', async () => {
  begin(json({ error: 'Not today', code: 'no' }, 403));
  early = true;
  const { outgoing, answer } = open({ 'content-length': 3_000_000, 'idempotency-key': 'early' });
  outgoing.write(formOf(randomBytes(2_900_000)).subarray(0, 50_000));
  const { status, text } = await answer;
  assert.deepEqual([status, (JSON.parse(text) as { code: string }).code], [403, 'no']);
  outgoing.destroy();
});

test('where no document travels a form is refused, and JSON that is malformed is the vendor’s to judge', async () => {
  begin(json({ error: 'bad' }, 400));
  const { outgoing, answer } = open({}, `${envelopes}/env_a/void`);
  outgoing.end(formOf(Buffer.alloc(10)));
  assert.deepEqual([(await answer).status, seen.length], [415, 0]);
  const text = await fetch(gateway.url + envelopes, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{',
  });
  assert.deepEqual([text.status, seen[0]?.bytes], [400, 1]);
});

test('a form without readable parts is known by its bytes', async () => {
  begin(json({ error: 'broken' }, 422));
  for (const [body, status, replayed] of [
    ['nothing at all', 422, null],
    ['nothing at all', 422, 'true'],
    ['something else', 422, null],
  ] as const) {
    const headers = { 'x-api-key': key, 'content-type': formType, 'idempotency-key': 'broken' };
    const answer = await fetch(gateway.url + envelopes, { method: 'POST', headers, body });
    assert.deepEqual([answer.status, answer.headers.get('idempotent-replayed')], [status, replayed]);
  }
  assert.equal(seen.length, 1);
  assert.equal((await call(gateway, 'GET', envelopes, { 'x-api-key': key })).status, 422);
});
