import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunView } from '../../../shared/registry.ts';
import { type Standin, startStandin } from '../../standin/standin.ts';
import { movableClock, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { actOn, frameOf, outcomeOf, signByTemplate, until } from '../onboarding/template-flow.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

/** The gateway with a vendor that is as strict as Loyva's documentation lets it be, and has no ceremony. */
const origin = 'https://portal.harbor.example';
const clock = movableClock();
let loyva: Standin;
let gateway: StartedGateway;
before(async () => {
  loyva = await startStandin({ clock, rpm: 600 });
  gateway = await startGateway({ vendorUrl: loyva.url, clock });
});
after(async () => {
  await gateway.close();
  await loyva.close();
});

let customers = 0;
async function signingPartner(secret = loyva.issue().secret, more: object = {}) {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: secret } });
  await signByTemplate(gateway, partner.id, loyva.templateId, more);
  const begin = () => {
    customers += 1;
    return entered(gateway, partner.key, origin, `customer-${customers}`);
  };
  return { ...partner, secret, begin };
}
type Partner = Awaited<ReturnType<typeof signingPartner>>;
const envelopesOf = ({ secret }: Pick<Partner, 'secret'>) =>
  answered<{ data: { envelope_id: string; status: string }[] }>(
    fetch(`${loyva.url}/api/v2/partner/envelopes?limit=100`, { headers: { 'x-api-key': secret } }),
  ).then(({ data }) => data);
