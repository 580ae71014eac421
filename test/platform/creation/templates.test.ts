import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { templateBytes } from '../../../server/platform/domain/creation/templates.ts';
import { openSealedFiles } from '../../../server/platform/stores/files/sealed-files.ts';
import { openStorage } from '../../../server/platform/stores/storage.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { type Kept, placeOf } from '../vault/vault-stage.ts';
import { complete, create, dataOf, eventsOf, inBase64, partner, pdfOf, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const path = '/api/v2/partner/templates';
const at = { page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.05 };
const signature = (signer: string, y = 0.1) => ({ ...at, y, type: 'signature', signer });
const fields = [
  signature('Lessee'),
  { ...at, type: 'text', signer: 'Lessee', y: 0.3, required: false, value: 'Berth 7' },
  signature('Lessor', 0.5),
];
const wanted = async (over: object = {}) => ({ name: 'Lease', document: inBase64(await pdfOf('Lease', 'Page 2')), fields, ...over });
const bo = { email: 'bo@shop.example', name: 'Bo Berg', role: 'Lessee' };
const cy = { email: 'cy@shop.example', name: 'Cy Carlsson', role: 'Lessor' };
const who = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin' };

interface TemplateData extends Record<string, unknown> {
  readonly template_id: string;
  readonly roles: readonly string[];
}
async function make(over: object = {}, key = platform.keys.loyva): Promise<string> {
  const made = await partner(platform, 'POST', path, await wanted(over), key);
  assert.equal(made.status, 201, made.text);
  return dataOf<TemplateData>(made).template_id;
}
const codes = ({ json }: { json: Record<string, unknown> }) =>
  (json.details as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
const send = (over: object) => partner(platform, 'POST', '', { ...who, ...over });

test('a template is made of a PDF and its fields, told with its roles, listed newest first and deleted', async () => {
  const made = await partner(platform, 'POST', path, await wanted({ signing_order: 'sequential' }));
  assert.equal(made.status, 201, made.text);
  const { template_id: id, ...rest } = dataOf<TemplateData>(made);
  assert.match(id, /^tmpl_[a-z2-7]{12}$/);
  assert.deepEqual(rest, {
    name: 'Lease',
    signing_order: 'sequential',
    roles: ['Lessee', 'Lessor'],
    pages: 2,
    created_at: new Date(platform.clock.now).toISOString(),
    fields: fields.map(({ page, x, y, width, height, ...field }) => ({
      ...{ required: true, label: null, value: null, page, x, y, width, height, places: [{ page, x, y, width, height, option: null }] },
      ...{ name: null, multiline: false, max_length: null, options: null, export_value: null },
      ...field,
    })),
    warnings: [],
  });
  const { warnings: _, ...told } = dataOf<TemplateData>(made);
  assert.deepEqual((await partner(platform, 'GET', `${path}/${id}`)).json, { data: told });
  platform.clock.now += 1;
  const newer = await make({ name: 'Newer' });
  const list = await partner(platform, 'GET', `${path}?limit=2`);
  assert.deepEqual(list.json.meta, { page: 1, limit: 2, total: 2 });
  const items = list.json.data as TemplateData[];
  assert.deepEqual(
    items.map(({ template_id }) => template_id),
    [newer, id],
  );
  assert.ok(items.every((item) => !('fields' in item) && item.roles.length === 2));
  assert.equal((await partner(platform, 'GET', `${path}?limit=101`)).status, 422);
  assert.deepEqual((await partner(platform, 'DELETE', `${path}/${id}`)).json, { data: { template_id: id, deleted: true } });
  for (const method of ['GET', 'DELETE']) {
    const gone = await partner(platform, method, `${path}/${id}`);
    assert.deepEqual([gone.status, gone.json.error], [404, 'There is no such template.']);
  }
  assert.equal(((await partner(platform, 'GET', path)).json.meta as { total: number }).total, 1);
});

test('a template comes as a form too', async () => {
  const form = new FormData();
  form.set('name', 'Leaflet');
  form.set('fields', JSON.stringify(fields));
  form.set('document', new Blob([new Uint8Array(await pdfOf('A form'))], { type: 'application/pdf' }), 'a.pdf');
  const headers = { 'X-API-Key': platform.keys.loyva };
  const answer = await fetch(platform.url + path, { method: 'POST', headers, body: form });
  assert.equal(answer.status, 201);
  assert.equal(((await answer.json()) as { data: { pages: number } }).data.pages, 1);
});

test('an envelope of a template has its document, its fields by role, its order and its name, and can be signed', async () => {
  const id = await make({ signing_order: 'sequential' });
  const made = await send({ template_id: id, signers: [cy, bo] });
  assert.equal(made.status, 201, made.text);
  const { envelope_id, template_id, envelope_name, signing_order, signers } = dataOf(made);
  assert.deepEqual([template_id, envelope_name, signing_order], [id, 'Lease', 'sequential']);
  assert.deepEqual(
    signers.map(({ email, status }) => [email, status]),
    [
      [bo.email, 'asked'],
      [cy.email, 'waiting'],
    ],
  );
  const kept = rows<Record<string, unknown>>(
    platform,
    'select f.type, s.role, f.value from fields f join signers s on s.id = f.signer_id where f.envelope_id = ? order by f.ordinal',
    envelope_id,
  );
  assert.deepEqual(kept, [
    { type: 'signature', role: 'Lessee', value: null },
    { type: 'text', role: 'Lessee', value: '{"kind":"text","text":"Berth 7"}' },
    { type: 'signature', role: 'Lessor', value: null },
  ]);
  await complete(platform, envelope_id);
});

test('of a template with one role the customer is the signer', async () => {
  const id = await make({ fields: [signature('Member')] });
  const { signers, envelope_name } = dataOf(await send({ template_id: id, envelope_name: 'Membership' }));
  assert.deepEqual([signers[0]?.email, signers[0]?.role, envelope_name], [who.customer_email, 'Member', 'Membership']);
});

test('roles without a signer and signers without a role are named, each at its place', async () => {
  const id = await make();
  const refused: readonly [over: object, faults: string[]][] = [
    [{}, ['/signers role-missing']],
    [{ signers: [bo] }, ['/signers role-missing']],
    [{ signers: [{ ...bo, role: 'lessee' }, cy] }, ['/signers role-missing', '/signers/0/role no-such-role']],
    [{ signers: [bo, cy, { email: 'd@shop.example', name: 'D' }] }, ['/signers/2/role no-such-role']],
    [{ signers: [bo, cy, { ...bo, email: 'd@shop.example' }] }, ['/signers/2/role duplicate']],
    [{ signers: [bo, cy], fields: [] }, ['/fields invalid_type']],
    [
      { signers: [bo, { ...cy, email: 'BO@shop.example' }], expires_at: '2020-01-01T00:00:00Z' },
      ['/signers/1/email duplicate', '/expires_at past'],
    ],
  ];
  for (const [over, faults] of refused) {
    const answer = await send({ template_id: id, ...over });
    assert.deepEqual([answer.status, codes(answer)], [422, faults], JSON.stringify(over));
  }
});

test('a template that is deleted, of somebody else or of nobody is refused at its place', async () => {
  const others = await platform.seed('Another quay');
  const theirs = await make({}, others.loyva);
  const deleted = await make();
  assert.equal((await partner(platform, 'DELETE', `${path}/${deleted}`)).status, 200);
  for (const template_id of [theirs, deleted, 'tmpl_aaaaaaaaaaaa', '']) {
    const answer = await send({ template_id, signers: [bo, cy] });
    assert.deepEqual([answer.status, codes(answer)], [422, ['/template_id no-such-template']]);
  }
  for (const method of ['GET', 'DELETE']) assert.equal((await partner(platform, method, `${path}/${theirs}`)).status, 404);
  assert.equal((await partner(platform, 'GET', `${path}/${theirs}`, undefined, others.loyva)).status, 200);
});

test('an envelope lives on when its template is deleted: its file is its own, and its record says where it is from', async () => {
  const id = await make({ fields: [signature('Member')] });
  const { envelope_id } = dataOf(await send({ template_id: id }));
  const addresses = rows<{ document: string }>(
    platform,
    'select document from envelopes where id = ? union all select document from templates where id = ?',
    envelope_id,
    id,
  ).map(({ document }) => (JSON.parse(document) as { address: string }).address);
  assert.equal(new Set(addresses).size, 2);
  assert.equal((await partner(platform, 'DELETE', `${path}/${id}`)).status, 200);
  await complete(platform, envelope_id);
  assert.equal(dataOf(await partner(platform, 'GET', envelope_id)).template_id, id);
  assert.equal(eventsOf(platform, envelope_id).at(-1)?.kind, 'envelope.completed');
});

test('of a deleted template neither its file nor its key is left, in the database and beside it', async () => {
  const id = await make({ fields: [signature('Member')] });
  const [row] = rows<{ document: string; key: Buffer }>(platform, 'select document, wrapped_key as key from templates where id = ?', id);
  const kept = JSON.parse(row?.document ?? 'null') as Kept;
  const key = row?.key ?? assert.fail();
  const holdsKey = async (name: string) => (await readFile(join(platform.dataDir, name)).catch(() => Buffer.alloc(0))).includes(key);
  const anywhere = async () => (await holdsKey('platform.db')) || (await holdsKey('platform.db-wal'));
  assert.deepEqual([existsSync(placeOf(platform, kept)), await anywhere()], [true, true]);
  assert.equal((await partner(platform, 'DELETE', `${path}/${id}`)).status, 200);
  await platform.runJobs();
  assert.deepEqual([existsSync(placeOf(platform, kept)), await anywhere()], [false, false]);
});

test('a template that is deleted while its file is read is gone, and not damaged', async (t) => {
  const id = await make({ fields: [signature('Member')] });
  const { storage, database } = await openStorage(join(platform.dataDir, 'platform.db'), secretBox(platform.key));
  t.after(() => database.close());
  const sealedFiles = openSealedFiles(join(platform.dataDir, 'blobs'), join(platform.dataDir, 'quarantine'));
  const [row] = rows<{ account_id: string }>(platform, 'select account_id from templates where id = ?', id);
  const template = (await storage.read.templates.find(row?.account_id ?? '', id)) ?? assert.fail();
  const late = {
    ...sealedFiles,
    async get(...asked: Parameters<typeof sealedFiles.get>) {
      assert.equal((await partner(platform, 'DELETE', `${path}/${id}`)).status, 200);
      await platform.runJobs();
      return sealedFiles.get(...asked);
    },
  };
  assert.equal(await templateBytes({ storage, sealedFiles: late }, template), undefined);
});

test('the tidying of files nobody names leaves those of templates', async () => {
  const start = platform.clock.now;
  const id = await make({ fields: [signature('Member')] });
  platform.clock.now = Date.now() + 3 * 3_600_000;
  await platform.runJobs();
  platform.clock.now = start;
  await create(platform, { template_id: id, document: undefined });
});

const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
const faulty: readonly [says: string, over: object, faults: string[]][] = [
  ['no fields', { fields: [] }, ['/fields too_small']],
  ['no name and no document', { name: undefined, document: undefined }, ['/name invalid_type', '/document invalid_type']],
  ['a role that signs nowhere', { fields: [...fields, { ...at, type: 'date_signed', signer: 'Witness' }] }, ['/fields signature-missing']],
  ['too many roles', { fields: many(21, (i) => signature(`R${i}`)) }, ['/fields too-many-roles']],
  ['a field outside its page', { fields: [{ ...signature('A'), x: 0.9 }] }, ['/fields/0/width outside']],
  ['a field on no page', { fields: [{ ...signature('A'), page: 3 }] }, ['/fields/0/page no-such-page']],
  ['a role nobody can print', { fields: [signature('😀')] }, ['/fields/0/signer glyph']],
  ['what is no PDF', { document: inBase64(Buffer.from('hello')) }, ['/document not-a-pdf']],
];
for (const [says, over, faults] of faulty)
  test(`a template with ${says} is refused and its place named`, async () => {
    const answer = await partner(platform, 'POST', path, await wanted(over));
    assert.deepEqual([answer.status, codes(answer)], [422, faults], answer.text);
  });
