import assert from 'node:assert/strict';
import { curlIn, jsonOf, objectsIn, pageOf } from './world/pages.ts';
import { both, type Row } from './world/row.ts';
import { assertLike } from './world/shape.ts';
import type { Answer, Target } from './world/targets.ts';

/** Kelviq's page, https://docs.kelviq.com/api-reference/partner/provision-an-organization; it says that all partner endpoints return the same object. */

const page = pageOf('kelviq');
const curl = curlIn(page);
const root = curl.url.pathname;
const example = jsonOf(objectsIn(page)[1]);

const ask = (target: Target, method: string, path: string, body?: unknown, key?: string) =>
  target.ask('kelviq', method, root + path, body, key === undefined ? {} : { key });

function assertOrganization(target: Target, answer: unknown): void {
  assertLike(answer, example, target.name === 'gateway' ? { except: { '/serverKey': /^cred_[a-z2-7]{24}$/ } } : {});
}

/** `{detail}`: a sentence, or for faults of the input sentences by field. */
function assertRefused(answer: Answer, status: number, field?: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['detail'], answer.text);
  if (field) assert.ok(field in (answer.json.detail as object), answer.text);
  else assert.equal(typeof answer.json.detail, 'string', answer.text);
}

let count = 0;
function order(over: Record<string, unknown> = {}) {
  count += 1;
  return { externalId: `acme ${count}/ö%`, email: `owner.${count}@acme.example.com`, businessName: 'Acme Corp', ...over };
}

async function opened(target: Target): Promise<Record<string, unknown>> {
  const answer = await ask(target, 'POST', '', order());
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

/** Refused alike on every path: no key, keys that are not this kind's, methods nobody documents. */
async function assertGuarded(target: Target, method: string, path: string): Promise<void> {
  for (const key of ['', 'x', `kvqp_${'0'.repeat(32)}`, `lk_${'0'.repeat(40)}`])
    assertRefused(await ask(target, method, path, method === 'POST' ? order() : undefined, key), 401);
  assertRefused(await ask(target, 'DELETE', path), 405);
}

const provision: Row = {
  page: 'kelviq',
  endpoint: 'POST /partner/organizations/',
  at: both,
  async good(target) {
    assert.equal(curl.headers['X-Kelviq-Partner-Key'], '<api-key>');
    const answer = await target.ask('kelviq', curl.method, root, curl.body);
    assert.equal(answer.status, 201, answer.text);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assertOrganization(target, answer.json);
    assert.equal(answer.json.partnerExternalId, example.partnerExternalId);
    assert.equal(answer.json.organizationSlug, example.organizationSlug);
    if (target.name === 'gateway') assert.doesNotMatch(answer.text, /sk_live_/);
    const { businessName: _, ...least } = order();
    assert.equal((await ask(target, 'POST', '', least)).status, 201);
    // The slug is made unique, as the page says.
    assert.notEqual((await opened(target)).organizationSlug, example.organizationSlug);
  },
  async bad(target) {
    const refused = async (over: Record<string, unknown>, status: number, field?: string) =>
      assertRefused(await ask(target, 'POST', '', order(over)), status, field);
    for (const name of ['externalId', 'email']) for (const value of [undefined, null, 7, '']) await refused({ [name]: value }, 400, name);
    await refused({ externalId: 'x'.repeat(129) }, 400, 'externalId');
    await refused({ email: 'nobody' }, 400, 'email');
    await refused({ businessName: 'x'.repeat(201) }, 400, 'businessName');
    assertRefused(await ask(target, 'POST', '', '{'), 400);
    const { partnerExternalId: externalId } = await opened(target);
    await refused({ externalId }, 400, 'externalId');
    await refused({ email: 'owner+409@acme.example.com' }, 409);
    await assertGuarded(target, 'POST', '');
  },
};

const list: Row = {
  page: 'kelviq',
  endpoint: 'GET /partner/organizations/',
  at: both,
  async good(target) {
    const one = await opened(target);
    const query = `?external_id=${encodeURIComponent(String(one.partnerExternalId))}`;
    for (const path of [query, `/${query}`]) {
      const found = await target.ask('kelviq', 'GET', root.replace(/\/$/, '') + path);
      assert.deepEqual([found.status, found.json], [200, { results: [one], count: 1 }], path);
    }
    const { json } = await ask(target, 'GET', '');
    const results = json.results as Record<string, unknown>[];
    assert.equal(json.count, results.length);
    for (const each of results) assertOrganization(target, each);
    assert.deepEqual((await ask(target, 'GET', '?external_id=nobody')).json, { results: [], count: 0 });
  },
  bad: (target) => assertGuarded(target, 'GET', ''),
};

/** Reads of one organization, with the slash that the vendor's own examples write and without. */
function reading(endpoint: string, pathOf: (one: Record<string, unknown>) => string, unknown: string): Row {
  return {
    page: 'kelviq',
    endpoint,
    at: both,
    async good(target) {
      const one = await opened(target);
      for (const path of [`${pathOf(one)}/`, pathOf(one)]) {
        const read = await ask(target, 'GET', path);
        assert.deepEqual([read.status, read.json], [200, one], path);
      }
    },
    async bad(target) {
      for (const path of [unknown, `${unknown}/`]) assertRefused(await ask(target, 'GET', path), 404);
      await assertGuarded(target, 'GET', `${unknown}/`);
    },
  };
}

export const kelviqRows: readonly Row[] = [
  provision,
  list,
  reading('GET /partner/organizations/{identifier}/', (one) => String(one.organizationIdentifier), '00000000-0000-4000-8000-000000000000'),
  reading(
    'GET /partner/organizations/by-external-id/{externalId}/',
    (one) => `by-external-id/${encodeURIComponent(String(one.partnerExternalId))}`,
    'by-external-id/nobody',
  ),
];
