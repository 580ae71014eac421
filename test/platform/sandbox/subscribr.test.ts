import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { migrations, type Tables } from '../../../server/platform/stores/schema/schema.ts';
import { openDatabase } from '../../../server/storage/database.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { SubscribrCredits, SubscribrTeam } from './subscribr-answers.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const ask = (key: string, path = '', method = 'GET', where = platform) => call(where, method, `/api/v1/team${path}`, bearer(key));
const person = { firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin Tryck' };

/** A customer at Scribeless; its team's key. */
async function openTeam(email: string, where = platform): Promise<string> {
  const opened = await call(where, 'POST', '/api/partner/teams', { 'X-API-Key': where.keys.scribeless }, { ...person, email });
  return (opened.json.apiKey as { key: string }).key;
}
let made = 0;
/** A customer at Kelviq; its server key. */
async function openOrganization(email: string): Promise<string> {
  const headers = { 'X-Kelviq-Partner-Key': platform.keys.kelviq };
  const opened = await call(platform, 'POST', '/api/v1/partner/organizations/', headers, { externalId: `s-${++made}`, email });
  return String(opened.json.serverKey);
}
const teamOf = async (key: string) => SubscribrTeam.parse((await ask(key)).json).team;
const creditsOf = async (key: string) => SubscribrCredits.parse((await ask(key, '/credits')).json).credits;

test('the key of Scribeless and that of Kelviq open the same team; the owner is named as soon as anybody says the name', async () => {
  const server = await openOrganization('both@team.example');
  assert.deepEqual((await teamOf(server)).owner.name, 'both');
  const team = await openTeam('Both@team.example');
  const { status, json } = await ask(team);
  assert.equal(status, 200);
  const { id, owner } = await teamOf(team);
  assert.deepEqual(json, {
    team: {
      id,
      name: 'both',
      user_role: 'owner',
      owner: { id: owner.id, name: 'Ada Nordin' },
      subscription: { plan: 'Automation', status: 'active', trial_ends_at: null, is_paused: false },
    },
  });
  assert.deepEqual((await ask(server)).json, json);
  await call(platform, 'POST', '/api/v1/team/tokens', bearer(server), { name: 'Shared', abilities: ['intel:read'] });
  assert.deepEqual((await ask(team, '/tokens')).json, (await ask(server, '/tokens')).json);
  assert.match((await ask(team, '/tokens')).text, /"name":"Shared"/);
  assert.ok(Number.isInteger(id) && Number.isInteger(owner.id) && id !== owner.id);
});

test('the account’s own key opens a team of the account itself, and every team has its own numbers', async () => {
  const own = await teamOf(platform.keys.subscribr);
  assert.deepEqual([own.name, own.owner.name, own.user_role], ['Harbor Leasing', 'Harbor Leasing', 'owner']);
  const others = await platform.seed('Team partner');
  const teams = [own, await teamOf(others.subscribr), await teamOf(await openTeam('numbers@team.example'))];
  assert.equal(new Set(teams.map(({ id }) => id)).size, 3);
  assert.equal(new Set(teams.map(({ owner }) => owner.id)).size, 3);
});

test('what is not a good key is 401, in one sentence', async () => {
  const good = await openTeam('keys@team.example');
  const asked: Record<string, string>[] = [
    {},
    { Authorization: good },
    { Authorization: `Basic ${good}` },
    { Authorization: 'Bearer ' },
    { Authorization: `Bearer ${good} x` },
    { 'X-API-Key': good },
    ...['guess', good.toUpperCase(), platform.keys.scribeless, platform.keys.kelviq, platform.keys.loyva].map(bearer),
  ];
  for (const headers of asked)
    for (const path of ['', '/credits', '/tokens']) {
      const { status, json, headers: answered } = await call(platform, 'GET', `/api/v1/team${path}`, headers);
      assert.deepEqual([status, json], [401, { message: 'Unauthenticated.' }], `${JSON.stringify(headers)} ${path}`);
      const told = headers.authorization || headers.Authorization ? 'Bearer error="invalid_token"' : 'Bearer';
      assert.equal(answered.get('www-authenticate'), told);
    }
  assert.equal((await call(platform, 'GET', '/api/v1/team', { authorization: `bearer ${good}` })).status, 200);
});

const everyCall: readonly [string, string][] = [
  ['GET', ''],
  ['GET', '/credits'],
  ['GET', '/tokens'],
  ['POST', '/tokens'],
  ['DELETE', '/tokens/7001'],
];

for (const [word, sentence] of [
  ['noteam', 'No team associated with user'],
  ['creator-plan', 'API access not available'],
] as const)
  test(`+${word}: every call is 403 "${sentence}"`, async () => {
    const key = await openTeam(`a+${word}@team.example`);
    for (const [method, path] of everyCall) {
      const { status, json } = await ask(key, path, method);
      assert.deepEqual([status, json], [403, { message: sentence }], `${method} ${path}`);
    }
  });

test('what the e-mail says the caller is, the caller is; only owners and admins may see to tokens', async () => {
  for (const role of ['admin', 'editor', 'viewer', 'member']) {
    const key = await openTeam(`r+${role}@team.example`);
    assert.equal((await teamOf(key)).user_role, role);
    assert.equal((await ask(key, '/credits')).status, 200);
    const answers = [];
    for (const [method, path] of everyCall.slice(2)) answers.push(await ask(key, path, method));
    if (role === 'admin') assert.deepEqual(statuses(answers), [200, 400, 404]);
    else
      assert.deepEqual(
        answers.map(({ status, json }) => [status, json.message]),
        [
          [403, 'Only team administrators can manage API tokens'],
          [403, 'Only team administrators can create API tokens'],
          [403, 'Only team administrators can delete API tokens'],
        ],
      );
  }
});
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

test('credits add up, are used day by day, and are full again with the month', async (t) => {
  const here = await startPlatform({ now: Date.UTC(2026, 1, 10, 12) });
  t.after(() => here.close());
  const key = await openTeam('credits@team.example', here);
  const read = async () => SubscribrCredits.parse((await ask(key, '/credits', 'GET', here)).json).credits;
  const first = await read();
  assert.deepEqual(first, {
    current_credits: 1000,
    plan_credits: 1000,
    credits_used_this_period: 0,
    credits_remaining: 1000,
    credits_expire_at: '2026-03-01T00:00:00Z',
    next_credit_refresh: '2026-03-01T00:00:00Z',
  });
  for (const [at, used, expires] of [
    [Date.UTC(2026, 1, 20, 12), 50, '2026-03-01T00:00:00Z'],
    [Date.UTC(2026, 2, 1) - 1, 90, '2026-03-01T00:00:00Z'],
    [Date.UTC(2026, 2, 1), 0, '2026-04-01T00:00:00Z'],
    [Date.UTC(2026, 11, 31, 23, 59), 150, '2027-01-01T00:00:00Z'],
    [Date.UTC(2027, 0, 1), 0, '2027-02-01T00:00:00Z'],
  ] as const) {
    here.clock.now = at;
    const now = await read();
    assert.deepEqual([now.credits_used_this_period, now.credits_expire_at], [used, expires], new Date(at).toISOString());
    assert.equal(now.credits_remaining, now.current_credits);
    assert.equal(now.credits_remaining + now.credits_used_this_period, now.plan_credits);
  }
});

test('+trial runs for fourteen days and is inactive then; +paused says so; neither renews what it has not', async () => {
  const started = platform.clock.now;
  const trial = await openTeam('t+trial@team.example');
  const paused = await openTeam('p+paused@team.example');
  assert.deepEqual((await teamOf(trial)).subscription, {
    plan: 'Automation',
    status: 'trial',
    trial_ends_at: '2026-12-05T09:00:00Z',
    is_paused: false,
  });
  assert.deepEqual((await teamOf(paused)).subscription, { plan: 'Automation', status: 'paused', trial_ends_at: null, is_paused: true });
  assert.equal((await creditsOf(paused)).next_credit_refresh, null);
  assert.equal((await creditsOf(trial)).next_credit_refresh, '2026-12-01T00:00:00Z');
  platform.clock.now = Date.UTC(2026, 11, 5, 9);
  assert.equal((await teamOf(trial)).subscription.status, 'inactive');
  assert.equal((await creditsOf(trial)).next_credit_refresh, null);
  platform.clock.now = started;
});

test('what is not there is said in Subscribr’s shape, and what only begins like its path is not Subscribr’s', async () => {
  const key = await openTeam('paths@team.example');
  for (const [method, path, status] of [
    ['GET', '/nothing', 404],
    ['GET', '/tokens/7001', 405],
    ['PUT', '', 405],
    ['DELETE', '/tokens', 405],
  ] as const) {
    const answer = await ask(key, path, method);
    assert.deepEqual([answer.status, Object.keys(answer.json)], [status, ['message']], `${method} ${path}`);
    if (status === 405) assert.match(answer.headers.get('allow') ?? '', /GET|DELETE/);
  }
  assert.deepEqual(Object.keys((await call(platform, 'GET', '/api/v1/teamwork', bearer(key))).json), ['detail']);
  for (const path of ['/', '/credits/', '/tokens/']) assert.equal((await ask(key, path)).status, 200, path);
});

test('organizations and accounts from before there were teams have one too', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-teams-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const { '001-onboarding': first = assert.fail(), '002-signed': second = assert.fail() } = migrations;
  const old = await openDatabase<Tables>(join(dataDir, 'platform.db'), { '001-onboarding': first, '002-signed': second });
  await old.write.insertInto('accounts').values({ id: 'acc_1', name: 'Harbor Leasing', created_at: 1 }).execute();
  const organization = { account_id: 'acc_1', owner_key: 'old@shop.example', by_invoice: 0, billing_at: null, created_at: 2 };
  const named = { id: 'org_1', name: 'Old shop', owner_id: 'usr_1', owner_email: 'old@shop.example' };
  await old.write
    .insertInto('organizations')
    .values({ ...organization, ...named })
    .execute();
  await old.close();

  const here = await startPlatform({ dataDir });
  t.after(() => here.close());
  assert.equal(SubscribrTeam.parse((await ask(here.keys.subscribr, '', 'GET', here)).json).team.name, 'Harbor Leasing');
  const again = await openTeam('old@shop.example', here);
  const fresh = await openTeam('fresh@shop.example', here);
  const teams = [];
  for (const key of [again, fresh]) teams.push(SubscribrTeam.parse((await ask(key, '', 'GET', here)).json).team);
  assert.deepEqual(
    teams.map(({ id, name, owner }) => [id, name, owner.id, owner.name]),
    [
      [4002, 'Old shop', 1002, 'Ada Nordin'],
      [4003, 'Nordin Tryck', 1003, 'Ada Nordin'],
    ],
  );
  assert.deepEqual(here.reported, []);
});

test('nothing of all this was a bug', () => assert.deepEqual(platform.reported, []));
