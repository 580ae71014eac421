import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { onePage, pdf, stream } from '../../fixtures/pdf/build.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, envelopesPath, pdfOf, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const bo = { email: 'bo@shop.example', name: 'Bo Berg', role: 'Buyer' };
const texts = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin' };

async function send(parts: Record<string, string | Blob>, filename = 'lease.pdf') {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, value, filename);
  }
  const headers = { 'X-API-Key': platform.keys.loyva };
  const answer = await fetch(platform.url + envelopesPath, { method: 'POST', headers, body: form });
  const json = (await answer.json()) as {
    data: Record<string, unknown> & { envelope_id: string };
    details: { pointer: string; code: string }[];
  };
  return { status: answer.status, ...json };
}
const file = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)], { type: 'application/pdf' });
const codes = ({ details }: { details: readonly { pointer: string; code: string }[] }) =>
  details.map(({ pointer, code }) => `${pointer} ${code}`);

test('an envelope comes as a form: the document as a file, lists and objects as JSON, and it is like one that came as JSON', async () => {
  const made = await send({
    ...texts,
    document: file(await pdfOf('Lease of berth 7')),
    envelope_name: 'Lägenhet 7',
    signers: JSON.stringify([bo]),
    fields: JSON.stringify([{ type: 'signature', signer: bo.email, page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.05 }]),
    metadata: JSON.stringify({ berth: '7' }),
    reminders: JSON.stringify({ after_days: 3, every_days: 7 }),
    required_reading: 'true',
    unknown: 'ignored',
  });
  assert.equal(made.status, 201);
  const { envelope_id: id, envelope_name, metadata, status } = made.data;
  assert.deepEqual({ envelope_name, metadata, status }, { envelope_name: 'Lägenhet 7', metadata: { berth: '7' }, status: 'sent' });
  const [kept] = rows(platform, 'select reminders, required_reading from envelopes where id = ?', id);
  assert.deepEqual(kept, { reminders: '{"after_days":3,"every_days":7}', required_reading: 1 });
});

test('without a name it is called as its file, and can be signed and sealed', async () => {
  const made = await send({ ...texts, document: file(await pdfOf('Lease')) }, 'Björn & Co.pdf');
  assert.deepEqual([made.status, made.data.envelope_name], [201, 'Björn & Co']);
  await complete(platform, made.data.envelope_id);
});

test('the document may name no type, as from python-requests and .NET, or an older one', async () => {
  const bytes = await pdfOf('Lease');
  for (const type of ['', 'Content-Type: application/x-pdf\r\n', 'Content-Type: application/octet-stream\r\n']) {
    const text = Object.entries(texts).map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    const head = `${text.join('')}--b\r\nContent-Disposition: form-data; name="document"; filename="lease.pdf"\r\n${type}\r\n`;
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
    const headers = { 'X-API-Key': platform.keys.loyva, 'Content-Type': 'multipart/form-data; boundary=b' };
    const answer = await fetch(platform.url + envelopesPath, { method: 'POST', headers, body });
    assert.equal(answer.status, 201, await answer.text());
  }
});

test('a document that JSON could not carry comes as a form; one byte more than 20 MB does not', async () => {
  const filled = (size: number) => pdf(onePage('Large', { more: [stream(randomBytes(size))] }));
  const padding = 20_000_000 - filled(19_000_000).length + 19_000_000;
  const largest = filled(padding);
  assert.equal(largest.length, 20_000_000);
  assert.equal((await send({ ...texts, document: file(largest) })).status, 201);
  const more = await send({ ...texts, document: file(Buffer.concat([largest, Buffer.from('\n')])) });
  assert.deepEqual([more.status, codes(more)], [413, ['/document too-large']]);
});

test('what is wrong with a form is named as it is of JSON', async () => {
  const document = file(await pdfOf('Lease'));
  const refused: readonly [parts: Record<string, string | Blob>, faults: string[]][] = [
    [texts, ['/document invalid_type']],
    [{ document }, ['/customer_email invalid_type', '/customer_name invalid_type']],
    [{ ...texts, document, signers: '[{]', fields: 'x' }, ['/signers not-json', '/fields not-json']],
    [{ ...texts, signers: '[{]', expires_at: 'soon' }, ['/signers not-json', '/expires_at invalid_format', '/document invalid_type']],
    [{ customer_name: 'Ada', document, metadata: '{' }, ['/metadata not-json', '/customer_email invalid_type']],
    [{ ...texts, document, signers: '[{}]' }, ['/signers/0/email invalid_type', '/signers/0/name invalid_type']],
    [{ ...texts, document, required_reading: '"yes"' }, ['/required_reading invalid_type']],
    [{ ...texts, document: file(Buffer.from('hello')) }, ['/document not-a-pdf']],
    [{ ...texts, file: document }, ['/file not-the-file']],
    [{ ...texts, document, envelope_kind: 'paper' }, ['/document invalid_type']],
  ];
  for (const [parts, faults] of refused) {
    const answer = await send(parts);
    assert.deepEqual([answer.status, codes(answer)], [422, faults], Object.keys(parts).join());
  }
});

test('a form is not read for whoever has no key', async () => {
  const form = new FormData();
  form.set('document', file(await pdfOf('Lease')), 'a.pdf');
  assert.equal((await fetch(platform.url + envelopesPath, { method: 'POST', body: form })).status, 401);
});

test('whoever leaves in the middle of a body, or does not speak HTTP to the end, is no breakage of ours', async () => {
  const { hostname, port } = new URL(platform.url);
  const leave = async (types: string, leaving: (socket: ReturnType<typeof connect>) => void) => {
    const socket = connect(Number(port), hostname);
    // Being refused or cut off is what is asked for.
    socket.on('error', () => {}).resume();
    await once(socket, 'connect');
    const head = `POST ${envelopesPath} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${platform.keys.loyva}\r\nContent-Type: ${types}`;
    socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n--x7\r\n\r\n`);
    const closed = once(socket, 'close');
    leaving(socket);
    await closed;
  };
  for (const types of ['application/json', 'multipart/form-data; boundary=x7']) {
    await leave(types, (socket) => socket.end());
    await leave(types, (socket) => socket.resetAndDestroy());
    await leave(types, (socket) => socket.write('no length of a chunk\r\n'));
  }
  // The server has heard of all of them once it has answered a later call and the event loop has turned.
  assert.equal((await fetch(`${platform.url}${envelopesPath}`, { headers: { 'X-API-Key': platform.keys.loyva } })).status, 200);
  assert.deepEqual(platform.reported, []);
});
