import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pauseOf } from '../../../server/gateway/domain/signing/moves.ts';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { pdfWith, putDocument, type Visitor } from '../world/agreement.ts';
import { answered, entered } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let gateway: StartedGateway;
let document: Uint8Array;
before(async () => {
  loyva = await startStubLoyva();
  gateway = await startGateway({ vendorUrl: loyva.origin });
  document = await pdfWith('An agreement');
});
after(async () => {
  await gateway.close();
  loyva.close();
});

let partners = 0;
async function signingPartner() {
  partners += 1;
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: `lk_stub_secret_${partners}` } });
  await answered(putDocument(gateway, partner.id, document));
  return partner;
}
const begin = async (key: string, external_id: string) => entered(gateway, key, origin, external_id);
/** Asks the run again and again while time runs, until it is as wanted. */
const until = (visitor: Visitor, wanted: (run: OnboardingView) => unknown) =>
  eventually(async () => {
    gateway.clock.advance(1_000);
    const run = await visitor.run();
    return wanted(run) ? run : undefined;
  });
const ofRun = (run_id: string) => loyva.envelopes.filter(({ external_id }) => external_id.startsWith(run_id));

test('an envelope whose answer was lost is looked for and adopted: it is asked for once', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'lost');
  loyva.at('POST ', (response) => {
    loyva.make(loyva.received.at(-1)?.body ?? '');
    response.destroy();
  });
  loyva.at('GET ', json({ error: 'busy' }, 503));
  const asked = loyva.count('POST ');
  await answered(visitor.submit(ada));
  const unsure = await until(visitor, (run) => run.sign?.unreachable);
  assert.equal(unsure.sign?.state, 'preparing');
  loyva.at('GET ');
  const { sign, run_id } = await until(visitor, (run) => run.sign?.state === 'open');
  loyva.at('POST ');
  assert.equal(loyva.count('POST ') - asked, 1);
  assert.deepEqual([sign?.envelope_id, ofRun(run_id).length], [ofRun(run_id)[0]?.envelope_id, 1]);
});

test('an envelope that is not found is asked for again only when the vendor can no longer be at it', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'never');
  loyva.at('POST ', (response) => response.destroy());
  const looked = loyva.count('GET ');
  await answered(visitor.submit(ada));
  await eventually(async () => loyva.count('GET ') > looked);
  loyva.at('POST ');
  const asked = loyva.count('POST ');
  for (const seconds of [10, 20, 30]) {
    const before = loyva.count('GET ');
    gateway.clock.advance(seconds * 1_000);
    await eventually(async () => loyva.count('GET ') > before);
  }
  assert.equal((await visitor.run()).sign?.state, 'preparing');
  assert.equal(loyva.count('POST '), asked);
  gateway.clock.advance(90_000);
  const { run_id } = await until(visitor, (run) => run.sign?.state === 'open');
  assert.deepEqual([loyva.count('POST '), ofRun(run_id).length], [asked + 1, 1]);
});

test('an envelope is looked for on later pages too', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'paged');
  const pages: string[] = [];
  let runId = '';
  loyva.at('POST ', (response) => response.destroy());
  loyva.at('GET ', (response) => {
    const page = new URL(response.req.url ?? '', loyva.origin).searchParams.get('page') ?? '';
    pages.push(page);
    const others = Array.from({ length: 100 }, (_, n) => ({ envelope_id: `env_other${n}`, external_id: null }));
    const data = page === '3' ? [{ envelope_id: 'env_000000000777', external_id: runId, more: 1 }] : others;
    json({ data, meta: { total: 201 } })(response);
  });
  runId = (await visitor.run()).run_id;
  await answered(visitor.submit(ada));
  const { sign } = await until(visitor, (run) => run.sign?.envelope_id);
  assert.equal(sign?.envelope_id, 'env_000000000777');
  assert.deepEqual(pages.slice(0, 3), ['1', '2', '3']);
  loyva.at('POST ');
  loyva.at('GET ');
});

