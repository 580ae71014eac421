import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { problems } from '../../../shared/problem.ts';
import { ceremonyPath, discoveryPath } from '../../../shared/signing/ceremony.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, embedToken, linkToken, sendEnvelope, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

test('the signing page is the same for everybody, runs only our script, and cannot be framed', async () => {
  const page = await call(platform, 'GET', '/sign', {});
  assert.equal(page.status, 200);
  assert.deepEqual(page.headers.get('content-security-policy')?.split('; ').sort(), [
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
    'worker-src blob:',
  ]);
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(page.headers.get('x-robots-tag'), 'noindex');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match(page.text, /<div id="sign">/);
  assert.match(page.text, /<noscript>/);
  for (const [, address = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
    assert.equal((await call(platform, 'GET', address, {})).status, 200, address);
});

test('it can be found out that this vendor has the ceremony, and where', async () => {
  assert.deepEqual((await call(platform, 'GET', discoveryPath, {})).json, { version: 1, path: ceremonyPath });
});

test('anybody can fetch the certificate of the authority that seals, and the page of a problem', async () => {
  const { text, headers } = await call(platform, 'GET', '/authority.pem', {});
  assert.equal(headers.get('content-type'), 'application/x-pem-file');
  assert.ok(new X509Certificate(text).ca);
  assert.ok(!text.includes('PRIVATE'));
  const refused = await call(platform, 'GET', ceremonyPath, {});
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  const page = await call(platform, 'GET', String(refused.json.type), {});
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(problems.unauthenticated.title));
});

test('the document is given whole or in one part, and not again to who has it', async () => {
  const id = await sendEnvelope(platform);
  const token = await linkToken(platform, id, ada.email);
  await signerWith(platform, token).consent();
  const get = (headers: Record<string, string>, method = 'GET') =>
    fetch(`${platform.url}${ceremonyPath}/document`, { method, headers: { Authorization: `Bearer ${token}`, ...headers } });
  const whole = await get({});
  const bytes = Buffer.from(await whole.arrayBuffer());
  const etag = whole.headers.get('etag') ?? '';
  assert.deepEqual(
    [whole.status, whole.headers.get('content-type'), whole.headers.get('cache-control'), whole.headers.get('content-length')],
    [200, 'application/pdf', 'no-store', String(bytes.length)],
  );
  const part = await get({ Range: 'bytes=5-9' });
  assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 5-9/${bytes.length}`]);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(5, 10));
  const last = await get({ Range: 'bytes=-6' });
  assert.deepEqual(Buffer.from(await last.arrayBuffer()), bytes.subarray(-6));
  const beyond = await get({ Range: `bytes=${bytes.length}-` });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${bytes.length}`]);
  assert.equal((await get({ 'If-None-Match': etag })).status, 304);
  assert.equal((await get({ Range: 'bytes=0-1', 'If-Range': '"other"' })).status, 200);
  const head = await get({}, 'HEAD');
  assert.deepEqual(
    [head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength],
    [200, String(bytes.length), 0],
  );
  const stranger = await sendEnvelope(platform);
  const other = await fetch(`${platform.url}${ceremonyPath}/document`, {
    headers: { Authorization: `Bearer ${await embedToken(platform, stranger, ada.email)}` },
  });
  assert.equal(other.status, 409);
});
