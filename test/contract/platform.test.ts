import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../start-platform.ts';

/** The vendors' pages as they were handed to us; the examples are cut out of them letter by letter. */
const seed = async (name: string): Promise<string> => readFile(new URL(`./seeds/${name}.txt`, import.meta.url), 'utf8');

/** The JSON object that begins at the n-th `{` standing alone at the start of a line. */
function exampleIn(text: string, n: number): { text: string; json: Record<string, unknown> } {
  const starts = [...text.matchAll(/\{\n/g)].map((match) => match.index).filter((at) => text[at - 1] === '\n' || text[at - 1] === "'");
  const start = starts[n];
  assert.ok(start !== undefined, `The page has no example number ${n}.`);
  for (let end = text.indexOf('}', start); end >= 0; end = text.indexOf('}', end + 1)) {
    const part = text.slice(start, end + 1);
    try {
      return { text: part, json: JSON.parse(part) };
    } catch {
      // A brace inside: the object goes on.
    }
  }
  assert.fail('The example does not end.');
}

/** The same keys in the same order with values of the same kind, all the way down. */
function assertSameShape(answer: unknown, example: unknown, at = ''): void {
  assert.equal(typeof answer, typeof example, `${at} is of another kind`);
  if (example === null || typeof example !== 'object') return;
  assert.deepEqual(Object.keys(answer as object), Object.keys(example), `${at} has other keys`);
  for (const [key, value] of Object.entries(example)) assertSameShape((answer as Record<string, unknown>)[key], value, `${at}/${key}`);
}

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

test('Scribeless: the example request of its page is answered like the example answer of its page', async () => {
  const page = await seed('scribeless');
  const request = exampleIn(page, 0);
  const example = exampleIn(page, 1).json;
  const { status, json, headers } = await call(
    platform,
    'POST',
    '/api/partner/teams',
    { 'X-API-Key': platform.keys.scribeless },
    request.text,
  );
  assert.ok(status >= 200 && status < 300);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assertSameShape(json, example);
  const answer = json as typeof example & Record<'apiKey' | 'owner' | 'invitation' | 'links', Record<string, string>>;
  const literal = example as typeof answer;
  assert.equal(answer.apiKey.name, literal.apiKey.name);
  assert.equal(answer.owner.email, literal.owner.email);
  assert.equal(answer.invitation.status, literal.invitation.status);
  const form = (text: string | undefined) => text?.replace(/\d/g, '0');
  assert.equal(form(answer.apiKey.created_at), form(literal.apiKey.created_at));
  const relative = (address: unknown, base: string) => String(address).replace(base, '').replace(/=.*/, '=');
  const theirs = 'https://platform.scribeless.co';
  assert.equal(relative(answer.billingSetupUrl, platform.url), relative(literal.billingSetupUrl, theirs));
  assert.equal(relative(answer.links.templatesUrl, platform.url), relative(literal.links.templatesUrl, theirs));
});

test('Scribeless: the returned key opens the account status, as its page says', async () => {
  const request = { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper', companyName: 'Status Co' };
  const opened = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, request);
  const key = (opened.json.apiKey as Record<string, string>).key ?? '';
  const { status, json } = await call(platform, 'GET', '/api/account/status', { 'X-API-Key': key });
  assert.equal(status, 200);
  assert.deepEqual(
    { ...json, billingSetupUrl: typeof json.billingSetupUrl },
    {
      teamId: opened.json.teamId,
      templatesReady: false,
      billByInvoice: false,
      canListTemplates: false,
      canCreateCampaigns: false,
      canCreateRecurringCampaign: false,
      billingSetupUrl: 'string',
      links: { templatesUrl: `${platform.url}/templates` },
    },
  );
  assert.equal(json.billingSetupUrl, opened.json.billingSetupUrl);
});

test('Kelviq: the example request of its page is answered like the example answer of its page, by all four calls', async () => {
  const page = await seed('kelviq');
  const request = exampleIn(page, 0);
  const example = exampleIn(page, 1).json;
  const headers = { 'X-Kelviq-Partner-Key': platform.keys.kelviq };
  const { status, json } = await call(platform, 'POST', '/api/v1/partner/organizations/', headers, request.text);
  assert.ok(status >= 200 && status < 300);
  assertSameShape(json, example);
  assert.equal(json.partnerExternalId, example.partnerExternalId);
  assert.equal(json.organizationSlug, example.organizationSlug);
  assert.match(String(json.organizationIdentifier), /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Number.isInteger(json.userId));
  assert.match(String(json.clientKey), /^ck_live_[0-9a-z]{12,}$/);
  assert.match(String(json.serverKey), /^sk_live_[0-9a-z]{12,}$/);

  const reads = [`${json.organizationIdentifier}`, `by-external-id/${json.partnerExternalId}`];
  for (const path of reads.flatMap((path) => [path, `${path}/`])) {
    const read = await call(platform, 'GET', `/api/v1/partner/organizations/${path}`, headers);
    assert.deepEqual([read.status, read.json], [200, json], path);
  }
  for (const path of ['', '/', '?external_id=acme-corp', '/?external_id=acme-corp']) {
    const list = await call(platform, 'GET', `/api/v1/partner/organizations${path}`, headers);
    assert.deepEqual([list.status, list.json], [200, { results: [json], count: 1 }], path);
  }
});