const decide = ({ key }: Partner, run: string, verb: 'retry' | 'adopt', body: object = {}) =>
  fetch(`${gateway.url}/partner/runs/${run}/${verb}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a template is signed on the vendor’s own page; the run learns it by the status, has it vaulted, and is done', async () => {
  const partner = await signingPartner();
  const visitor = await partner.begin();
  await answered(visitor.submit(ada));
  await until(gateway, visitor, ({ sign }) => sign?.state === 'open');
  await refused(visitor.call('GET', '/embed/ceremony'), 501, 'ceremony-missing');
  const frame = await frameOf(visitor);
  assert.equal(new URL(frame.embed_url).origin, loyva.url);
  assert.equal((await outcomeOf(visitor)).status, 'open');
  await actOn(frame, 'view', 'sign');
  clock.advance(3_000);
  const { status, envelope_id } = await outcomeOf(visitor);
  assert.equal(status, 'completed');
  const before = loyva.calls.length;
  const run = await until(gateway, visitor, ({ sign }) => sign?.vaulted_at);
  assert.deepEqual([run.status, run.sign?.state, run.sign?.envelope_id], ['done', 'signed', envelope_id]);
  assert.equal(loyva.calls.slice(before).filter((call) => call.endsWith('vault-in-signed')).length, 1, 'vault-in is asked for once');
  assert.deepEqual(
    (await envelopesOf(partner)).map((each) => [each.envelope_id, each.status]),
    [[envelope_id, 'vaulted']],
  );
  assert.deepEqual(gateway.reported, []);
});

test('a signer with a token of their own declines there, and the outcome says so', async () => {
  const partner = await signingPartner();
  const body = { customer_email: 'ada@nordin.example', customer_name: 'Ada', template_id: loyva.templateId };
  const made = await fetch(`${loyva.url}/api/v2/partner/envelopes`, {
    method: 'POST',
    headers: { 'x-api-key': partner.secret, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { envelope_id } = (await answered<{ data: { envelope_id: string } }>(made)).data;
  const token = () =>
    mintedToken(gateway.url, partner.key, { widget_type: 'sign', customer: undefined, envelope_id, user_email: 'ada@nordin.example' });
  const visitor = await createVisitor(gateway.url, origin, clock.now);
  await answered(visitor.open(await token()), 201);
  await actOn(await frameOf(visitor), 'view', 'decline');
  assert.deepEqual({ ...(await outcomeOf(visitor)), checked_at: '' }, { envelope_id, status: 'declined', checked_at: '' });
  clock.advance(3_000);
  await refused(visitor.call('POST', '/embed/ceremony/frame', {}), 409, 'ceremony-ended');
  await assert.rejects(token(), /409/);
});

test('a page is minted at most every three seconds, and how it stands is asked as seldom, whoever asks', async (t) => {
  const partner = await signingPartner();
  const visitor = await partner.begin();
  await answered(visitor.submit(ada));
  await until(gateway, visitor, ({ sign }) => sign?.state === 'open');
  clock.hold();
  t.after(clock.release);
  await frameOf(visitor);
  const refusal = await visitor.call('POST', '/embed/ceremony/frame', {});
  assert.equal(refusal.headers.get('retry-after'), '3');
  await refused(refusal, 429, 'rate-limited');
  clock.advance(3_000);
  const asked = () => loyva.calls.filter((call) => call.endsWith('/status')).length;
  const before = asked();
  await Promise.all([1, 2, 3, 4, 5].map(() => outcomeOf(visitor)));
  assert.equal(asked() - before, 1);
  const anybody = await fetch(`${gateway.url}/embed/ceremony/outcome`, { headers: { origin } });
  assert.equal(anybody.status, 401);
});

test('an envelope whose answer was lost is never asked for again by itself: it is unknown, until somebody says which it is', async () => {
  const partner = await signingPartner();
  const visitor = await partner.begin();
  loyva.lose('POST /partner/envelopes');
  await answered(visitor.submit(ada));
  const { run_id } = await until(gateway, visitor, ({ sign }) => sign?.unreachable);
  clock.advance(90_000);
  const unknown = await until(gateway, visitor, ({ sign }) => sign?.state === 'unknown');
  assert.deepEqual([unknown.status, unknown.step], ['unknown', 'sign']);
  clock.advance(300_000);
  await visitor.run();
  const [lost] = await envelopesOf(partner);
  assert.equal((await envelopesOf(partner)).length, 1);

  const one = await refused(decide(partner, run_id, 'adopt', {}), 422, 'invalid-input');
  assert.deepEqual(pointers(one.errors), ['/team_id']);
  await refused(decide(partner, run_id, 'adopt', { envelope_id: 'env_0123456789ab' }), 422, 'invalid-input');
  const adopted = await answered<RunView>(decide(partner, run_id, 'adopt', { envelope_id: lost?.envelope_id }));
  assert.deepEqual(adopted.sign, { state: 'open', envelope_id: lost?.envelope_id, faults: [], refusal: null });
  await refused(decide(partner, run_id, 'adopt', { envelope_id: lost?.envelope_id }), 409, 'run-wrong-state');
  const back = await createVisitor(gateway.url, origin, clock.now);
  await answered(back.open(await mintedToken(gateway.url, partner.key, { customer: { external_id: `customer-${customers}` } })), 201);
  await actOn(await frameOf(back), 'view', 'sign');
  await until(gateway, back, ({ status }) => status === 'done');
});

test('or somebody says that it shall be asked for once more, and accepts that there may be two', async () => {
  const partner = await signingPartner();
  const visitor = await partner.begin();
  loyva.lose('POST /partner/envelopes');
  await answered(visitor.submit(ada));
  await until(gateway, visitor, ({ sign }) => sign?.unreachable);
  clock.advance(90_000);
  const { run_id } = await until(gateway, visitor, ({ status }) => status === 'unknown');
  await answered(decide(partner, run_id, 'retry'));
  const { sign } = await until(gateway, visitor, (run) => run.sign?.state === 'open');
  const made = await envelopesOf(partner);
  assert.deepEqual([made.length, made.some(({ envelope_id }) => envelope_id === sign?.envelope_id)], [2, true]);
  await refused(decide(partner, run_id, 'retry', { vendor: 'loyva' }), 409, 'run-wrong-state');
});

test('many runs together stay below what a key may ask in a minute, and leave room for whoever waits', async () => {
  const { secret } = loyva.issue({ rpm: 16 });
  const partner = await signingPartner(secret);
  const visitors = await Promise.all(Array.from({ length: 8 }, () => partner.begin()));
  const limited = loyva.limited;
  await Promise.all(visitors.map(async (each, n) => answered(each.submit({ ...ada, email: `ada${n}@nordin.example` }))));
  const [first] = visitors;
  assert.ok(first);
  for (let seconds = 0; seconds < 120; seconds += 3) {
    clock.advance(3_000);
    await Promise.all(visitors.map((each) => each.run()));
  }
  for (const each of visitors) await until(gateway, each, ({ sign }) => sign?.state === 'open');
  await frameOf(first);
  await outcomeOf(first);
  assert.equal(loyva.limited, limited, 'the vendor never had to refuse');
});

test('a step has a document or a template, and a template has its own fields', async () => {
  const { id } = await gateway.partner({ origins: [origin], vendorKeys: { loyva: loyva.issue().secret } });
  const faults = async (more: object) => {
    try {
      await signByTemplate(gateway, id, loyva.templateId, more);
    } catch (error) {
      return String(error);
    }
    return '';
  };
  assert.match(await faults({ document: 'agreement' }), /\/steps\/1\/document/);
  assert.match(await faults({ template_id: undefined }), /\/steps\/1\/document/);
  const field = { type: 'signature', role: 'Customer', page: 1, x: 0.1, y: 0.1, width: 0.2, height: 0.1 };
  assert.match(await faults({ fields: [field] }), /\/steps\/1\/fields/);
});
