import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import { onePage, pdf, stream } from '../../fixtures/pdf/build.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { create, dataOf, envelopesPath, eventsOf, partner, pdfOf, rows } from '../world/envelopes.ts';
import { documentOf } from '../world/judges.ts';
import { upload } from './vault-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const who = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin', envelope_kind: 'paper' };
const paper = async (over: object = {}): Promise<string> => {
  const made = await partner(platform, 'POST', '', { ...who, ...over });
  assert.equal(made.status, 201, made.text);
  return dataOf(made).envelope_id;
};
const statusOf = async (id: string) => dataOf(await partner(platform, 'GET', `${id}/status`)).status;
const codes = ({ json }: { json: Record<string, unknown> }) =>
  (json.details as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
const mails = () => rows<{ n: number }>(platform, 'select count(*) as n from outbox')[0]?.n;

test('an envelope on paper waits for its file: nobody is asked, and nobody can sign it here', async () => {
  const before = mails();
  const made = await partner(platform, 'POST', '', { ...who, envelope_name: 'Lease of berth 7', external_id: 'deal-7' });
  assert.equal(made.status, 201, made.text);
  const { envelope_id: id, status, envelope_kind, envelope_name, signers, external_id } = dataOf(made);
  assert.deepEqual(
    { status, envelope_kind, envelope_name, signers, external_id },
    { status: 'pending', envelope_kind: 'paper', envelope_name: 'Lease of berth 7', signers: [], external_id: 'deal-7' },
  );
  assert.equal(mails(), before);
  assert.deepEqual(
    eventsOf(platform, id).map(({ kind }) => kind),
    ['envelope.created'],
  );
  const links = await partner(platform, 'GET', `${id}/signing-links`);
  assert.deepEqual([links.status, links.json.error], [409, 'The envelope is pending; signing links are made while it is sent or viewed.']);
  assert.equal((await partner(platform, 'POST', `${id}/remind`, {})).status, 409);
  const sign = { envelope_id: id, user_email: who.customer_email, widget_type: 'sign' };
  assert.equal((await partner(platform, 'POST', '/api/v2/embed/token', sign)).status, 409);
  assert.equal(dataOf(await partner(platform, 'GET', await paper())).envelope_name, 'Agreement on paper');
});

test('what belongs to signing here is refused with a reason, each by its place', async () => {
  const over = { signers: [{ email: 'a@b.example', name: 'A' }], fields: [], template_id: 'tmpl_x', document: {} };
  const refused = await partner(platform, 'POST', '', { ...who, ...over });
  assert.equal(refused.status, 422);
  assert.deepEqual(
    codes(refused).sort(),
    ['/document', '/fields', '/signers', '/template_id'].map((each) => `${each} invalid_type`),
  );
  const details = refused.json.details as { message: string }[];
  assert.ok(details.every(({ message }) => message.startsWith('must not come with an envelope on paper')));
  assert.equal(
    (await partner(platform, 'POST', '', { ...who, signers: null, fields: null, document: null, template_id: null })).status,
    201,
  );
});

test('a signed file is kept byte for byte, whatever signatures it carries, and its hash is in the record', async () => {
  const { bytes: source, pages } = await documentOf(['Signed elsewhere']);
  const identity = await makeAuthority(Date.now());
  const signed = await works.seal({ source, pages, marks: [], facts: null, reason: 'Signed elsewhere', identity, at: Date.now() });
  const id = await paper();
  const answer = await upload(platform, id, signed);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(dataOf(answer).status, 'uploaded');
  const sha256 = createHash('sha256').update(signed).digest('hex');
  const [kept] = rows<{ document: string }>(platform, 'select document from envelopes where id = ?', id);
  const document = JSON.parse(kept?.document ?? '{}') as Record<string, unknown>;
  assert.deepEqual(
    [document.sha256, document.uploadSha256, document.size, document.filename],
    [sha256, sha256, signed.length, 'signed.pdf'],
  );
  assert.deepEqual(eventsOf(platform, id).at(-1), { kind: 'document.uploaded', signer_id: null, detail: sha256 });
  const vaulted = await partner(platform, 'POST', `${id}/vault-in-upload`);
  assert.deepEqual([vaulted.status, dataOf(vaulted).status], [200, 'vaulted'], vaulted.text);
  const { signed_url } = dataOf<{ signed_url: string }>(await partner(platform, 'GET', `${id}/vault/signed-url`));
  assert.ok(Buffer.from(await (await fetch(signed_url)).arrayBuffer()).equals(Buffer.from(signed)));
});

test('a file that a reader could take in two ways, or that is none, is refused and the envelope still waits', async () => {
  const id = await paper();
  const scripted = pdf(onePage('Pay', { catalog: '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>' }));
  assert.deepEqual(codes(await upload(platform, id, scripted)), ['/file scripted']);
  assert.deepEqual(codes(await upload(platform, id, Buffer.from('hello'))), ['/file not-a-pdf']);
  assert.deepEqual(codes(await upload(platform, id, pdf(onePage('Pay', { more: [stream('x')] })).subarray(0, 300))), ['/file malformed']);
  assert.equal(await statusOf(id), 'pending');
  assert.equal((await upload(platform, id, await pdfOf('Signed'))).status, 200);
});

test('a second upload is refused and says from where to where; of two at once one is kept', async () => {
  const id = await paper();
  const [one, two] = [await pdfOf('One'), await pdfOf('Two')];
  const answers = await Promise.all([upload(platform, id, one), upload(platform, id, two)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  const again = await upload(platform, id, one);
  assert.deepEqual([again.status, again.json.error], [409, 'The envelope is uploaded and cannot become uploaded.']);
  assert.equal(eventsOf(platform, id).filter(({ kind }) => kind === 'document.uploaded').length, 1);
  const signedHere = await create(platform);
  const wrong = await upload(platform, signedHere, one);
  assert.deepEqual([wrong.status, wrong.json.error], [409, 'The envelope is sent and cannot become uploaded.']);
});

test('an upload that cannot be kept is refused before it is read', async () => {
  const id = await paper();
  assert.equal((await partner(platform, 'POST', `${id}/void`, { reason: 'Torn' })).status, 200);
  const rubbish = { method: 'POST', headers: { 'X-API-Key': platform.keys.loyva, 'Content-Type': 'text/plain' }, body: 'rubbish' };
  assert.equal((await fetch(`${platform.url}${envelopesPath}/${id}/upload`, rubbish)).status, 409);
  assert.equal((await fetch(`${platform.url}${envelopesPath}/env_aaaaaaaaaaaa/upload`, rubbish)).status, 404);
  assert.equal((await fetch(`${platform.url}${envelopesPath}/${await paper()}/upload`, rubbish)).status, 415);
  const others = await platform.seed('Another quay');
  assert.equal((await upload({ url: platform.url, keys: { loyva: others.loyva } }, await paper(), await pdfOf('x'))).status, 404);
});

test('past its time a file is refused, before and after that is written down', async () => {
  const start = platform.clock.now;
  const id = await paper({ expires_at: new Date(start + 3_600_000).toISOString() });
  platform.clock.now = start + 3_600_000;
  const refused = await upload(platform, id, await pdfOf('Late'));
  assert.deepEqual([refused.status, refused.json.error], [409, 'The envelope is expired and cannot become uploaded.']);
  await platform.runJobs();
  assert.equal(await statusOf(id), 'expired');
  assert.equal((await upload(platform, id, await pdfOf('Late'))).status, 409);
  assert.deepEqual(eventsOf(platform, id).at(-1)?.kind, 'envelope.expired');
  platform.clock.now = start;
});

test('what is uploaded can be voided until it is vaulted', async () => {
  const id = await paper();
  assert.equal((await upload(platform, id, await pdfOf('Signed'))).status, 200);
  assert.equal(dataOf(await partner(platform, 'POST', `${id}/void`, {})).status, 'voided');
  assert.equal((await upload(platform, id, await pdfOf('Signed'))).status, 409);
});

test('withdrawn while it is taken into the vault, it is one or the other', async () => {
  const id = await paper();
  assert.equal((await upload(platform, id, await pdfOf('Signed'))).status, 200);
  const [vaulted, voided] = await Promise.all([
    partner(platform, 'POST', `${id}/vault-in-upload`),
    partner(platform, 'POST', `${id}/void`, {}),
  ]);
  const refusal = voided.status === 200 ? vaulted : voided;
  assert.deepEqual([vaulted.status, voided.status].sort(), [200, 409], refusal.text);
  const status = await statusOf(id);
  assert.equal(refusal.json.error, `The envelope is ${status} and cannot become ${status === 'voided' ? 'vaulted' : 'voided'}.`);
});
