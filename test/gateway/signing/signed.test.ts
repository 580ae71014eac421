import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RunView } from '../../../shared/registry.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { ceremony, consent, onceKey, pdfWith, putDocument, sign, signState, type Visitor } from '../world/agreement.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: platform.keys.loyva } });
  await answered(putDocument(gateway, partner.id, await pdfWith('Lease of a boat', 'Second page')));
});
after(async () => {
  await gateway.close();
  await platform.close();
});

const runsOf = async (query: string): Promise<RunView[]> =>
  (await answered<{ items: RunView[] }>(fetch(`${gateway.url}/partner/runs?${query}`, { headers: { 'x-api-key': partner.key } }))).items;
const vendor = (method: string, path: string, body?: unknown) =>
  call(platform, method, `/api/v2/partner/envelopes${path}`, { 'x-api-key': platform.keys.loyva }, body);

/** A customer whose agreement waits to be signed. */
async function toAgreement(external_id: string, email = `${external_id}@nordin.example`): Promise<{ visitor: Visitor; envelope: string }> {
  const visitor = await entered(gateway, partner.key, origin, external_id);
  await answered(visitor.submit({ ...ada, email }));
  const { sign: shown } = await signState(visitor, 'open');
  assert.ok(shown?.envelope_id);
  return { visitor, envelope: shown.envelope_id };
}

test('a customer sends the details, signs the agreement in the same session, and the envelope ends in the vault', async () => {
  const visitor = await entered(gateway, partner.key, origin, 'signs');
  assert.deepEqual(
    (await visitor.run()).steps.map(({ kind, state }) => `${kind} ${state}`),
    ['details open', 'sign todo', 'done todo'],
  );
  await refused(visitor.call('GET', '/embed/ceremony'), 409, 'step-not-open');
  await answered(visitor.submit(ada));
  const run = await signState(visitor, 'open');
  assert.equal(run.step, 'sign');
  assert.equal((await sign(visitor)).state, 'finishing');
  const signed = await signState(visitor, 'signed', platform);
  assert.equal(signed.status, 'done');
  assert.ok(signed.sign?.signed_at);
  await eventually(async () => (await visitor.run()).sign?.vaulted_at);
  const [kept] = await runsOf('external_id=signs');
  assert.equal(kept?.status, 'done');
  assert.deepEqual(kept?.sign, { state: 'signed', envelope_id: signed.sign?.envelope_id, faults: [], refusal: null });
  const { data } = (await vendor('GET', `/${signed.sign?.envelope_id}`)).json as { data: Record<string, unknown> };
  assert.deepEqual([data.status, data.external_id], ['vaulted', run.run_id]);
  const { state, document } = await ceremony(visitor, 'GET');
  assert.deepEqual([state, document.sealed], ['completed', true]);
  const sealed = await visitor.call('GET', '/embed/ceremony/document');
  assert.equal(sealed.headers.get('etag'), `"${document.sha256}"`);
  assert.equal((await sealed.arrayBuffer()).byteLength, document.size);
});

