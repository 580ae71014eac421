import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { RunView } from '../../../shared/registry.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let lone: { id: string; key: string; scribeless: string };
let count = 0;

before(async () => {
  platform = await startPlatform();
  // Two of its vendors' calls are never answered; all others are, also on a slow machine.
  gateway = await startGateway({ vendorUrl: platform.url, vendorDeadline: 3_000 });
  const { scribeless, kelviq } = platform.keys;
  partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless, kelviq } });
  const other = await platform.seed('Lone Leasing');
  lone = { ...(await gateway.partner({ origins: [origin], vendorKeys: { scribeless: other.scribeless } })), scribeless: other.scribeless };
});
after(async () => {
  await gateway.close();
  await platform.close();
});

/** A customer who has sent details with this e-mail magic. */
async function sent(key: string, magic: string) {
  count += 1;
  const external_id = `c-${count}`;
  const email = `ada${count}+${magic}@nordintryck.example`;
  const visitor = await entered(gateway, key, origin, external_id);
  await visitor.run();
  await answered(visitor.submit({ ...ada, email }));
  return { visitor, external_id, email };
}
const states = ({ accounts }: OnboardingView) => Object.fromEntries(accounts.map(({ vendor, state }) => [vendor, state]));
const until = (visitor: { run(): Promise<OnboardingView> }, wanted: (run: OnboardingView) => boolean) =>
  eventually(async () => {
    const run = await visitor.run();
    return wanted(run) && run;
  });
