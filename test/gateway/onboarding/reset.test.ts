import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { RunView } from '../../../shared/registry.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { ceremony, onceKey, pdfWith, putDocument, signState, type Visitor } from '../world/agreement.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json, startStubVendor } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let stand: StartedGateway;
let kelviq: Awaited<ReturnType<typeof startStubVendor>>;
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let document: Uint8Array;
before(async () => {
  platform = await startPlatform();
  [kelviq, loyva] = [await startStubVendor(), await startStubLoyva()];
  gateway = await startGateway({ vendorUrl: platform.url });
  stand = await startGateway({ vendors: { kelviq: kelviq.origin, loyva: loyva.origin } });
  document = await pdfWith('An agreement');
});
after(async () => {
  await gateway.close();
  await stand.close();
  await platform.close();
  for (const each of [kelviq, loyva]) each.close();
});

let partners = 0;
/** A partner of the gateway before the stand-ins, or before the platform, with its document, and a customer. */
async function begun(at: StartedGateway, vendorKeys: Record<string, string>) {
  partners += 1;
  const partner = await at.partner({ origins: [origin], vendorKeys });
  await answered(putDocument(at, partner.id, document));
  return { ...partner, visitor: await entered(at, partner.key, origin, `r-${partners}`) };
}
const standIn = (...vendors: ('kelviq' | 'loyva')[]) =>
  begun(stand, Object.fromEntries(vendors.map((vendor) => [vendor, `${vendor}_reset_${partners}`])));