test('the document comes whole, in parts, or not again, as the browser asks', async () => {
  const { visitor } = await toAgreement('ranges');
  const path = '/embed/ceremony/document';
  await refused(visitor.call('GET', path), 409, 'consent-missing');
  const { document } = await consent(visitor);
  const whole = await visitor.call('GET', path);
  assert.equal(whole.headers.get('content-type'), 'application/pdf');
  assert.match(whole.headers.get('access-control-expose-headers') ?? '', /ETag.*Content-Range/);
  const bytes = Buffer.from(await whole.arrayBuffer());
  assert.equal(bytes.length, document.size);
  const part = await visitor.call('GET', path, undefined, { range: 'bytes=5-14' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 5-14/${document.size}`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(5, 15));
  assert.equal((await visitor.call('GET', path, undefined, { range: `bytes=${document.size}-` })).status, 416);
  const again = await visitor.call('GET', path, undefined, { 'if-none-match': whole.headers.get('etag') ?? '' });
  assert.equal(again.status, 304);
});

test('who declines ends the run as declined; a retry of the partner’s makes another envelope, and the run goes on', async () => {
  const { visitor, envelope } = await toAgreement('declines');
  await consent(visitor);
  const key = onceKey();
  const decline = () => visitor.call('POST', '/embed/ceremony/decline', { reason: 'The rent is too high.' }, key);
  assert.equal((await answered<{ state: string }>(decline())).state, 'declined');
  const replayed = await decline();
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
  const declined = await signState(visitor, 'declined');
  assert.deepEqual([declined.status, declined.step], ['declined', 'sign']);
  assert.deepEqual((await runsOf('status=declined')).length, 1);
  await refused(
    visitor.call('POST', '/embed/ceremony/finish', { document_sha256: 'a'.repeat(64), revision: 0, date: '2026-11-21' }, onceKey()),
    409,
    'ceremony-ended',
  );
  const retry = () =>
    fetch(`${gateway.url}/partner/runs/${declined.run_id}/retry`, {
      method: 'POST',
      headers: { 'x-api-key': partner.key, 'content-type': 'application/json' },
      body: '{}',
    });
  assert.equal((await answered<RunView>(retry())).status, 'in_progress');
  const { sign: fresh } = await signState(visitor, 'open');
  assert.notEqual(fresh?.envelope_id, envelope);
  assert.equal((await ceremony(visitor, 'GET')).envelope_id, fresh?.envelope_id);
  await refused(retry(), 409, 'run-wrong-state');
});

test('an envelope that the partner voids is shown as voided; the run stays in progress', async () => {
  const { visitor, envelope } = await toAgreement('voided');
  assert.equal((await vendor('POST', `/${envelope}/void`, { reason: 'Mistake' })).status, 200);
  const run = await eventually(async () => {
    gateway.clock.advance(10_000);
    const each = await visitor.run();
    return each.sign?.state === 'voided' && each;
  });
  assert.equal(run.status, 'in_progress');
  await refused(visitor.call('GET', '/embed/ceremony'), 409, 'ceremony-ended');
});

test('a countersigner signs after the customer: the step waits, and is signed when both have', async () => {
  const countersigner = { email: 'mira@harbor.example', name: 'Mira Holt', role: 'Lessor' };
  const own = await gateway.partner({ origins: [origin], vendorKeys: { loyva: (await platform.seed('Countersigned')).loyva } });
  await answered(putDocument(gateway, own.id, await pdfWith('Two sign here'), 'lease'));
  const path = `/api/v1/admin/partners/${own.id}/flow`;
  const { flow } = await answered<{ flow: { steps: object[] } }>(gateway.admin('GET', path));
  const box = { page: 1, x: 0.1, width: 0.3, height: 0.05, type: 'signature' };
  const step = {
    id: 'lease',
    kind: 'sign',
    document: 'lease',
    title: 'Lease',
    signer: { email: 'email', name: ['first_name', 'last_name'], role: 'Lessee' },
    countersigner,
    fields: [
      { ...box, role: 'Lessee', y: 0.5 },
      { ...box, role: 'Lessor', y: 0.7 },
    ],
  };
  await answered(gateway.admin('PUT', path, { steps: [flow.steps[0], step, flow.steps.at(-1)] }));
  const visitor = await entered(gateway, own.key, origin, 'two');
  const same = await refused(visitor.submit({ ...ada, email: 'MIRA@harbor.example' }), 422, 'invalid-input');
  assert.deepEqual(pointers(same.errors), ['/values/email']);
  await answered(visitor.submit(ada));
  const { sign: shown } = await signState(visitor, 'open');
  await sign(visitor);
  await signState(visitor, 'waiting', platform);
  const other = await entered(gateway, own.key, origin, 'two');
  const request = { widget_type: 'sign', envelope_id: shown?.envelope_id, user_email: countersigner.email };
  const minted = await fetch(`${gateway.url}/embed/token`, {
    method: 'POST',
    headers: { 'x-api-key': own.key, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const { data } = await answered<{ data: { token: string; envelope_id: string } }>(minted);
  assert.equal(data.envelope_id, shown?.envelope_id);
  await answered(other.open(data.token), 201);
  await sign(other);
  await signState(visitor, 'signed', platform);
});

test('details sent anew with another name make a new envelope in place of the unsigned one', async () => {
  const { visitor, envelope } = await toAgreement('renamed');
  // Another account's refusal opens the details again; there is none in this flow, so it is played by hand.
  await reopen(envelope);
  assert.equal((await visitor.run()).sign?.state, 'todo');
  await refused(visitor.call('GET', '/embed/ceremony'), 409, 'step-not-open');
  await answered(visitor.submit({ ...ada, email: 'renamed@nordin.example', last_name: 'Nordin-Berg' }));
  const fresh = await eventually(async () => {
    const run = await visitor.run();
    return run.sign?.state === 'open' && run.sign.envelope_id !== envelope && run.sign.envelope_id;
  });
  const { data } = (await vendor('GET', `/${envelope}`)).json as { data: { status: string } };
  assert.equal(data.status, 'voided');
  const now = (await vendor('GET', `/${fresh}`)).json as { data: { signers: { name: string }[] } };
  assert.equal(now.data.signers[0]?.name, 'Ada Nordin-Berg');
  assert.equal((await ceremony(visitor, 'GET')).you.name, 'Ada Nordin-Berg');
});

async function reopen(envelope: string): Promise<void> {
  const { default: SqliteFile } = await import('better-sqlite3');
  const db = new SqliteFile(`${gateway.dataDir}/gateway.db`);
  db.prepare('update run set submitted_at = null where id = (select run_id from signing where envelope_id = ?)').run(envelope);
  db.close();
}

test('the ceremony takes nothing that its contract does not name, and acts only with a key', async () => {
  const { visitor } = await toAgreement('strict');
  const post = (path: string, body: unknown, headers = {}) => visitor.call('POST', `/embed/ceremony${path}`, body, headers);
  for (const path of ['/consent', '/decline', '/finish']) await refused(post(path, {}), 400, 'idempotency-key-missing');
  await refused(post('/decline', { reason: ' ' }, onceKey()), 422, 'invalid-input');
  await refused(post('/pages', { pages: [0] }), 422, 'invalid-input');
  const odd = await refused(
    post('/consent', { version: '1', sha256: 'a'.repeat(64), agreed: true, more: 1 }, onceKey()),
    422,
    'invalid-input',
  );
  assert.deepEqual(pointers(odd.errors), ['/more']);
  const long = { values: { fld_1: { kind: 'text', text: 'x'.repeat(4_200_000) } } };
  await refused(visitor.call('PUT', '/embed/ceremony/fields', long), 413, 'body-too-large');
  await consent(visitor);
  const stray = await refused(
    visitor.call('PUT', '/embed/ceremony/fields', { values: { [`fld_${randomUUID().slice(0, 8)}`]: null } }),
    422,
    'invalid-input',
  );
  assert.match(pointers(stray.errors)[0] ?? '', /^\/values\/fld_/);
});
