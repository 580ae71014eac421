import assert from 'node:assert/strict';
import { cellsIn, curlIn, jsonOf, objectsIn, pageOf } from './world/pages.ts';
import { both, type Row } from './world/row.ts';
import { assertLike, assertType } from './world/shape.ts';
import type { Answer, As, Target } from './world/targets.ts';

/** Scribeless's page, https://docs.scribeless.co/partner-workflows/create-partner-team; the account status is documented beside it. */

const page = pageOf('scribeless');
const curl = curlIn(page);
const [, example = ''] = objectsIn(page);
const request = jsonOf(curl.body);
const fields = cellsIn(page).filter(([, type]) => type === 'string');
const meanings = new Map(cellsIn(page).map(([status = '', meaning = '']) => [status, meaning]));

/** Scribeless's error, which its page on authentication shows; only `statusCode` means anything. */
function assertRefused(answer: Answer, status: number, path: string): void {
  assert.equal(answer.status, status, answer.text);
  assertLike(answer.json, { error: true, url: path, statusCode: 1, statusMessage: 'Server Error', message: 'A sentence' });
  assert.deepEqual([answer.json.error, answer.json.url, answer.json.statusCode], [true, path, status]);
}

let count = 0;
const asked = (target: Target, over: Record<string, unknown> = {}, as: As = {}) => {
  count += 1;
  return target.ask('scribeless', curl.method, curl.url.pathname, { ...request, email: `ada.${count}@example.com`, ...over }, as);
};
type Team = { teamId: string; apiKey: { key: string; name: string }; owner: { email: string }; invitation: { status: string } };

const teams: Row = {
  page: 'scribeless',
  endpoint: 'POST /api/partner/teams',
  at: both,
  async good(target) {
    assert.equal(curl.headers['X-API-Key'], 'YOUR_PARTNER_API_KEY');
    const answer = await target.ask('scribeless', curl.method, curl.url.pathname, curl.body);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assertLike(answer.json, jsonOf(example), target.name === 'gateway' ? { except: { '/apiKey/key': /^cred_[a-z2-7]{24}$/ } } : {});
    const [team, literal] = [answer.json, jsonOf(example)] as unknown as [Team, Team];
    assert.equal(team.apiKey.name, literal.apiKey.name);
    assert.equal(team.owner.email, literal.owner.email);
    assert.equal(team.invitation.status, literal.invitation.status);
    if (target.name === 'gateway') assert.doesNotMatch(answer.text, /slt_/);
  },
  async bad(target) {
    const path = curl.url.pathname;
    assert.deepEqual([...meanings.keys()].filter(Number), ['400', '401', '500']);
    assert.equal(fields.length, 4);
    for (const [name = '', type = ''] of fields) {
      assertType(request[name], type, name);
      for (const value of [undefined, null, 7, '', ' ']) assertRefused(await asked(target, { [name]: value }), 400, path);
    }
    assertRefused(await asked(target, { email: 'not an address' }), 400, path);
    assertRefused(await target.ask('scribeless', 'POST', path, '{'), 400, path);
    assertRefused(await target.ask('scribeless', 'POST', path, '[]'), 400, path);

    assert.equal(meanings.get('401'), 'Missing, malformed, invalid, unauthorized, or non-partner API key.');
    const customer = ((await asked(target)).json as unknown as Team).apiKey.key;
    for (const key of ['', 'x y', `slp_${'0'.repeat(32)}`, `lk_${'0'.repeat(40)}`, customer])
      assertRefused(await asked(target, {}, { key }), 401, path);
    assertRefused(await asked(target, { email: 'ada+401@example.com' }), 401, path);

    assert.match(meanings.get('500') ?? '', /^Team provisioning failed/);
    const failed = await asked(target, { email: 'ada+500@example.com' });
    assertRefused(failed, 500, path);
    assert.equal(failed.json.message, 'Team provisioning failed.');
    assert.equal((await target.ask('scribeless', 'DELETE', path)).status, 405);
  },
};

const status: Row = {
  page: 'scribeless',
  endpoint: 'GET /api/account/status',
  at: both,
  async good(target) {
    assert.match(page, /Use the returned customer-team API key for customer-scoped endpoints such as GET \/api\/account\/status/);
    const team = (await asked(target)).json as unknown as Team & { billingSetupUrl: string; links: object };
    const answer = await target.ask('scribeless', 'GET', '/api/account/status', undefined, { customer: team.apiKey.key });
    assert.equal(answer.status, 200, answer.text);
    const { billingSetupUrl, ...rest } = answer.json;
    assert.equal(billingSetupUrl, team.billingSetupUrl);
    const flags = ['templatesReady', 'billByInvoice', 'canListTemplates', 'canCreateCampaigns', 'canCreateRecurringCampaign'];
    const nothing = Object.fromEntries(flags.map((name) => [name, false]));
    assert.deepEqual(rest, { teamId: team.teamId, ...nothing, links: team.links });
    const invoiced = (await asked(target, { email: 'ada+invoice@example.com' })).json as unknown as Team;
    const paid = await target.ask('scribeless', 'GET', '/api/account/status', undefined, { customer: invoiced.apiKey.key });
    assert.deepEqual([paid.status, paid.json.billByInvoice, 'billingSetupUrl' in paid.json], [200, true, false]);
  },
  async bad(target) {
    const path = '/api/account/status';
    for (const key of ['', 'x', `slt_${'0'.repeat(32)}`])
      assertRefused(await target.ask('scribeless', 'GET', path, undefined, { key }), 401, path);
    // The partner's own key opens no customer's account.
    assertRefused(await target.ask('scribeless', 'GET', path), 401, path);
    assert.equal((await target.ask('scribeless', 'POST', path, {})).status, 405);
  },
};

export const scribelessRows: readonly Row[] = [teams, status];
