import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { VendorName } from '../../shared/onboarding/flow.ts';
import { loyvaScopes } from '../../shared/vendors/loyva.ts';
import { pdfOf } from '../platform/world/envelopes.ts';
import { formOf, release } from './envelopes.ts';
import { platformTable } from './platform-table.ts';
import { cells, type Expected, sentenceOf } from './world/expectations.ts';
import { openPlatformWorld, type PlatformWorld } from './world/platform-world.ts';
import { keyHeaders, send } from './world/targets.ts';

let world: PlatformWorld;
before(async () => {
  world = await openPlatformWorld();
});
after(() => world.close());

test('every route that the platform has is in the matrix, and the matrix has no other', () => {
  const known = new Set(platformTable.map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual([...world.routes].filter((route) => !known.has(route)).toSorted(), [], 'not in the matrix');
  assert.deepEqual([...known].filter((route) => !world.routes.has(route)).toSorted(), [], 'not in the platform');
});

interface Named {
  readonly template?: string;
  readonly token?: string;
}

/** A path about what is the account's own. */
function placeOf({ path }: Expected, { template, token }: Named): string {
  const { own } = world;
  return path
    .replace('envelopes/:id', `envelopes/${path.includes('vault-out') ? own.released : own.vaulted}`)
    .replace('templates/:id', `templates/${template ?? own.template}`)
    .replace(':identifier', own.organization)
    .replace(':externalId', own.externalId)
    .replace(':token', token ?? '4711')
    .replace(/[:*](?:id|name|code|path)$/, 'unknown');
}

/** What the call carries, so that it comes as far as the thing it is about. */
async function bodyOf({ method, path, about }: Expected): Promise<unknown> {
  if (path.endsWith('/upload')) return formOf('file', await pdfOf('Signed on paper'));
  if (path.endsWith('/vault-out')) return release;
  if (path.endsWith('/acknowledge')) return { sha256: '0'.repeat(64) };
  if (path.endsWith('embed/token')) return world.about[about as 'sign'];
  return method === 'GET' || method === 'DELETE' ? undefined : {};
}

const knock = async (row: Expected, headers: Record<string, string>, named: Named = {}): Promise<number> =>
  (await send(world.platform.url + placeOf(row, named), row.method, headers, await bodyOf(row))).status;

/** Partner keys of the other vendors, however good they are there. */
const foreign = (vendor: VendorName): Record<string, string> =>
  Object.fromEntries(
    Object.entries(world.platform.keys).flatMap(([each, key]) => (each === vendor ? [] : [[`the account’s ${each} key`, key]])),
  );

const without = (...names: string[]): [string, string][] => Object.entries(world.strangers).filter(([name]) => !names.includes(name));

/** Loyva's rows: a key, its scope, and whose envelope it is. */
async function loyvaDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { platform, other, own } = world;
  for (const [name, key] of [...without(), ...Object.entries(foreign('loyva'))])
    compare(name, await knock(row, keyHeaders.loyva(key)), 401);
  compare('another account', await knock(row, keyHeaders.loyva(other.loyva)), row.statuses.other ?? 0);
  const mine = async () => {
    const template = row.method === 'DELETE' ? await own.anotherTemplate() : undefined;
    return () => knock(row, keyHeaders.loyva(platform.keys.loyva), template === undefined ? {} : { template });
  };
  const others = loyvaScopes.filter((scope) => scope !== row.needs);
  compare('every scope but this', await world.scoped(others, await mine()), 403);
  compare('this scope alone', await world.scoped([row.needs], await mine()), row.statuses.own ?? 0);
  compare('every scope', await (await mine())(), row.statuses.own ?? 0);
  assertAll();
}

/** Scribeless and Kelviq: the account's key of that vendor. Kelviq knows its organizations' keys, and says that they are not enough. */
async function provisioningDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const vendor = row.door as 'scribeless' | 'kelviq';
  for (const [name, key] of [...without(), ...Object.entries(foreign(vendor))])
    compare(name, await knock(row, keyHeaders[vendor](key)), vendor === 'kelviq' && name === 'a customer’s Kelviq key' ? 403 : 401);
  compare('another account', await knock(row, keyHeaders[vendor](world.other[vendor])), row.statuses.other ?? 0);
  compare('the account', await knock(row, keyHeaders[vendor](world.platform.keys[vendor])), row.statuses.own ?? 0);
  assertAll();
}

