import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const person = { firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin Tryck' };
async function open(email: string) {
  const { json } = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, { ...person, email });
  return { id: json.teamId, key: (json.apiKey as { key: string }).key, billing: json.billingSetupUrl as string | undefined };
}
const status = async (key: string) => (await call(platform, 'GET', '/api/account/status', { 'X-API-Key': key })).json;
const pay = (address = '') =>
  call(platform, 'POST', '/checkout', { 'Content-Type': 'application/x-www-form-urlencoded' }, new URL(address).search.slice(1));

/** What each phase says, as the vendor's page means it: lists once there are templates, campaigns once the partner can be invoiced too. */
const phases = {
  preparing: {
    templatesReady: false,
    billByInvoice: false,
    canListTemplates: false,
    canCreateCampaigns: false,
    canCreateRecurringCampaign: false,
  },
  'paid early': {
    templatesReady: false,
    billByInvoice: true,
    canListTemplates: false,
    canCreateCampaigns: false,
    canCreateRecurringCampaign: false,
  },
  'to be paid': {
    templatesReady: true,
    billByInvoice: false,
    canListTemplates: true,
    canCreateCampaigns: false,
    canCreateRecurringCampaign: false,
  },
  ready: { templatesReady: true, billByInvoice: true, canListTemplates: true, canCreateCampaigns: true, canCreateRecurringCampaign: false },
  'ready, recurring': {
    templatesReady: true,
    billByInvoice: true,
    canListTemplates: true,
    canCreateCampaigns: true,
    canCreateRecurringCampaign: true,
  },
} as const;

/** The whole answer, keys in the documented order; the address is there exactly while billing is still to be set up. */
async function assertPhase(team: Awaited<ReturnType<typeof open>>, phase: keyof typeof phases): Promise<void> {
  const expected = {
    teamId: team.id,
    ...phases[phase],
    ...(!phases[phase].billByInvoice && { billingSetupUrl: team.billing }),
    links: { templatesUrl: `${platform.url}/templates` },
  };
  assert.equal(JSON.stringify(await status(team.key)), JSON.stringify(expected), phase);
}

test('a team is prepared, then waits for billing, then is ready', async () => {
  const team = await open('one@phase.example');
  assert.match(team.billing ?? '', /\/checkout\?sessionId=/);
  await assertPhase(team, 'preparing');
  platform.clock.now += 3_000;
  await assertPhase(team, 'to be paid');
  await pay(team.billing);
  await assertPhase(team, 'ready');
});

test('billing that is set up before the templates are ready changes only what is billed', async () => {
  const team = await open('two@phase.example');
  await pay(team.billing);
  await assertPhase(team, 'paid early');
  platform.clock.now += 3_000;
  await assertPhase(team, 'ready');
});

test('+invoice: there is never anything to set up', async () => {
  const team = await open('three+invoice@phase.example');
  assert.equal(team.billing, undefined);
  await assertPhase(team, 'paid early');
  platform.clock.now += 3_000;
  await assertPhase(team, 'ready');
});

test('+recurring: recurring campaigns wait for templates and billing as others do', async () => {
  const team = await open('four+recurring@phase.example');
  await assertPhase(team, 'preparing');
  platform.clock.now += 3_000;
  await assertPhase(team, 'to be paid');
  await pay(team.billing);
  await assertPhase(team, 'ready, recurring');
});

test('only a team’s own key opens its status, and only reading does', async () => {
  const team = await open('five@phase.example');
  for (const key of ['', 'guess', team.key.toUpperCase(), ...Object.values(platform.keys)]) {
    const refused = await call(platform, 'GET', '/api/account/status', { 'X-API-Key': key });
    assert.deepEqual(
      [refused.status, refused.json],
      [
        401,
        {
          error: true,
          url: '/api/account/status',
          statusCode: 401,
          statusMessage: 'Server Error',
          message: 'Invalid authentication token.',
        },
      ],
    );
  }
  const posted = await call(platform, 'POST', '/api/account/status', { 'X-API-Key': team.key }, {});
  assert.deepEqual([posted.status, posted.headers.get('allow'), posted.json.statusCode], [405, 'HEAD, GET', 405]);
  assert.deepEqual(platform.reported, []);
});
