import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../start-platform.ts';

/** The vendors' pages as they were handed to us: a client of theirs changes host and key, and nothing else. */
const seed = (name: string): Promise<string> => readFile(new URL(`./seeds/${name}.txt`, import.meta.url), 'utf8');

/** The JSON objects of a page, in order, each letter by letter. */
function examplesIn(text: string): string[] {
  const examples: string[] = [];
  for (let start = text.indexOf('{\n'); start >= 0; ) {
    let end = start;
    for (let depth = 0; end < text.length; end += 1) {
      if (text[end] === '{') depth += 1;
      if (text[end] === '}') depth -= 1;
      if (depth === 0) break;
    }
    examples.push(text.slice(start, end + 1));
    start = text.indexOf('{\n', end);
  }
  return examples;
}

/** The same keys in the same order, with values of the same kind, all the way down. */
function assertSameShape(answer: unknown, example: unknown, at = ''): void {
  assert.equal(typeof answer, typeof example, `${at} is of another kind`);
  if (example === null || typeof example !== 'object') return;
  assert.deepEqual(Object.keys(answer as object), Object.keys(example), `${at} has other keys`);
  for (const [key, value] of Object.entries(example)) assertSameShape((answer as Record<string, unknown>)[key], value, `${at}/${key}`);
}

let platform: StartedPlatform;
let gateway: StartedGateway;
let key: string;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  ({ key } = await gateway.partner({ vendorKeys: { scribeless: platform.keys.scribeless, kelviq: platform.keys.kelviq } }));
});
after(async () => {
  await gateway.close();
  await platform.close();
});

test('Scribeless’s example goes through the gateway as it is written, and its answer has the example’s keys, the secret apart', async () => {
  const [request = '', example = ''] = examplesIn(await seed('scribeless'));
  const { status, json, text, headers } = await call(gateway, 'POST', '/api/partner/teams', { 'X-API-Key': key }, request);
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assertSameShape(json, JSON.parse(example));
  assert.match(String((json.apiKey as Record<string, unknown>).key), /^cred_[a-z2-7]{24}$/);
  assert.doesNotMatch(text, /slt_/);

  const named = { 'X-API-Key': key, 'X-Inlay-Credential': String((json.apiKey as Record<string, unknown>).key) };
  const read = await call(gateway, 'GET', '/api/account/status', named);
  const page = [
    'teamId',
    'templatesReady',
    'billByInvoice',
    'canListTemplates',
    'canCreateCampaigns',
    'canCreateRecurringCampaign',
    'billingSetupUrl',
    'links',
  ];
  assert.deepEqual(Object.keys(read.json).sort(), page.sort());
  assert.equal(read.json.teamId, json.teamId);
});

test('Kelviq’s example goes through all four calls, with a reference in the place of the server key', async () => {
  const [request = '', example = ''] = examplesIn(await seed('kelviq'));
  const headers = { 'X-Kelviq-Partner-Key': key };
  const opened = await call(gateway, 'POST', '/api/v1/partner/organizations/', headers, request);
  assert.equal(opened.status, 201);
  assertSameShape(opened.json, JSON.parse(example));
  assert.equal(opened.json.partnerExternalId, 'acme-corp');
  assert.match(String(opened.json.serverKey), /^cred_/);
  const base = '/api/v1/partner/organizations';
  const one = await call(gateway, 'GET', `${base}/${opened.json.organizationIdentifier}/`, headers);
  const byId = await call(gateway, 'GET', `${base}/by-external-id/acme-corp/`, headers);
  const list = await call(gateway, 'GET', `${base}/?external_id=acme-corp`, headers);
  assert.deepEqual([one.json, byId.json, list.json], [opened.json, opened.json, { results: [opened.json], count: 1 }]);
});

test('the keys of the vendors themselves open nothing at the gateway', async () => {
  const [request = ''] = examplesIn(await seed('scribeless'));
  assert.equal((await call(gateway, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, request)).status, 401);
  assert.equal(
    (await call(gateway, 'GET', '/api/v1/partner/organizations/', { 'X-Kelviq-Partner-Key': platform.keys.kelviq })).status,
    401,
  );
});