/** Scribeless's account status: the customer's own key, and not the partner's. */
async function customerDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const partners = Object.entries(world.platform.keys).map(([vendor, key]): [string, string] => [`the account’s ${vendor} key`, key]);
  for (const [name, key] of [...without('a customer’s Scribeless key'), ...partners])
    compare(name, await knock(row, keyHeaders.scribeless(key)), 401);
  compare('another customer', await knock(row, keyHeaders.scribeless(world.otherTeam)), row.statuses.other ?? 0);
  compare('the customer', await knock(row, keyHeaders.scribeless(world.own.team)), row.statuses.own ?? 0);
  assertAll();
}

/** Subscribr: whatever opens a team, which is always the caller's own. */
async function teamDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { own, secrets } = world;
  const customers = ['a customer’s Scribeless key', 'a customer’s Kelviq key', 'a token of a team'] as const;
  for (const [name, key] of [...without(...customers), ...Object.entries(foreign('subscribr'))])
    compare(name, await knock(row, keyHeaders.subscribr(key)), 401);
  compare('a key without its scheme', await knock(row, { authorization: own.team }), 401);
  const team = row.method === 'DELETE' ? await own.anotherToken(own.team) : '';
  compare('another team', await knock(row, keyHeaders.subscribr(world.otherTeam), { token: team }), row.statuses.other ?? 0);
  for (const name of customers) {
    const token = row.method === 'DELETE' ? await own.anotherToken(secrets[name]) : '';
    compare(name, await knock(row, keyHeaders.subscribr(secrets[name]), { token }), row.statuses.own ?? 0);
  }
  assertAll();
}

/** What a browser opens with a token: the ceremony to signers, by a token or a link, and the vault to its readers; no key of any kind. */
const bearerDoor =
  (...names: string[]) =>
  async (row: Expected): Promise<void> => {
    const { compare, assertAll } = cells();
    const keys = Object.entries(world.platform.keys);
    for (const [name, key] of [...without(...names), ...keys]) compare(name, await knock(row, { authorization: `Bearer ${key}` }), 401);
    for (const name of names) {
      const token = world.strangers[name] ?? '';
      compare(`${name} as a key`, await knock(row, { 'x-api-key': token }), 401);
      compare(name, await knock(row, { authorization: `Bearer ${token}` }), row.statuses.own ?? 0);
    }
    assertAll();
  };

/** A file of the vault: its signed address as it was made, and no key. */
async function addressDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  const { address } = world.own;
  const bare = address.replace(/\?.*/, '');
  const open = async (at: string, headers: Record<string, string> = {}) => (await send(at, row.method, headers)).status;
  for (const [name, key] of [...without(), ...Object.entries(world.platform.keys)]) {
    const refused = await open(bare, { 'x-api-key': key, authorization: `Bearer ${key}` });
    compare(`${name} in the place of the signature`, refused, 404);
  }
  const changed = new URL(address);
  changed.searchParams.set('expires', String(Number(changed.searchParams.get('expires')) + 60));
  for (const [name, at] of [
    ['a longer life', String(changed)],
    ['another file', address.replace('/authoritative?', '/copy?')],
    ['another envelope', address.replace(world.own.vaulted, world.own.released)],
    ['a cut signature', address.slice(0, -1)],
  ] as const)
    compare(name, await open(at), 404);
  compare('the address', await open(address), row.statuses.own ?? 0);
  assertAll();
}

/** What anybody may have, whatever they hold. */
async function publicDoor(row: Expected): Promise<void> {
  const { compare, assertAll } = cells();
  for (const [name, key] of without())
    compare(name, await knock(row, { 'x-api-key': key, authorization: `Bearer ${key}` }), row.statuses.own ?? 0);
  assertAll();
}

const doors: Readonly<Record<string, (row: Expected) => Promise<void>>> = {
  loyva: loyvaDoor,
  scribeless: provisioningDoor,
  kelviq: provisioningDoor,
  customer: customerDoor,
  subscribr: teamDoor,
  ceremony: bearerDoor('a signing link', 'the vendor’s token for signing'),
  vault: bearerDoor('the vendor’s token for the vault'),
  'signed address': addressDoor,
  anybody: publicDoor,
};

for (const row of platformTable)
  test(sentenceOf(row), async () => {
    const door = doors[row.door];
    assert.ok(door, `Nobody knows the door ${row.door}.`);
    await door(row);
  });
