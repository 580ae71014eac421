import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { eventually, freePort } from '../../start-gateway.ts';
import { answered, refused } from '../world/answers.ts';
import type { Reply } from '../world/stub-vendor.ts';
import { file, origin, pdf, sends, signature, VaultStage } from './vault-stage.ts';

const stage = new VaultStage();
before(() => stage.open());
after(() => stage.close());

test('the copy comes byte for byte as a file that no browser runs, and its address stays behind', async () => {
  const { id, see } = await stage.reader();
  stage.given(sends(pdf, { 'content-length': String(pdf.length) }));
  stage.loyva.received.length = 0;
  const answer = await see('/copy', { range: 'bytes=0-9' });
  const headers = Object.fromEntries(answer.headers);
  assert.equal(answer.status, 200);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), pdf);
  assert.equal(headers['content-type'], 'application/pdf');
  assert.equal(headers['content-length'], String(pdf.length));
  assert.equal(headers['content-disposition'], `attachment; filename="${id}_copy.pdf"`);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(headers['content-security-policy'] ?? '', /^sandbox; default-src 'none'/);
  assert.ok(!JSON.stringify(headers).includes(signature) && !JSON.stringify(headers).includes(file));
  const fetched = stage.loyva.received.at(-1);
  assert.equal(fetched?.url, `${file}?${signature}`);
  assert.deepEqual(Object.keys(fetched?.headers ?? {}).sort(), ['accept', 'connection', 'host'], 'the key does not go to the storage');
  assert.equal(stage.loyva.received.length, 2);
  const { items } = await answered<{ items: { kind: string; session?: string; envelope?: string }[] }>(
    stage.gateway.admin('GET', `/api/v1/admin/partners/${stage.partner.id}/audit`),
  );
  assert.ok(JSON.stringify(items.find(({ kind }) => kind === 'vault.copy.read')).includes(id), 'that it was read is in the log');
});

test('an address that leads anywhere but to the vendor is never called', async (t) => {
  const { see } = await stage.reader();
  let strangers = 0;
  const port = await freePort();
  const stranger = createServer((_, response) => {
    strangers += 1;
    response.end(pdf);
  });
  t.after(() => stranger.close());
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  const { host } = new URL(stage.loyva.origin);
  for (const url of [
    `http://127.0.0.1:${port}${file}`,
    `http://user:word@${host}${file}`,
    `https://${host}${file}`,
    `http://${host}@127.0.0.1:${port}${file}`,
    'file:///etc/passwd',
    'http://169.254.169.254/latest/meta-data/',
    file,
    'nonsense',
  ]) {
    stage.address(url);
    await refused(see('/copy'), 502, 'vendor-unreadable');
  }
  stage.given((response) => response.writeHead(302, { location: `http://127.0.0.1:${port}${file}` }).end());
  await refused(see('/copy'), 502, 'vendor-unreadable');
  assert.equal(strangers, 0);
});

const rubbish: Record<string, [Reply, number, string]> = {
  'a page in place of the file': [sends('<html>', { 'content-type': 'text/html' }), 502, 'vendor-unreadable'],
  'a page that calls itself a PDF': [sends('<html><script>alert(1)</script>'), 502, 'vendor-unreadable'],
  'an empty file': [sends(''), 502, 'vendor-unreadable'],
  'four bytes': [sends('%PDF'), 502, 'vendor-unreadable'],
  'an encoded file': [sends(pdf, { 'content-encoding': 'gzip' }), 502, 'vendor-unreadable'],
  'half of it': [sends(pdf, { 'content-range': 'bytes 0-1/2' }, 206), 502, 'vendor-unreadable'],
  'a file that announces more than can be passed on': [
    (response) => response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': String(41 * 1024 * 1024) }).write('%PDF-'),
    502,
    'vendor-unreadable',
  ],
  'a refusal': [sends('used', {}, 403), 502, 'vendor-refused'],
  'a breakdown': [sends('down', {}, 500), 503, 'vendor-unavailable'],
  nothing: [(response) => response.destroy(), 503, 'vendor-unavailable'],
};
for (const [name, [reply, status, code]] of Object.entries(rubbish))
  test(`${name} is a refusal and not one byte of it`, async () => {
    const { see } = await stage.reader();
    stage.given(reply);
    const problem = await refused(see('/copy'), status, code);
    assert.ok(!JSON.stringify(problem).includes('html') && !JSON.stringify(problem).includes(signature));
    stage.given();
    assert.equal((await see('/copy')).status, 200, 'and the next reader is served');
  });