const asker = (at: StartedGateway) => ({
  run: (key: string, { run_id }: { run_id: string }) =>
    answered<RunView>(fetch(`${at.url}/partner/runs/${run_id}`, { headers: { 'x-api-key': key } })),
  reset: (key: string, { run_id }: { run_id: string }, body: object, headers: object = {}) =>
    fetch(`${at.url}/partner/runs/${run_id}/reset`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
});
const until = (at: StartedGateway, visitor: Visitor, wanted: (run: OnboardingView) => unknown) =>
  eventually(async () => {
    at.clock.advance(1_000);
    const run = await visitor.run();
    return wanted(run) ? run : undefined;
  });
const against = async (answer: Promise<Response>, says: RegExp) =>
  assert.match(String((await refused(answer, 409, 'run-wrong-state')).detail), says);
const reopen = (visitor: Visitor) =>
  visitor.call('POST', '/embed/onboarding/steps/details/reopen', {}, { 'idempotency-key': randomUUID() });
const opens = () =>
  kelviq.answerWith((response) => {
    const { externalId } = JSON.parse(kelviq.received.at(-1)?.body ?? '{}') as { externalId: string };
    json(
      { organizationIdentifier: `org-${externalId}`, serverKey: `sk_reset_${externalId}`, partnerExternalId: externalId },
      201,
    )(response);
  });

test('a name that the vendor cannot print is refused at its question in the vendor’s words; another one goes on, and what is open keeps its answers', async () => {
  const { key, visitor } = await standIn('kelviq', 'loyva');
  opens();
  const sentence = 'The name holds characters that cannot be printed here: 𐎀';
  const details = [{ pointer: '/signers/0/name', code: 'unprintable', message: sentence }];
  loyva.at('POST ', json({ error: 'The input has faults.', details }, 422));
  const asked = loyva.count('POST ');
  await answered(visitor.submit({ ...ada, last_name: 'Nordín' }));
  const back = await until(stand, visitor, (run) => run.details.editable && run.accounts[0]?.state === 'ready');
  assert.deepEqual(back.details.faults, [
    { pointer: '/values/last_name', code: 'vendor-refused', params: { vendor: 'loyva', said: sentence } },
  ]);
  const { sign } = await asker(stand).run(key, back);
  assert.deepEqual(sign?.faults, [{ pointer: '/signer/name', code: 'unprintable' }]);
  stand.clock.advance(400_000);
  await visitor.run();
  assert.equal(loyva.count('POST ') - asked, 1);
  // The e-mail opened the account; the name that is refused is free although it may have opened something too.
  assert.ok(back.details.locked.includes('email') && !back.details.locked.includes('last_name'));
  const changed = await refused(visitor.submit({ ...ada, email: 'another@x.example', last_name: 'Berg' }), 422, 'invalid-input');
  assert.deepEqual(pointers(changed.errors), ['/values/email']);
  loyva.at('POST ');
  await answered(visitor.submit({ ...ada, last_name: 'Berg' }));
  await until(stand, visitor, (run) => run.sign?.state === 'open');
  assert.equal(kelviq.received.filter(({ method, body }) => method === 'POST' && body.includes(`r-${partners}`)).length, 1);
});

test('a refused account is opened again by `reset`, once for an Idempotency-Key; 409 says what stands against it', async () => {
  const { key, visitor } = await standIn('kelviq');
  const { run, reset } = asker(stand);
  kelviq.answerWith(json({ detail: 'This partner may open no more organizations.' }, 402));
  await answered(visitor.submit(ada));
  const held = await until(stand, visitor, ({ status }) => status === 'refused');
  assert.deepEqual((await run(key, held)).accounts, [
    {
      vendor: 'kelviq',
      state: 'refused',
      refusal: { reason: 'vendor', said: 'This partner may open no more organizations.' },
    },
  ]);
  await against(reset(key, held, { step: 'provision', vendor: 'scribeless' }), /No account of this run was refused/);
  await against(reset(key, held, { step: 'sign' }), /nothing to sign/);
  await refused(reset(key, held, { step: 'sign', vendor: 'kelviq' }), 422, 'invalid-input');
  await refused(reset(key, held, { step: 'billing' }), 422, 'invalid-input');
  const before = kelviq.received.length;
  const once = onceKey();
  await answered(reset(key, held, { step: 'provision' }, once));
  await until(stand, visitor, ({ status }) => status === 'refused');
  const repeated = await reset(key, held, { step: 'provision' }, once);
  assert.equal(repeated.headers.get('idempotent-replayed'), 'true');
  assert.equal(kelviq.received.length - before, 1);
  opens();
  await answered(reset(key, held, { step: 'provision', vendor: 'kelviq' }));
  await until(stand, visitor, ({ status }) => status === 'done');
  await against(reset(key, held, { step: 'provision', vendor: 'kelviq' }), /is ready, not refused/);
  await against(reset(key, held, { step: 'details' }), /opened with them, and nothing was refused/);
});

test('a customer takes the details back until something was opened with them; the partner also later, where something was refused', async () => {
  const { key, visitor } = await standIn('kelviq', 'loyva');
  const { reset } = asker(stand);
  kelviq.answerWith(json({ detail: 'The partner key is not known.' }, 401));
  loyva.at('POST ', json({ error: 'No.' }, 403));
  await answered(visitor.submit(ada));
  const held = await until(stand, visitor, (run) => run.sign?.state === 'refused' && run.accounts[0]?.state === 'refused');
  assert.deepEqual([held.details.editable, held.details.reopenable, held.details.faults], [false, true, []]);
  const open = await answered<OnboardingView>(reopen(visitor));
  assert.deepEqual([open.details.editable, open.details.locked, open.step, open.status], [true, [], 'details', 'in_progress']);
  await refused(reopen(visitor), 409, 'step-not-open');
  await against(reset(key, held, { step: 'details' }), /open already/);
  await against(reset(key, held, { step: 'sign' }), /details are open/);
  opens();
  await answered(visitor.submit({ ...ada, company_name: 'Berg AB' }));
  const half = await until(stand, visitor, (run) => run.sign?.state === 'refused' && run.accounts[0]?.state === 'ready');
  assert.equal(half.details.reopenable, false);
  await refused(reopen(visitor), 409, 'step-not-open');
  await answered(reset(key, half, { step: 'details' }));
  const again = await visitor.run();
  assert.deepEqual(again.details.faults, [{ pointer: '', code: 'reopened' }]);
  assert.deepEqual(again.details.locked.sort(), ['company_name', 'email']);
  loyva.at('POST ');
  await answered(visitor.submit({ ...ada, company_name: 'Berg AB', city: 'Lund' }));
  await until(stand, visitor, (run) => run.sign?.state === 'open');
});

test('a partner reads why somebody declined, and makes another envelope for them; the old one stays as it ended', async () => {
  const account = (await platform.seed('Quay that declines')).loyva;
  const { key, visitor } = await begun(gateway, { loyva: account });
  const { run, reset } = asker(gateway);
  await answered(visitor.submit(ada));
  const first = await signState(visitor, 'open');
  await against(reset(key, first, { step: 'sign' }), /neither refused nor declined/);
  await ceremony(visitor, 'POST', '/decline', { reason: 'The price is wrong.' }, onceKey());
  const declined = await signState(visitor, 'declined');
  assert.deepEqual((await run(key, declined)).sign?.refusal, { reason: 'declined', said: 'The price is wrong.' });
  assert.equal((await run(key, declined)).status, 'declined');
  await answered(reset(key, declined, { step: 'sign' }));
  const second = await signState(visitor, 'open');
  assert.notEqual(second.sign?.envelope_id, first.sign?.envelope_id);
  assert.deepEqual([second.sign?.renewed, (await run(key, second)).sign?.refusal], [true, null]);
  const { json: list } = await call(platform, 'GET', '/api/v2/partner/envelopes', { 'x-api-key': account });
  assert.deepEqual((list.data as { status: string }[]).map(({ status }) => status).sort(), ['declined', 'sent']);
  // Declined once more, the details are opened: what is sent then makes a third one.
  await ceremony(visitor, 'POST', '/decline', { reason: 'My name is wrong.' }, onceKey());
  await signState(visitor, 'declined');
  await answered(reset(key, declined, { step: 'details' }));
  await answered(visitor.submit({ ...ada, last_name: 'Berg' }));
  await signState(visitor, 'open');
});

test('of an envelope that the vendor does not tell of, `reset` makes another only once the old one is voided, and never beside one that is complete', async () => {
  const { id, key, visitor } = await standIn('loyva');
  const { reset } = asker(stand);
  await answered(visitor.submit(ada));
  await until(stand, visitor, (run) => run.sign?.state === 'open');
  loyva.at('GET /:id/status', json({ error: 'The key is not known.' }, 401));
  const held = await until(stand, visitor, ({ status }) => status === 'refused');
  await refused(reset(key, held, { step: 'sign' }), 502, 'vendor-refused');
  loyva.at('GET /:id/status');
  const [envelope] = loyva.envelopes;
  assert.ok(envelope);
  envelope.status = 'completed';
  await against(reset(key, held, { step: 'sign' }), /is completed/);
  envelope.status = 'viewed';
  const made = loyva.count('POST ');
  await answered(reset(key, held, { step: 'sign' }));
  const next = await until(stand, visitor, (run) => run.sign?.state === 'open');
  assert.deepEqual([envelope.status, loyva.count('POST ') - made], ['voided', 1]);
  assert.notEqual(next.sign?.envelope_id, envelope.envelope_id);
  // The registry's door does the same.
  for (const each of loyva.envelopes) each.status = 'expired';
  await until(stand, visitor, (run) => run.sign?.state === 'expired');
  await answered(stand.admin('POST', `/api/v1/admin/partners/${id}/runs/${held.run_id}/reset`, { step: 'sign' }));
  await until(stand, visitor, (run) => run.sign?.state === 'open');
});

test('another partner resets nothing, a key without the scope neither, and what a deleted partner held is free', async () => {
  const { id, visitor } = await standIn('kelviq');
  kelviq.answerWith(json({ detail: 'No.' }, 403));
  await answered(visitor.submit(ada));
  const held = await until(stand, visitor, ({ status }) => status === 'refused');
  const other = await stand.partner({ key: { scopes: ['envelopes:read'] } });
  const { reset } = asker(stand);
  await refused(reset(other.key, held, { step: 'provision' }), 403, 'scope-missing');
  await refused(reset((await stand.partner({})).key, held, { step: 'provision' }), 404, 'not-found');
  const secret = `kelviq_reset_${partners - 1}`;
  const put = (partner: string) => stand.admin('PUT', `/api/v1/admin/partners/${partner}/credentials`, { vendor: 'kelviq', secret });
  await answered(put(other.id), 409);
  await answered(stand.admin('DELETE', `/api/v1/admin/partners/${id}`), 204);
  await answered(put(other.id));
});

test('a document that is gone, or a key that was never stored, is told as such, and its coming goes on', async () => {
  const { id, key, visitor } = await standIn('loyva');
  const { run } = asker(stand);
  await visitor.run();
  const path = `/api/v1/admin/partners/${id}`;
  const { items } = await answered<{ items: { id: string }[] }>(stand.admin('GET', `${path}/credentials`));
  await answered(stand.admin('DELETE', `${path}/credentials/${items[0]?.id}`), 204);
  await answered(stand.admin('DELETE', `${path}/flow/documents/agreement`), 204);
  await answered(visitor.submit(ada));
  const keyless = await until(stand, visitor, ({ sign }) => sign?.state === 'refused');
  assert.deepEqual((await run(key, keyless)).sign?.refusal, { reason: 'key', said: 'No loyva key of this partner is stored.' });
  await answered(stand.admin('PUT', `${path}/credentials`, { vendor: 'loyva', secret: `loyva_reset_late_${partners}` }));
  const bare = await eventually(async () => {
    const seen = await run(key, keyless);
    return seen.sign?.refusal?.reason === 'document' && seen;
  });
  assert.equal(bare.sign?.refusal?.said, 'The partner has no document named agreement.');
  await answered(putDocument(stand, id, document));
  await until(stand, visitor, ({ sign }) => sign?.state === 'open');
});
