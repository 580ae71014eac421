import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let partner: { id: string; key: string };
let count = 0;

before(async () => {
  gateway = await startGateway();
  partner = await gateway.partner({ origins: [origin] });
});
after(() => gateway.close());

async function enter(key = partner.key) {
  count += 1;
  const visitor = await entered(gateway, key, origin, `c-${count}`);
  await visitor.run();
  return visitor;
}
const steps = '/embed/onboarding/steps';

test('the details, once without fault, end a flow that has nothing else to do', async () => {
  const visitor = await enter();
  const run = await answered<OnboardingView>(visitor.submit(ada));
  assert.equal(run.status, 'done');
  assert.deepEqual(
    run.steps.map(({ id, state }) => [id, state]),
    [
      ['details', 'done'],
      ['done', 'done'],
    ],
  );
  assert.ok(run.steps.every(({ at }) => at !== null));
  assert.equal(run.details.editable, false);
});

test('the details may be sent before the run was ever looked at', async () => {
  count += 1;
  const visitor = await entered(gateway, partner.key, origin, `c-${count}`);
  assert.equal((await answered<OnboardingView>(visitor.submit(ada))).status, 'done');
});

test('every faulty answer is named at once, with its pointer, its rule and what the words need', async () => {
  const visitor = await enter();
  const faulty = { ...ada, first_name: ' ', email: 'ada.example', registration_number: '12', vat_number: 'DE1', may_sign: false };
  const { errors = [] } = await refused(visitor.submit(faulty), 422, 'invalid-input');
  assert.deepEqual(Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code])), {
    '/values/registration_number': 'org-digits',
    '/values/vat_number': 'vat-prefix',
    '/values/first_name': 'required',
    '/values/email': 'email-no-at',
    '/values/may_sign': 'required-check',
  });
  assert.deepEqual(errors.find(({ code }) => code === 'org-digits')?.params, { digits: 10, typed: 2, example: '556000-0000' });
  assert.equal((await visitor.run()).status, 'new', 'nothing of a refused form is kept');
});

test('answers to unknown questions, of other kinds and to other steps are refused', async () => {
  const visitor = await enter();
  assert.deepEqual(pointers((await refused(visitor.submit({ ...ada, shoe: '1' }), 422, 'invalid-input')).errors), ['/values/shoe']);
  assert.deepEqual(pointers((await refused(visitor.submit({ ...ada, city: 1 }), 422, 'invalid-input')).errors), ['/values/city']);
  await refused(visitor.submit({}, 'nothing'), 404, 'not-found');
  await refused(visitor.submit({}, 'done'), 409, 'step-not-open');
  await refused(visitor.submit({}, 'UPPER'), 422, 'invalid-input');
});

test('the names that objects are born with are no answers and no countries', async () => {
  const visitor = await enter();
  for (const country of ['constructor', '__proto__', 'toString'])
    assert.ok(pointers((await refused(visitor.submit({ ...ada, country }), 422, 'invalid-input')).errors).includes('/values/country'));
});

test('details that were sent cannot be sent or changed again', async () => {
  const visitor = await enter();
  await answered(visitor.submit(ada));
  await refused(visitor.submit(ada), 409, 'step-not-open');
  const { revision } = await visitor.run();
  const change = visitor.call('PATCH', '/embed/onboarding/draft', { values: { city: 'X' } }, { 'if-match': `"r${revision}"` });
  await refused(change, 409, 'step-not-open');
});

test('a step needs an Idempotency-Key', async () => {
  const visitor = await enter();
  for (const key of ['', ' ', 'x'.repeat(256), '\u00e9', 'a b'])
    await refused(visitor.submit(ada, 'details', key), 400, 'idempotency-key-missing');
  await refused(visitor.call('POST', `${steps}/details`, { values: ada }), 400, 'idempotency-key-missing');
});

test('the same key and body again give the same bytes, marked as a replay, whatever has happened since', async () => {
  const visitor = await enter();
  const first = await visitor.submit(ada, 'details', 'key-1');
  const again = await visitor.submit(ada, 'details', 'key-1');
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [200, first.headers.get('etag'), await first.text()]);
});

test('the same key with another body is refused, at another customer it is another key', async () => {
  const [one, two] = [await enter(), await enter()];
  await answered(one.submit(ada, 'details', 'key-2'));
  await refused(one.submit({ ...ada, city: 'Lund' }, 'details', 'key-2'), 422, 'idempotency-key-reused');
  await answered(two.submit({ ...ada, city: 'Lund' }, 'details', 'key-2'));
});

test('a refusal is not kept: the corrected form goes through under the same key', async () => {
  const visitor = await enter();
  await refused(visitor.submit({ ...ada, email: 'x' }, 'details', 'key-3'), 422, 'invalid-input');
  await answered(visitor.submit(ada, 'details', 'key-3'));
});

test('one form sent fifty times at once under one key is taken once', async () => {
  const visitor = await enter();
  const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.submit(ada, 'details', 'key-4')));
  const texts = await Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.text()));
  assert.ok(texts.length >= 1 && new Set(texts).size === 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) await refused(answer, 409, 'idempotency-key-running');
  const { items } = await answered<{ items: { kind: string; about?: { run?: string } }[] }>(
    gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit?limit=200`),
  );
  const { run_id } = await visitor.run();
  assert.equal(items.filter(({ kind, about }) => kind === 'run.details' && about?.run === run_id).length, 1);
});

test('a redirect is shown only while its origin is registered', async () => {
  const own = await gateway.partner({ origins: [origin] });
  const registry = `/api/v1/admin/partners/${own.id}`;
  const details = { id: 'details', kind: 'details', sections: [{ id: 'a', fields: [{ name: 'nick', kind: 'text' }] }] };
  const done = { id: 'done', kind: 'done', message: { en: 'Well done' }, redirect: `${origin}/home?x=1`, redirect_label: 'Home' };
  await answered(gateway.admin('PUT', `${registry}/flow`, { steps: [details, done] }));
  const visitor = await enter(own.key);
  const shown = await answered<OnboardingView>(visitor.submit({ nick: 'Ada' }));
  assert.deepEqual(shown.done, { message: { en: 'Well done' }, redirect: `${origin}/home?x=1`, redirect_label: 'Home' });
  await answered(gateway.admin('DELETE', `${registry}/origins?origin=${encodeURIComponent(origin)}`));
  await answered(gateway.admin('POST', `${registry}/origins`, { origin: 'https://new.harbor.example' }), 201);
  assert.equal((await visitor.run()).done.redirect, null);
});

test('a run keeps the flow it began with', async () => {
  const own = await gateway.partner({ origins: [origin] });
  const visitor = await enter(own.key);
  const details = { id: 'about_you', kind: 'details', sections: [{ id: 'a', fields: [{ name: 'constructor', kind: 'text' }] }] };
  await answered(gateway.admin('PUT', `/api/v1/admin/partners/${own.id}/flow`, { steps: [details, { id: 'done', kind: 'done' }] }));
  assert.equal((await visitor.run()).step, 'details');
  const late = await enter(own.key);
  assert.equal((await late.run()).step, 'about_you');
  assert.deepEqual(pointers((await refused(late.submit({}, 'about_you'), 422, 'invalid-input')).errors), ['/values/constructor']);
});
