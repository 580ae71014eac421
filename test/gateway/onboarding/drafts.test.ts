import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DraftAnswer, OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let key: string;

before(async () => {
  gateway = await startGateway();
  ({ key } = await gateway.partner({ origins: [origin] }));
});
after(() => gateway.close());

const enter = (external_id: string, customer: object = {}) => entered(gateway, key, origin, external_id, customer);
type Visitor = Awaited<ReturnType<typeof enter>>;
const save = (visitor: Visitor, values: object, etag?: string) =>
  visitor.call('PATCH', '/embed/onboarding/draft', { values }, etag === undefined ? {} : { 'if-match': etag });

test('what is typed is kept under the revision that was seen, and a second write needs the new one', async () => {
  const visitor = await enter('c-draft');
  const seen = await visitor.call('GET', '/embed/onboarding');
  const etag = seen.headers.get('etag') ?? '';
  assert.equal(etag, `"r${(await answered<OnboardingView>(seen)).revision}"`);
  const kept = await save(visitor, { first_name: 'Ada' }, etag);
  const draft = await answered<DraftAnswer>(kept.clone());
  assert.equal(kept.headers.get('etag'), `"r${draft.revision}"`);
  assert.ok(Math.abs(Date.parse(draft.saved_at) - gateway.clock.now()) < 5_000);
  await refused(save(visitor, { first_name: 'Eve' }, etag), 412, 'draft-changed');
  const next = await answered<DraftAnswer>(save(visitor, { last_name: 'Nordin' }, kept.headers.get('etag') ?? ''));
  const run = await visitor.run();
  assert.equal(run.revision, next.revision);
  assert.deepEqual(run.details.values, { first_name: 'Ada', last_name: 'Nordin' });
  assert.deepEqual([run.status, run.step, run.saved_at], ['in_progress', 'details', next.saved_at]);
});

test('of twenty tabs that save at once with one revision, one wins and the others are told', async () => {
  const visitor = await enter('c-tabs');
  const { revision } = await visitor.run();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => save(visitor, { city: `City ${i}` }, `"r${revision}"`)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 412).length, 19);
  const winner = answers.findIndex(({ status }) => status === 200);
  assert.equal((await visitor.run()).details.values.city, `City ${winner}`);
});

test('a draft without If-Match, or with one that is not a revision, is 428', async () => {
  const visitor = await enter('c-etag');
  for (const etag of [undefined, '', 'r1', '"1"', 'W/"r1"', '"r1", "r2"'])
    await refused(save(visitor, {}, etag), 428, 'precondition-missing');
  await refused(save(visitor, {}, '"r99"'), 412, 'draft-changed');
});

test('a page that is being closed saves whatever the revision is', async () => {
  const visitor = await enter('c-closing');
  await answered(save(visitor, { city: 'Lund' }, '*'));
  await answered(save(visitor, { first_name: 'Ada' }, '*'));
  const { details } = await visitor.run();
  assert.deepEqual([details.values.city, details.values.first_name], ['Lund', 'Ada']);
});

test('a draft may be faulty in every answer, but not hold unknown fields or answers of other kinds', async () => {
  const visitor = await enter('c-faulty');
  const { revision } = await visitor.run();
  assert.equal((await save(visitor, { email: 'not yet', registration_number: '5' }, `"r${revision}"`)).status, 200);
  const unknown = await refused(save(visitor, { shoe_size: '43', first_name: 'A' }, `"r${revision + 1}"`), 422, 'invalid-input');
  assert.deepEqual(pointers(unknown.errors), ['/values/shoe_size']);
  const kinds = await refused(save(visitor, { first_name: 7, email: null, city: ['x'] }, `"r${revision + 1}"`), 422, 'invalid-input');
  assert.deepEqual(pointers(kinds.errors).sort(), ['/values/city', '/values/email', '/values/first_name']);
});

