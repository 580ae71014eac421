import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type LoyvaScope, loyvaScopes } from '../../../shared/vendors/loyva.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

type Dialect = keyof StartedPlatform['keys'];
const doors: Record<Dialect, { path: string; header: (key: string) => Record<string, string> }> = {
  scribeless: { path: '/api/partner/teams', header: (key) => ({ 'X-API-Key': key }) },
  kelviq: { path: '/api/v1/partner/organizations/', header: (key) => ({ 'X-Kelviq-Partner-Key': key }) },
  loyva: { path: '/api/v2/partner/envelopes', header: (key) => ({ 'X-API-Key': key }) },
  subscribr: { path: '/api/v1/team', header: (key) => ({ Authorization: `Bearer ${key}` }) },
};
const dialects = Object.keys(doors) as Dialect[];

/** A call that any good key of the dialect may make and that does nothing: Scribeless has no reading one, so there an empty body is sent. */
async function isKnown(dialect: Dialect, key: string): Promise<boolean> {
  const { path, header } = doors[dialect];
  const { status, text } = await call(platform, dialect === 'scribeless' ? 'POST' : 'GET', path, header(key));
  assert.ok([200, dialect === 'scribeless' ? 400 : 200, 401].includes(status), `${dialect} ${status} ${text}`);
  return status !== 401;
}

test('a key opens its own dialect and no other', async () => {
  for (const dialect of dialects)
    for (const other of dialects) assert.equal(await isKnown(dialect, platform.keys[other]), other === dialect, `${other} at ${dialect}`);
});

test('a key that was replaced stops with the call after; the account’s other keys go on', async () => {
  for (const dialect of dialects) {
    const old = await platform.seed('Rotating');
    const fresh = await platform.seed('Rotating', { ...old, [dialect]: 'lost' });
    assert.deepEqual([await isKnown(dialect, old[dialect]), await isKnown(dialect, fresh[dialect])], [false, true], dialect);
    for (const other of dialects.filter((each) => each !== dialect)) assert.equal(fresh[other], old[other]);
  }
});

test('scopes and limits of a kept key are changed without a new key', async () => {
  const keys = await platform.seed('Narrowed');
  assert.equal(await isKnown('loyva', keys.loyva), true);
  assert.deepEqual(await platform.seed('Narrowed', keys, { scopes: ['vault:read'], rateLimit: 7 }), keys);
  const refused = await call(platform, 'GET', doors.loyva.path, doors.loyva.header(keys.loyva));
  assert.deepEqual([refused.status, refused.headers.get('x-ratelimit-limit')], [403, '7']);
});

const envelope = (rest = '') => `/api/v2/partner/envelopes/env_none${rest}`;
const token = (widget_type: string) => ({ widget_type, envelope_id: 'env_none', user_email: 'ada@shop.example' });
/** The scope column of Loyva's page, and our own rows beside it. That there is no such envelope is for those to hear who may ask. */
const rows: readonly (readonly [method: string, path: string, scope: LoyvaScope, body?: object])[] = [
  ['GET', '/api/v2/partner/envelopes', 'envelopes:read'],
  ['GET', envelope(), 'envelopes:read'],
  ['GET', envelope('/status'), 'envelopes:read'],
  ['POST', '/api/v2/partner/envelopes', 'envelopes:write', {}],
  ['POST', envelope('/upload'), 'envelopes:write', {}],
  ['POST', envelope('/void'), 'envelopes:write', {}],
  ['POST', envelope('/remind'), 'envelopes:write', {}],
  ['GET', envelope('/signing-links'), 'envelopes:read'],
  ['POST', envelope('/vault-in-signed'), 'vault:write', {}],
  ['POST', envelope('/vault-in-upload'), 'vault:write', {}],
  ['GET', envelope('/vault/signed-url'), 'vault:read'],
  ['GET', envelope('/vault/copy/signed-url'), 'vault:read'],
  ['GET', envelope('/vault/certificate'), 'compliance:read'],
  ['GET', envelope('/compliance'), 'compliance:read'],
  ['POST', envelope('/vault-out'), 'vault:release', {}],
  ['POST', envelope('/vault-out/acknowledge'), 'vault:release', {}],
  ['PATCH', '/api/v2/partner/webhook', 'envelopes:write', {}],
  ['POST', '/api/v2/embed/token', 'esign:write', token('sign')],
  ['POST', '/api/v2/embed/token', 'vault:read', token('vault')],
  ['GET', '/api/v2/partner/templates', 'envelopes:read'],
  ['POST', '/api/v2/partner/templates', 'envelopes:write', {}],
  ['GET', '/api/v2/partner/templates/tmpl_none', 'envelopes:read'],
  ['DELETE', '/api/v2/partner/templates/tmpl_none', 'envelopes:write'],
];

test('every row of Loyva asks for its one scope: all others are not enough, and it alone is', async () => {
  const keysOf = async (scopes: readonly LoyvaScope[]) => (await platform.seed(`May ${scopes}`, {}, { scopes, rateLimit: 6_000 })).loyva;
  const ask = ([method, path, , body]: (typeof rows)[number], key: string) => call(platform, method, path, doors.loyva.header(key), body);
  const faults: string[] = [];
  for (const scope of loyvaScopes) {
    const [without, alone] = [await keysOf(loyvaScopes.filter((each) => each !== scope)), await keysOf([scope])];
    for (const row of rows.filter(([, , needed]) => needed === scope)) {
      const refused = await ask(row, without);
      if (refused.status !== 403 || refused.json.error !== `The key lacks the scope ${scope}.`)
        faults.push(`without ${scope}, ${row[0]} ${row[1]} answers ${refused.status} ${refused.text}`);
      const allowed = await ask(row, alone);
      if ([401, 403, 405].includes(allowed.status) || allowed.status >= 500 || allowed.json.error === 'There is nothing at this address.')
        faults.push(`with ${scope}, ${row[0]} ${row[1]} answers ${allowed.status} ${allowed.text}`);
    }
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(platform.reported, []);
});
