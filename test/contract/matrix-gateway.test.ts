import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { proxyTable } from '../../server/gateway/routes/proxy-table.ts';
import type { VendorName } from '../../shared/onboarding/flow.ts';
import { pdfOf } from '../platform/world/envelopes.ts';
import { createVisitor } from '../visitor.ts';
import { formOf, release } from './envelopes.ts';
import { gatewayTable } from './gateway-table.ts';
import { cells, type Expected, sentenceOf } from './world/expectations.ts';
import { type GatewayWorld, openGatewayWorld, origin, type Visitor } from './world/gateway-world.ts';
import { routeName } from './world/routes.ts';
import { keyHeaders, send } from './world/targets.ts';

let world: GatewayWorld;
before(async () => {
  world = await openGatewayWorld();
});
after(() => world.close());

test('every route that the gateway has is in the matrix, and the matrix has no other', () => {
  const rows = proxyTable(new Proxy({}, { get: () => undefined }) as Parameters<typeof proxyTable>[0]);
  const routes = new Set([...world.routes, ...rows.map(({ method, path }) => routeName(method, path))]);
  const known = new Set(gatewayTable.map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual([...routes].filter((route) => !known.has(route)).toSorted(), [], 'not in the matrix');
  assert.deepEqual([...known].filter((route) => !routes.has(route)).toSorted(), [], 'not in the gateway');
});

/** A path about what is the caller's own. */
function placeOf({ path }: Expected, template = world.own.template): string {
  const { own } = world;
  return path
    .replace('envelopes/:id', `envelopes/${path.includes('vault-out') ? own.released : own.vaulted}`)
    .replace('templates/:id', `templates/${template}`)
    .replace('runs/:id', `runs/${own.run}`)
    .replace(':identifier', own.organization)
    .replace(':externalId', own.externalId)
    .replace(':token', '4711')
    .replace(':partner', `prt_${'a'.repeat(24)}`)
    .replace('steps/:id', 'steps/details')
    .replace(/[:*](?:id|name|code|path)$|:id(?=\/)/, 'unknown');
}

const defaults = { widget_type: 'onboarding', user_email: 'a@b.example' };

/** What the call carries, so that it comes as far as the thing it is about. */
async function bodyOf({ method, path, about }: Expected): Promise<unknown> {
  if (path.endsWith('/upload')) return formOf('file', await pdfOf('Signed on paper'));
  if (path.endsWith('/vault-out')) return release;
  if (path.endsWith('/acknowledge')) return { sha256: '0'.repeat(64) };
  if (path.endsWith('embed/token')) return { ...defaults, ...world.about[about as 'sign'] };
  return method === 'GET' || method === 'DELETE' ? undefined : {};
}

const proxied = (door: string): door is VendorName => door in keyHeaders;
const headersAt = (row: Expected, key: string): Record<string, string> => ({
  ...keyHeaders[proxied(row.door) ? row.door : 'loyva'](key),
  // A customer's account is named beside the partner's key.
  ...(row.path === '/api/account/status' && { 'X-Inlay-Credential': world.own.team }),
});

const knock = async (row: Expected, headers: Record<string, string>, template?: string): Promise<number> =>
  (await send(world.gateway.url + placeOf(row, template), row.method, headers, await bodyOf(row))).status;

/** The doors of a partner's key: its vendors' paths, the mint, and its own runs. */
async function partnerDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { keys, strangers, own } = world;
  const tokens = { 'an embed token': await world.tokens.mint(), 'a session token': world.sessions.onboarding.token };
  for (const [name, key] of Object.entries({ ...strangers, ...tokens, 'an administrator’s token': world.gateway.adminToken }))
    compare(name, await knock(row, headersAt(row, key)), 401);
  if (row.door === 'subscribr') compare('the key without its scheme', await knock(row, { authorization: keys.mine }), 401);
  compare('a suspended partner', await knock(row, headersAt(row, keys.suspended)), 403);
  compare('every scope but this', await knock(row, headersAt(row, keys.without.get(row.needs) ?? '')), 403);
  compare('the key in a browser', await knock(row, { ...headersAt(row, keys.mine), origin }), 403);
  compare('a test key', await knock(row, headersAt(row, keys.test)), row.statuses.mode ?? 0);
  // The account that the status is of is the other partner's here, so its mode would say nothing.
  if (row.path !== '/api/account/status') compare('a live key', await knock(row, headersAt(row, keys.live)), row.statuses.mode ?? 0);
  compare('another partner', await knock(row, headersAt(row, keys.other)), row.statuses.other ?? 0);
  if (proxied(row.door)) {
    // Of this partner but another vendor, or of this vendor but another partner.
    const key = row.door === 'scribeless' ? keys.other : keys.mine;
    compare('a credential of elsewhere', await knock(row, { ...headersAt(row, key), 'X-Inlay-Credential': own.team }), 404);
    const unknown = { ...headersAt(row, keys.mine), 'X-Inlay-Credential': `cred_${'a'.repeat(24)}` };
    compare('a credential of nobody', await knock(row, unknown), 404);
  }
  for (const [name, key] of [
    ['this scope alone', keys.only.get(row.needs) ?? ''],
    ['every scope', keys.mine],
  ] as const) {
    const template = row.method === 'DELETE' && row.path.includes('templates') ? await own.anotherTemplate() : undefined;
    compare(name, await knock(row, headersAt(row, key), template), row.statuses.own ?? 0);
  }
  assertAll();
}