test('what the partner knows is filled in; the customer’s words win, but not over what is locked', async () => {
  const visitor = await enter('c-known', { email: 'ada@x.example', company_name: 'Known AB', locked: ['company_name', 'last_name'] });
  const run = await visitor.run();
  assert.deepEqual(run.details.values, { email: 'ada@x.example', company_name: 'Known AB' });
  assert.deepEqual(run.details.locked, ['company_name'], 'nothing is locked that has no value');
  const refusal = await refused(save(visitor, { company_name: 'Mine AB', email: 'eva@x.example' }, '"r1"'), 422, 'invalid-input');
  assert.deepEqual(
    refusal.errors?.map(({ pointer, code }) => [pointer, code]),
    [['/values/company_name', 'locked']],
  );
  assert.equal((await save(visitor, { company_name: 'Known AB', email: 'eva@x.example' }, '"r1"')).status, 200);
  assert.deepEqual((await visitor.run()).details.values, { email: 'eva@x.example', company_name: 'Known AB' });
  const later = await enter('c-known', { email: 'other@x.example', company_name: 'Renamed AB', locked: ['company_name'] });
  assert.deepEqual((await later.run()).details.values, { email: 'eva@x.example', company_name: 'Renamed AB' });
});

test('a locked answer cannot be changed by sending the details either', async () => {
  const visitor = await enter('c-locked', { company_name: 'Known AB', locked: ['company_name'] });
  await visitor.run();
  const refusal = await refused(visitor.submit({ ...ada, company_name: 'Mine AB' }), 422, 'invalid-input');
  assert.deepEqual(
    refusal.errors?.map(({ pointer, code }) => [pointer, code]),
    [['/values/company_name', 'locked']],
  );
});

test('a run is resumed with a new token in another browser, and the partner’s two customers never meet', async () => {
  const first = await enter('c-resume');
  const { run_id } = await first.run();
  await save(first, { first_name: 'Ada' }, '"r1"');
  const second = await enter('c-resume');
  const resumed = await second.run();
  assert.deepEqual([resumed.run_id, resumed.details.values], [run_id, { first_name: 'Ada' }]);
  const stranger = await (await enter('c-stranger')).run();
  assert.notEqual(stranger.run_id, run_id);
  assert.deepEqual(stranger.details.values, {});
});

test('the same external id at another partner is another customer', async () => {
  const other = await gateway.partner({ origins: [origin] });
  const mine = await enter('c-shared');
  await mine.run();
  await save(mine, { first_name: 'Ada' }, '"r1"');
  const theirs = await (await entered(gateway, other.key, origin, 'c-shared')).run();
  assert.deepEqual(theirs.details.values, {});
});

test('elsewhere is true while another session looks, until it is silent for thirty seconds', async () => {
  const [one, two] = [await enter('c-elsewhere'), await enter('c-elsewhere')];
  assert.equal((await one.run()).elsewhere, false);
  gateway.clock.advance(1_000);
  await two.run();
  assert.equal((await one.run()).elsewhere, true);
  gateway.clock.advance(1_000);
  await one.run();
  assert.equal((await two.run()).elsewhere, true);
  gateway.clock.advance(31_000);
  assert.equal((await one.run()).elsewhere, false);
});

test('a page that was loaded anew is not elsewhere: it looks no more', async () => {
  const before = await enter('c-reloaded');
  await before.run();
  gateway.clock.advance(1_000);
  const after = await enter('c-reloaded');
  assert.equal((await after.run()).elsewhere, false);
  gateway.clock.advance(1_000);
  assert.equal((await after.run()).elsewhere, false);
});

test('details are handed in with the revision that was seen, or not at all', async () => {
  const [one, two] = [await enter('c-stale'), await enter('c-stale')];
  const { revision } = await one.run();
  await save(two, { first_name: 'Astrid' }, `"r${revision}"`);
  const headers = { 'idempotency-key': 'k-stale', 'if-match': `"r${revision}"` };
  await refused(one.call('POST', '/embed/onboarding/steps/details', { values: {} }, headers), 412, 'draft-changed');
  assert.equal((await one.run()).details.values.first_name, 'Astrid');
});

test('a session that logs out is elsewhere no more', async () => {
  const [one, two] = [await enter('c-leaves'), await enter('c-leaves')];
  await two.run();
  gateway.clock.advance(1_000);
  await one.run();
  assert.equal((await two.run()).elsewhere, true);
  assert.equal((await one.call('DELETE', '/embed/session')).status, 204);
  assert.equal((await two.run()).elsewhere, false);
});