const partnerRuns = (key: string, path = '', body?: object) =>
  fetch(`${gateway.url}/partner/runs${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
/** Hours pass, and the worker has verifiably taken turns in them: other customers were served. */
async function hoursPass(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    gateway.clock.advance(2 * 3_600_000);
    const { visitor } = await sent(lone.key, 'invoice');
    await until(visitor, (run) => states(run).scribeless !== 'planned' && states(run).scribeless !== 'asking');
  }
}
const opened = (run: OnboardingView) => ['opened', 'ready'].includes(states(run).kelviq ?? '');

for (const magic of ['500-after', 'timeout-after'])
  test(`+${magic} at Scribeless: the account is unknown, nothing is asked again by itself, and Kelviq’s goes on`, async () => {
    const before = platform.counts();
    const { visitor, external_id } = await sent(partner.key, magic);
    const run = await until(visitor, (each) => states(each).scribeless === 'unknown' && opened(each));
    assert.equal(run.status, 'unknown');
    assert.deepEqual(
      run.steps.map(({ state }) => state),
      ['done', 'open', 'todo', 'todo'],
    );
    assert.equal(platform.counts().teams, before.teams + 1);
    assert.equal(platform.counts().kelviq, before.kelviq + 1, 'Kelviq played the same trick, was looked up, and opened once');
    const { items } = await answered<{ items: RunView[] }>(partnerRuns(partner.key, `?external_id=${external_id}`));
    assert.deepEqual(
      items.map(({ status }) => status),
      ['unknown'],
    );
  });

test('however long the worker ticks, an unknown account has made one team; only an explicit retry makes a second', async () => {
  const { visitor, external_id } = await sent(partner.key, '500-after');
  await until(visitor, (run) => states(run).scribeless === 'unknown');
  const before = platform.counts().teams;
  await hoursPass();
  assert.equal(platform.counts().teams, before + 3, 'three teams of others, none of this one');
  const again = await entered(gateway, partner.key, origin, external_id);
  const { run_id, accounts } = await again.run();
  assert.equal(accounts.find(({ vendor }) => vendor === 'scribeless')?.state, 'unknown');
  await answered(partnerRuns(partner.key, `/${run_id}/retry`, {}));
  await until(again, (run) => ['opened', 'ready'].includes(states(run).scribeless ?? ''));
  assert.equal(platform.counts().teams, before + 4);
  await refused(partnerRuns(partner.key, `/${run_id}/retry`, {}), 409, 'run-wrong-state');
});

/** The team that the vendor opened, as its e-mail and database tell: a second team of that owner shares its organization, so it is asked by key. */
async function teamOf(email: string) {
  const { json } = await call(
    platform,
    'POST',
    '/api/partner/teams',
    { 'x-api-key': lone.scribeless },
    { email, firstName: 'A', lastName: 'B', companyName: 'C' },
  );
  return { id: String(json.teamId), key: String((json.apiKey as { key: string }).key) };
}

test('an unknown account is adopted with its id and key, and goes on to billing', async () => {
  const { visitor, email } = await sent(lone.key, 'timeout-after');
  const { run_id } = await until(visitor, (run) => states(run).scribeless === 'unknown');
  const [team, other] = [await teamOf(email), await teamOf(email)];
  const wrongKey = await refused(
    partnerRuns(lone.key, `/${run_id}/adopt`, { team_id: team.id, api_key: 'slt_00000000' }),
    422,
    'invalid-input',
  );
  assert.deepEqual(pointers(wrongKey.errors), ['/api_key']);
  const wrongTeam = await refused(
    partnerRuns(lone.key, `/${run_id}/adopt`, { team_id: team.id, api_key: other.key }),
    422,
    'invalid-input',
  );
  assert.deepEqual(pointers(wrongTeam.errors), ['/team_id']);
  assert.equal(states(await visitor.run()).scribeless, 'unknown', 'a refused adoption changes nothing');
  const answer = await partnerRuns(lone.key, `/${run_id}/adopt`, { team_id: team.id, api_key: team.key });
  assert.ok(!(await answer.clone().text()).includes(team.key));
  await answered(answer);
  platform.clock.now += 60_000;
  const run = await until(visitor, ({ status }) => status === 'waiting_billing');
  assert.equal(run.step, 'billing');
  await refused(partnerRuns(lone.key, `/${run_id}/adopt`, { team_id: team.id }), 409, 'run-wrong-state');
});

test('an unknown account is adopted without a key, and then nothing more is waited for', async () => {
  const { visitor } = await sent(lone.key, '500-after');
  const { run_id } = await until(visitor, (run) => states(run).scribeless === 'unknown');
  assert.equal((await answered<RunView>(partnerRuns(lone.key, `/${run_id}/adopt`, { team_id: 'team_found_by_hand' }))).status, 'done');
  const run = await visitor.run();
  assert.equal(run.step, 'done');
  assert.deepEqual(
    run.billing,
    { vendor: 'scribeless', state: 'done', checked_at: null, done_at: null },
    'nobody saw a payment set up, and nobody says so',
  );
});

test('another partner can neither see, retry nor adopt a run', async () => {
  const { visitor } = await sent(lone.key, '500-after');
  const { run_id } = await until(visitor, (run) => states(run).scribeless === 'unknown');
  await refused(partnerRuns(partner.key, `/${run_id}`), 404, 'not-found');
  await refused(partnerRuns(partner.key, `/${run_id}/retry`, {}), 404, 'not-found');
  await refused(partnerRuns(partner.key, `/${run_id}/adopt`, { team_id: 'x' }), 404, 'not-found');
});

test('+rubbish and +500 at Scribeless: a page in the place of an answer, and a 5xx, are unknown too', async () => {
  for (const magic of ['rubbish', '500']) {
    const { visitor } = await sent(lone.key, magic);
    await until(visitor, (run) => states(run).scribeless === 'unknown');
  }
});

test('+400 at Scribeless: back to the details with the fault at the e-mail, and another e-mail goes on', async () => {
  const { visitor } = await sent(lone.key, '400');
  const run = await until(visitor, ({ details }) => details.faults.length > 0);
  assert.deepEqual(run.details.faults, [
    { pointer: '/values/email', code: 'vendor-refused', params: { vendor: 'scribeless', said: 'email is not accepted here' } },
  ]);
  assert.deepEqual([run.step, run.status, run.details.editable], ['details', 'in_progress', true]);
  await answered(visitor.submit({ ...ada, email: `other${count}@x.example` }));
  const next = await until(visitor, (each) => ['opened', 'ready'].includes(states(each).scribeless ?? ''));
  assert.deepEqual(next.details.faults, []);
});

for (const [how, email] of Object.entries({
  '+409': (n: number) => `ada${n}+409@x.example`,
  'an e-mail that is taken at Kelviq': () => 'taken@x.example',
}))
  test(`${how}: back to the details with a fault at the e-mail, nothing opened at Scribeless, and another e-mail goes on`, async () => {
    const stranger = { 'x-kelviq-partner-key': (await platform.seed('Stranger')).kelviq };
    await call(platform, 'POST', '/api/v1/partner/organizations/', stranger, { externalId: 'stranger', email: 'taken@x.example' });
    const before = platform.counts();
    count += 1;
    const visitor = await entered(gateway, partner.key, origin, `c-${count}`);
    await visitor.run();
    await answered(visitor.submit({ ...ada, email: email(count) }));
    const run = await until(visitor, ({ details }) => details.faults.length > 0);
    assert.deepEqual(run.details.faults, [{ pointer: '/values/email', code: 'email-taken', params: { vendor: 'kelviq' } }]);
    assert.deepEqual([states(run).kelviq, states(run).scribeless, run.step, run.details.editable], ['refused', 'planned', 'details', true]);
    assert.deepEqual(platform.counts(), before);
    const change = await visitor.call(
      'PATCH',
      '/embed/onboarding/draft',
      { values: { email: 'half' } },
      { 'if-match': `"r${run.revision}"` },
    );
    await answered(change);
    await answered(visitor.submit({ ...ada, email: `free${count}@x.example` }));
    await until(visitor, (each) => opened(each) && ['opened', 'ready'].includes(states(each).scribeless ?? ''));
    assert.deepEqual(platform.counts(), { teams: before.teams + 1, kelviq: before.kelviq + 1, organizations: before.organizations + 1 });
  });

test('nothing that happened here was a bug', () => {
  const bugs = gateway.reported.filter(
    (error) => error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError,
  );
  assert.deepEqual(bugs, []);
});