test('a file that breaks off is cut off for the reader too, never a whole file', async () => {
  const { see } = await stage.reader();
  for (const announced of [{ 'content-length': String(pdf.length) }, {}]) {
    stage.given((response) => {
      response.writeHead(200, { 'content-type': 'application/pdf', ...announced });
      response.write(pdf.subarray(0, 100_000), () => response.destroy());
    });
    const answer = await see('/copy').catch(() => undefined);
    if (answer?.status === 200) await assert.rejects(answer.arrayBuffer());
    else if (answer) await refused(answer, 503, 'vendor-unavailable');
  }
});

test('a reader who leaves ends the fetching', async () => {
  const { see } = await stage.reader();
  let ended = false;
  stage.given((response) => {
    response.on('close', () => {
      ended = true;
    });
    const more = () => response.destroyed || response.write(Buffer.alloc(64 * 1024, '%PDF-'), () => setImmediate(more));
    response.writeHead(200, { 'content-type': 'application/pdf' });
    more();
  });
  const answer = await see('/copy');
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  await eventually(async () => ended);
});

test('a reader who leaves while the storage is silent ends the fetching at once', async () => {
  const { see } = await stage.reader();
  let ended = false;
  stage.given((response) => {
    response.on('close', () => {
      ended = true;
    });
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': '100000' }).write('%PDF-1.7');
  });
  const answer = await see('/copy');
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  await eventually(async () => ended);
});

test('readers who do not end are four of one session and fifty of one partner at most, and keep nobody of another partner waiting', {
  timeout: 30_000,
}, async () => {
  const another = await stage.gateway.partner({ origins: [origin], vendorKeys: { loyva: 'lk_another' } });
  const readers = await Promise.all(Array.from({ length: 13 }, () => stage.reader()));
  const other = await stage.reader(another);
  let begun = 0;
  stage.given((response) => {
    begun += 1;
    response.writeHead(200, { 'content-type': 'application/pdf' }).write('%PDF-1.7');
  });
  const held = await Promise.all(readers.flatMap(({ see }) => Array.from({ length: 5 }, () => see('/copy'))));
  assert.equal(begun, 50);
  const refused = held.filter(({ status }) => status === 429);
  assert.deepEqual([refused.length, new Set(refused.map(({ headers }) => headers.get('retry-after')))], [15, new Set(['5'])]);
  stage.given();
  assert.equal((await (await other.see('/copy')).arrayBuffer()).byteLength, pdf.length);
  await Promise.all(held.map((answer) => answer.body?.cancel()));
});

test('to ask for its length alone is refused, and is no reading', async () => {
  const visitor = await stage.reader();
  stage.given();
  stage.loyva.received.length = 0;
  const answer = await visitor.see('/copy', {}, 'HEAD');
  assert.deepEqual([answer.status, answer.headers.get('allow'), stage.loyva.received.length], [405, 'GET', 0]);
});

test('a file passes whole in whatever pieces its beginning comes, and however short it is', async () => {
  const { see } = await stage.reader();
  for (const text of ['%PDF-', '%PDF-1', '%PDF-1.7\n%%EOF']) {
    stage.given(async (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf' });
      for (const letter of text) await new Promise<void>((resolve) => response.write(letter, () => setImmediate(resolve)));
      response.end();
    });
    assert.equal(await (await see('/copy')).text(), text);
    stage.given(sends(text));
    assert.equal(await (await see('/copy')).text(), text);
  }
});
