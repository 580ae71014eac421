import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { documentPath, pdfWith, putDocument } from '../world/agreement.ts';
import { answered, entered, type Json, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let partner: { id: string; key: string };
let pdf: Buffer;
before(async () => {
  gateway = await startGateway();
  partner = await gateway.partner({ origins: [origin] });
  pdf = Buffer.from(await pdfWith('Canarydocument'));
});
after(() => gateway.close());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const at = (name = '', id = partner.id) => documentPath(id, name).replace(/\/$/, '');
const flowPath = (id = partner.id) => `/api/v1/admin/partners/${id}/flow`;

test('a document is put, listed, read back byte for byte, replaced and deleted', async () => {
  const put = await answered(putDocument(gateway, partner.id, pdf, 'lease-2026'));
  assert.deepEqual({ ...put, updated_at: '' }, { name: 'lease-2026', size: pdf.length, sha256: sha256(pdf), updated_at: '' });
  assert.deepEqual((await answered<{ items: Json[] }>(gateway.admin('GET', at()))).items, [put]);
  const read = await gateway.admin('GET', at('lease-2026'));
  assert.deepEqual([read.headers.get('content-type'), read.headers.get('etag')], ['application/pdf', `"${sha256(pdf)}"`]);
  assert.deepEqual(Buffer.from(await read.arrayBuffer()), pdf);
  const other = Buffer.from(await pdfWith('Another'));
  assert.equal((await answered(putDocument(gateway, partner.id, other, 'lease-2026'))).sha256, sha256(other));
  assert.deepEqual(Buffer.from(await (await gateway.admin('GET', at('lease-2026'))).arrayBuffer()), other);
  await answered(gateway.admin('DELETE', at('lease-2026')), 204);
  await refused(gateway.admin('GET', at('lease-2026')), 404, 'not-found');
  await refused(gateway.admin('DELETE', at('lease-2026')), 404, 'not-found');
});

test('what is no PDF, too long, of another type or wrongly named is refused, and so is whoever is no administrator', async () => {
  await refused(putDocument(gateway, partner.id, Buffer.from('<html>'), 'a'), 422, 'document-refused');
  await refused(putDocument(gateway, partner.id, pdf, 'a', 'text/plain'), 415, 'media-type-refused');
  const long = Buffer.concat([pdf, Buffer.alloc(5_000_001 - pdf.length)]);
  await refused(putDocument(gateway, partner.id, long, 'a'), 413, 'body-too-large');
  await refused(putDocument(gateway, partner.id, long.subarray(1), 'a'), 422, 'document-refused');
  for (const name of ['Lease', 'a_b', '-a', 'x'.repeat(41)])
    await refused(putDocument(gateway, partner.id, pdf, name), 422, 'invalid-input');
  await refused(putDocument(gateway, 'prt_none', pdf, 'a'), 404, 'not-found');
  const anybody = await fetch(gateway.url + at('a'), {
    method: 'PUT',
    headers: { 'content-type': 'application/pdf' },
    body: Buffer.from(pdf),
  });
  await refused(anybody, 401, 'unauthenticated');
  assert.deepEqual((await answered<{ items: Json[] }>(gateway.admin('GET', at()))).items, []);
});

test('a document of 5,000,000 bytes is kept', async () => {
  const full = Buffer.concat([pdf, Buffer.alloc(5_000_000 - pdf.length)]);
  assert.equal((await answered(putDocument(gateway, partner.id, full, 'full'))).size, 5_000_000);
  assert.equal((await (await gateway.admin('GET', at('full'))).arrayBuffer()).byteLength, 5_000_000);
  await answered(gateway.admin('DELETE', at('full')), 204);
});

test('another partner’s documents are not there', async () => {
  const other = await gateway.partner({});
  await answered(putDocument(gateway, other.id, pdf, 'theirs'));
  await refused(gateway.admin('GET', at('theirs')), 404, 'not-found');
  await refused(gateway.admin('DELETE', at('theirs')), 404, 'not-found');
});

test('documents lie sealed: no byte of them is readable on the disk, and what is replaced is gone', async () => {
  await answered(putDocument(gateway, partner.id, pdf, 'sealed'));
  await answered(putDocument(gateway, partner.id, pdf, 'sealed'));
  const folder = join(gateway.dataDir, 'documents');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const kept = (await answered<{ items: Json[] }>(gateway.admin('GET', at()))).items.length;
  assert.equal(files.length, kept + 1, 'this partner’s and the other’s');
  for (const { parentPath, name } of files) {
    const text = (await readFile(join(parentPath, name))).toString('latin1');
    assert.doesNotMatch(text, /%PDF|Canarydocument|JVBERi0/);
  }
  await answered(gateway.admin('DELETE', at('sealed')), 204);
});

test('the default flow has the agreement signed once there is one and Loyva’s key is stored', async () => {
  const { id } = await gateway.partner({ vendorKeys: { kelviq: 'kvqp_signs_by_default' } });
  const kinds = async () => {
    const { flow } = await answered<{ flow: { steps: Json[] } }>(gateway.admin('GET', flowPath(id)));
    return flow.steps.map(({ kind }) => kind);
  };
  await answered(putDocument(gateway, id, pdf));
  assert.deepEqual(await kinds(), ['details', 'provision', 'done']);
  await answered(gateway.admin('PUT', `/api/v1/admin/partners/${id}/credentials`, { vendor: 'loyva', secret: 'lk_by_default_0001' }));
  assert.deepEqual(await kinds(), ['details', 'provision', 'sign', 'done']);
  await answered(gateway.admin('PUT', `/api/v1/admin/partners/${id}/credentials`, { vendor: 'scribeless', secret: 'slp_by_default_1' }));
  assert.deepEqual(await kinds(), ['details', 'provision', 'sign', 'billing', 'done']);
});

test('every fault of a sign step is named at its place', async () => {
  const text = (name: string, more: object = {}) => ({ name, kind: 'text', ...more });
  const fields = [
    text('mail', { kind: 'email' }),
    text('maybe', { required: false }),
    text('plain'),
    text('when', { when: { field: 'plain', in: ['x'] } }),
  ];
  const details = { id: 'details', kind: 'details', sections: [{ id: 'one', fields }] };
  const done = { id: 'done', kind: 'done' };
  const sign = (more: object) => ({
    id: 'sign',
    kind: 'sign',
    document: 'agreement',
    title: 'A',
    signer: { email: 'mail', name: ['plain'] },
    ...more,
  });
  const put = (...steps: object[]) => gateway.admin('PUT', flowPath(), { steps: [details, ...steps, done] });
  const faults = async (...steps: object[]) => pointers((await refused(put(...steps), 422, 'invalid-input')).errors);
  assert.deepEqual(await faults(sign({})), ['/steps/1/document']);
  await answered(putDocument(gateway, partner.id, pdf));
  assert.deepEqual(await faults(sign({}), sign({ id: 'again' })), ['/steps']);
  assert.deepEqual(await faults(sign({ signer: { email: 'plain', name: ['maybe', 'when', 'none'] } })), [
    '/steps/1/signer/email',
    '/steps/1/signer/name/0',
    '/steps/1/signer/name/1',
    '/steps/1/signer/name/2',
  ]);
  const countersigner = { email: 'm@x.example', name: 'M', role: 'Customer' };
  assert.deepEqual(await faults(sign({ countersigner })), ['/steps/1/countersigner/role']);
  const box = { type: 'signature', role: 'Customer', page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.1 };
  assert.deepEqual(
    await faults(
      sign({
        fields: [
          { ...box, x: 0.8 },
          { ...box, y: 0.95 },
          { ...box, role: 'Nobody' },
        ],
      }),
    ),
    ['/steps/1/fields/0/width', '/steps/1/fields/1/height', '/steps/1/fields/2/role'],
  );
  assert.deepEqual(await faults(sign({ fields: [{ ...box, type: 'text' }] })), ['/steps/1/fields']);
  await answered(put(sign({ fields: [box], countersigner: { ...countersigner, role: 'Partner' } })), 422);
  await answered(put(sign({ fields: [box, { ...box, y: 0.5, role: 'Partner' }], countersigner: { ...countersigner, role: 'Partner' } })));
  await refused(gateway.admin('DELETE', at('agreement')), 409, 'run-wrong-state');
});

test('a document that a customer is about to be given stays until the envelope is made', async () => {
  const own = await gateway.partner({ origins: [origin], vendorKeys: { loyva: 'lk_never_answers_01' } });
  await answered(putDocument(gateway, own.id, pdf));
  const visitor = await entered(gateway, own.key, origin, 'waits');
  await answered(visitor.submit(ada));
  assert.equal((await visitor.run()).sign?.state, 'preparing');
  await refused(gateway.admin('DELETE', documentPath(own.id)), 409, 'run-wrong-state');
});