test('where there are more envelopes than are looked through, none is made in the place of one that was not seen', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'among-many');
  loyva.at('POST ', (response) => response.destroy());
  const others = Array.from({ length: 100 }, (_, n) => ({ envelope_id: `env_other${n}`, external_id: null }));
  loyva.at('GET ', json({ data: others, meta: { total: 1_001 } }));
  const asked = loyva.count('POST ');
  await answered(visitor.submit(ada));
  await until(visitor, (run) => run.sign?.unreachable);
  loyva.at('POST ');
  gateway.clock.advance(90_000);
  assert.equal((await until(visitor, (run) => ['unknown', 'open'].includes(run.sign?.state ?? ''))).sign?.state, 'unknown');
  assert.equal(loyva.count('POST '), asked + 1);
  loyva.at('GET ');
});

test('a vendor that refuses the document is asked once, and again when the partner says so', async () => {
  const { id, key } = await signingPartner();
  const visitor = await begin(key, 'refused');
  loyva.at('POST ', json({ error: 'The PDF is encrypted.' }, 422));
  await answered(visitor.submit(ada));
  const asked = loyva.count('POST ');
  const run = await until(visitor, ({ sign }) => sign?.state === 'refused');
  assert.equal(run.status, 'refused');
  const { items } = await answered<{ items: { kind: string }[] }>(gateway.admin('GET', `/api/v1/admin/partners/${id}/audit`));
  assert.ok(items.some(({ kind }) => kind === 'signing.refused'));
  gateway.clock.advance(400_000);
  await visitor.run();
  assert.equal(loyva.count('POST ') - asked, 1);
  loyva.at('POST ');
  await answered(gateway.admin('POST', `/api/v1/admin/partners/${id}/runs/${run.run_id}/retry`, {}));
  await until(visitor, ({ sign }) => sign?.state === 'open');
});

test('while a customer watches, a vendor that cannot tell is not asked at every look', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'watched');
  loyva.at('POST ', (response) => response.destroy());
  loyva.at('GET ', json({ error: 'busy' }, 503));
  await answered(visitor.submit(ada));
  await until(visitor, ({ sign }) => sign?.unreachable);
  const before = loyva.count('GET ');
  let looks = 0;
  await until(visitor, () => ++looks === 60);
  const asked = loyva.count('GET ') - before;
  assert.ok(asked <= 10, `asked ${asked} times in a minute`);
  loyva.at('POST ');
  loyva.at('GET ');
  await until(visitor, ({ sign }) => sign?.state === 'open');
});

test('an envelope that a customer leaves lying is asked about ever less, once an hour in the end; what others do is not left so long', () => {
  const [minute, hour, at] = [60_000, 3_600_000, Date.now()];
  const pause = (state: 'open' | 'waiting', tries: number, age: number) => pauseOf({ askedAt: at - age }, state, tries, at);
  assert.deepEqual([pause('open', 1, 30 * hour), pause('open', 20, hour)], [2_000, 5 * minute]);
  assert.deepEqual([pause('open', 20, 12 * hour), pause('open', 20, 900 * hour)], [30 * minute, hour]);
  assert.equal(pause('waiting', 20, 900 * hour), 5 * minute);
});

test('a name that is too long for the vendor is told of at once, at the answer that is longest', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'long');
  const refusal = await visitor.submit({ ...ada, first_name: 'A'.repeat(50), last_name: 'B'.repeat(70) });
  assert.equal(refusal.status, 422);
  const { errors } = (await refusal.json()) as { errors: unknown[] };
  assert.deepEqual(errors, [{ pointer: '/values/last_name', code: 'too-long', params: { max: 49, typed: 70 } }]);
  const unprintable = await visitor.submit({ ...ada, first_name: 'A\u0002da', last_name: 'B'.repeat(49) });
  const { errors: strange } = (await unprintable.json()) as { errors: unknown[] };
  assert.deepEqual(strange, [{ pointer: '/values/first_name', code: 'characters', params: { characters: 'U+0002' } }]);
  await answered(visitor.submit({ ...ada, first_name: 'Ada', last_name: 'B'.repeat(49) }));
  await until(visitor, ({ sign }) => sign?.state === 'open');
  const body = JSON.parse(loyva.received.findLast(({ method, url }) => method === 'POST' && url.endsWith('/envelopes'))?.body ?? '');
  assert.equal(body.customer_name, `Ada ${'B'.repeat(49)}`);
});