/** The doors of a browser's session: its token, bound to its key and its page. */
async function sessionDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { sessions, strangers } = world;
  const body = await bodyOf(row);
  const [path, widgets] = [placeOf(row), row.needs.split(',')];
  const widget = widgets[0] as 'onboarding' | 'sign' | 'vault';
  const call = async (visitor: Visitor, token?: string, headers: Record<string, string> = {}) =>
    (await visitor.call(row.method, path, body, headers, token)).status;
  const tokens = { 'an embed token': await world.tokens.mint(world.about[widget]), 'an administrator’s token': world.gateway.adminToken };
  for (const [name, token] of Object.entries({ ...strangers, ...tokens, 'a partner key': world.keys.mine }))
    compare(name, await call(sessions[widget], token), 401);
  const thief = await createVisitor(world.gateway.url, origin, world.gateway.clock.now);
  compare('the token with another browser’s key', await call(thief, sessions[widget].token), 401);
  compare('the token without a proof', await call(sessions[widget], undefined, { dpop: '' }), 401);
  compare('the token as a bearer', await call(sessions[widget], undefined, { authorization: `Bearer ${sessions[widget].token}` }), 401);
  compare('an expired session', await call(sessions.expired), 401);
  compare('an ended session', await call(sessions.ended), 401);
  compare('a suspended partner’s session', await call(sessions.suspended), 403);
  compare('another page', await call(sessions[widget], undefined, { origin: 'https://evil.example' }), 403);
  for (const other of ['onboarding', 'sign', 'vault'] as const)
    if (!widgets.includes(other)) compare(`a session for ${other}`, await call(sessions[other]), 403);
  const visitor = row.method === 'DELETE' ? await world.enter(widget) : sessions[widget];
  compare('the session', await call(visitor), row.statuses.own ?? 0);
  assertAll();
}

/** The one door of an embed token. */
async function openingDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { tokens } = world;
  const visitor = await createVisitor(world.gateway.url, origin, world.gateway.clock.now);
  const open = async (token: string, headers: Record<string, string> = {}, by = visitor) =>
    (await by.call(row.method, row.path, {}, headers, token)).status;
  const others = {
    'a session token': world.sessions.onboarding.token,
    'an administrator’s token': world.gateway.adminToken,
    'a partner key': world.keys.mine,
    'an expired embed token': tokens.token,
    'one of a revoked key': tokens.orphan,
  };
  for (const [name, token] of Object.entries({ ...world.strangers, ...others })) compare(name, await open(token), 401);
  compare('a suspended partner’s', await open(tokens.suspended), 403);
  compare('on another page', await open(await tokens.mint(), { origin: 'https://evil.example' }), 403);
  const fresh = await tokens.mint();
  compare('a fresh one', await open(fresh), row.statuses.own ?? 0);
  const second = await createVisitor(world.gateway.url, origin, world.gateway.clock.now);
  compare('one that another browser used', await open(fresh, {}, second), 401);
  assertAll();
}

/** The registry and what hangs below it: an administrator who may do this. */
async function adminDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { admins } = world;
  const call = (token: string) => knock(row, { authorization: `Bearer ${token}` });
  const own = row.statuses.own ?? 0;
  const others = {
    'a partner key': world.keys.mine,
    'an embed token': await world.tokens.mint(),
    'a session token': world.sessions.onboarding.token,
    'an expired administrator’s token': world.tokens.admin,
    'one for another audience': admins['for another audience'],
  };
  for (const [name, token] of Object.entries({ ...world.strangers, ...others })) compare(name, await call(token), 401);
  compare('neither right', await call(admins.neither), 403);
  compare('admin:read', await call(admins.reads), row.needs === 'read' ? own : 403);
  compare('admin:write', await call(admins.writes), row.needs === 'write' ? own : 403);
  compare('the administrator', await call(world.gateway.adminToken), own);
  assertAll();
}

/** What anybody may have, whatever they hold: no credential opens more or less. */
async function publicDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  for (const [name, key] of Object.entries({ ...world.strangers, 'a partner key': world.keys.mine }))
    compare(name, await knock(row, { 'X-API-Key': key, authorization: `Bearer ${key}` }), row.statuses.own ?? 0);
  assertAll();
}

const doors: Readonly<Record<string, (row: Expected) => Promise<void>>> = {
  session: sessionDoor,
  'embed token': openingDoor,
  admin: adminDoor,
  anybody: publicDoor,
};

for (const row of gatewayTable) test(sentenceOf(row), () => (doors[row.door] ?? partnerDoor)(row));