test('vault-in is asked for until it is done; an envelope that is vaulted already is fine', async () => {
  const { key } = await signingPartner();
  const [visitor, other] = [await begin(key, 'vaulting'), await begin(key, 'vaulted')];
  await answered(visitor.submit(ada));
  await answered(other.submit({ ...ada, email: 'other@nordin.example' }));
  const [mine, theirs] = await Promise.all([visitor, other].map((each) => until(each, ({ sign }) => sign?.state === 'open')));
  loyva.at('POST /:id/vault-in-signed', (response) => response.destroy());
  const complete = (run: OnboardingView | undefined, status: string) => {
    for (const each of ofRun(run?.run_id ?? '')) each.status = status;
  };
  complete(mine, 'completed');
  const before = loyva.count('POST /:id/vault-in-signed');
  const signed = await until(visitor, ({ sign }) => sign?.state === 'signed');
  assert.deepEqual([signed.status, signed.sign?.vaulted_at], ['done', null]);
  await eventually(async () => loyva.count('POST /:id/vault-in-signed') > before);
  complete(theirs, 'vaulted');
  const { sign } = await until(other, (run) => run.sign?.vaulted_at);
  assert.ok(!loyva.received.some(({ method, url }) => method === 'POST' && url.includes(`${sign?.envelope_id}/vault-in-signed`)));
  loyva.at('POST /:id/vault-in-signed');
  await until(visitor, (run) => run.sign?.vaulted_at);
});

test('how far the envelope is follows the vendor’s words, whichever it knows', async () => {
  const { key } = await signingPartner();
  const visitor = await begin(key, 'followed');
  await answered(visitor.submit(ada));
  const { run_id } = await until(visitor, ({ sign }) => sign?.state === 'open');
  const [envelope] = ofRun(run_id);
  assert.ok(envelope);
  envelope.status = 'a new word';
  await eventually(async () => {
    gateway.clock.advance(3_000);
    return (await visitor.run()).sign?.state === 'open';
  });
  envelope.status = 'viewed';
  envelope.signers = [
    { email: ada.email.toUpperCase(), status: 'signed' },
    { email: 'b@x.example', status: 'asked' },
  ];
  await until(visitor, ({ sign }) => sign?.state === 'waiting');
  envelope.signers = envelope.signers.map(({ email }) => ({ email, status: 'signed' }));
  await until(visitor, ({ sign }) => sign?.state === 'finishing');
  envelope.status = 'expired';
  const run = await until(visitor, ({ sign }) => sign?.state === 'expired');
  assert.equal(run.status, 'in_progress');
});

test('nothing is asked for a suspended partner; when it is back, its agreements go on', async () => {
  const { id, key } = await signingPartner();
  const visitor = await begin(key, 'paused');
  await answered(visitor.submit(ada));
  const { run_id } = await until(visitor, ({ sign }) => sign?.state === 'open');
  await gateway.admin('PATCH', `/api/v1/admin/partners/${id}`, { status: 'SUSPENDED' });
  const [envelope] = ofRun(run_id);
  assert.ok(envelope);
  const asked = () => loyva.received.filter(({ url }) => url.includes(envelope.envelope_id)).length;
  gateway.clock.advance(400_000);
  const witness = await begin((await signingPartner()).key, 'witness');
  const before = asked();
  await answered(witness.submit(ada));
  await until(witness, ({ sign }) => sign?.state === 'open');
  assert.equal(asked(), before);
  await gateway.admin('PATCH', `/api/v1/admin/partners/${id}`, { status: 'ACTIVE' });
  envelope.status = 'completed';
  await until(visitor, ({ sign }) => sign?.state === 'signed');
});

test('signing and accounts go on side by side: neither waits for the other', async () => {
  const kelviq = 'kvqp_unreachable_0123';
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: 'lk_stub_side_by_side', kelviq } });
  await answered(putDocument(gateway, partner.id, document));
  const visitor = await begin(partner.key, 'beside');
  await answered(visitor.submit(ada));
  const run = await until(visitor, ({ sign }) => sign?.state === 'open');
  assert.deepEqual(
    run.steps.map(({ kind, state }) => `${kind} ${state}`),
    ['details done', 'provision open', 'sign open', 'done todo'],
  );
  assert.equal(run.step, 'sign');
  for (const each of ofRun(run.run_id)) each.status = 'vaulted';
  const signed = await until(visitor, ({ sign }) => sign?.vaulted_at);
  assert.deepEqual([signed.status, signed.step], ['refused', 'accounts']);
});
