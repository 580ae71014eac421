import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const teams = '/api/partner/teams';
const organizations = '/api/v1/partner/organizations/';
const person = (email: string, companyName = 'Nordin Tryck') => ({ email, firstName: 'Ada', lastName: 'Nordin', companyName });
const openTeam = (body: unknown, key = platform.keys.scribeless) => call(platform, 'POST', teams, { 'X-API-Key': key }, body);
const openOrganization = (body: unknown, key = platform.keys.kelviq) =>
  call(platform, 'POST', organizations, { 'X-Kelviq-Partner-Key': key }, body);
const part = (json: Record<string, unknown>, name: string) => json[name] as Record<string, string>;

test('an owner at both vendors has one organization behind both, whichever came first and however the e-mail is written', async () => {
  const before = platform.counts();
  assert.equal((await openTeam(person('one@both.example'))).status, 200);
  assert.equal((await openOrganization({ externalId: 'both-1', email: 'ONE@Both.example' })).status, 201);
  assert.equal((await openOrganization({ externalId: 'both-2', email: 'two@both.example' })).status, 201);
  assert.equal((await openTeam(person('Two@both.example'))).status, 200);
  const now = platform.counts();
  assert.deepEqual([now.teams - before.teams, now.kelviq - before.kelviq, now.organizations - before.organizations], [2, 2, 2]);
});

test('Scribeless takes a repeated e-mail: a second team, its own key, the same owner', async () => {
  const before = platform.counts();
  const first = await openTeam(person('again@shop.example'));
  const second = await openTeam(person('again@shop.example', 'Another name'));
  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.notEqual(first.json.teamId, second.json.teamId);
  assert.notEqual(part(first.json, 'apiKey').key, part(second.json, 'apiKey').key);
  assert.equal(part(first.json, 'owner').userId, part(second.json, 'owner').userId);
  const now = platform.counts();
  assert.deepEqual([now.teams - before.teams, now.organizations - before.organizations], [2, 1]);
});

test('Kelviq refuses a repeated external id with 400 before it looks at the e-mail, and a taken e-mail with 409', async () => {
  const body = { externalId: 'k-1', email: 'kim@shop.example', businessName: 'Shop 9' };
  assert.equal((await openOrganization(body)).status, 201);
  const same = await openOrganization(body);
  assert.deepEqual([same.status, same.json], [400, { detail: { externalId: ['externalId already exists for this partner.'] } }]);
  const taken = await openOrganization({ ...body, externalId: 'k-2', email: 'KIM@shop.example' });
  assert.equal(taken.status, 409);
  assert.equal(typeof taken.json.detail, 'string');
});

test('Kelviq refuses the owner of another account, wherever that account provisioned it; Scribeless does not', async () => {
  const others = await platform.seed('Another partner');
  assert.equal((await openTeam(person('theirs@shop.example'), others.scribeless)).status, 200);
  assert.equal((await openOrganization({ externalId: 'mine', email: 'theirs@shop.example' })).status, 409);
  const before = platform.counts();
  assert.equal((await openTeam(person('theirs@shop.example'))).status, 200);
  assert.equal(platform.counts().organizations, before.organizations + 1);
});

test('no partner finds the organizations of another', async () => {
  const others = await platform.seed('A third partner');
  const { json } = await openOrganization({ externalId: 'secret-1', email: 'secret@shop.example' });
  for (const path of [`${json.organizationIdentifier}/`, 'by-external-id/secret-1/']) {
    const { status, json } = await call(platform, 'GET', organizations + path, { 'X-Kelviq-Partner-Key': others.kelviq });
    assert.deepEqual([status, json], [404, { detail: 'Not found.' }]);
  }
  const list = await call(platform, 'GET', organizations, { 'X-Kelviq-Partner-Key': others.kelviq });
  assert.deepEqual(list.json, { results: [], count: 0 });
  assert.equal((await openOrganization({ externalId: 'secret-1', email: 'own@third.example' }, others.kelviq)).status, 201);
});

test('an external id may be any text of 128 characters', async () => {
  const externalId = `a/b?c=d&e#f%20 ü ${'x'.repeat(128)}`.slice(0, 128);
  const { status, json } = await openOrganization({ externalId, email: 'odd@shop.example' });
  assert.equal(status, 201);
  const headers = { 'X-Kelviq-Partner-Key': platform.keys.kelviq };
  const read = await call(platform, 'GET', `${organizations}by-external-id/${encodeURIComponent(externalId)}/`, headers);
  assert.deepEqual(read.json, json);
  const listed = await call(platform, 'GET', `${organizations}?external_id=${encodeURIComponent(externalId)}`, headers);
  assert.deepEqual(listed.json, { results: [json], count: 1 });
  const none = await call(platform, 'GET', `${organizations}?external_id=nobody`, headers);
  assert.deepEqual(none.json, { results: [], count: 0 });
});

test('slugs of one name are told apart, and a name without letters has one too', async () => {
  const slugs = [];
  for (const [i, businessName] of ['Café Örn & Co', 'cafe orn co', 'Cafe Orn Co', '株式会社'].entries())
    slugs.push((await openOrganization({ externalId: `slug-${i}`, email: `slug${i}@shop.example`, businessName })).json.organizationSlug);
  assert.deepEqual(slugs, ['cafe-orn-co', 'cafe-orn-co-2', 'cafe-orn-co-3', 'organization']);
});

test('every missing or wrong detail is named, in each vendor’s own shape; unknown fields are ignored', async () => {
  const nothing = await openTeam({});
  assert.deepEqual(
    [nothing.status, nothing.json],
    [
      400,
      {
        error: true,
        url: teams,
        statusCode: 400,
        statusMessage: 'Server Error',
        message: 'email is required; firstName is required; lastName is required; companyName is required',
      },
    ],
  );
  const wrong = await openTeam({ ...person('not an address', 'x'.repeat(201)), firstName: 7, lastName: ' ', extra: true });
  assert.equal(
    wrong.json.message,
    'email must be an e-mail address; firstName must be a string; lastName must not be empty; companyName must have at most 200 characters',
  );
  assert.deepEqual((await openOrganization('')).json, { detail: 'There is no body: send JSON.' });
  const empty = await openOrganization({});
  assert.deepEqual(
    [empty.status, empty.json],
    [400, { detail: { externalId: ['This field is required.'], email: ['This field is required.'] } }],
  );
  const faults = await openOrganization({ externalId: 'x'.repeat(129), email: 'nobody', businessName: null, extra: 1 });
  assert.deepEqual(faults.json, {
    detail: {
      externalId: ['Ensure this field has no more than 128 characters.'],
      email: ['Enter a valid email address.'],
      businessName: ['This field may not be null.'],
    },
  });
  const list = await openOrganization([1]);
  assert.equal(list.status, 400);
  assert.ok(Object.hasOwn(part(list.json, 'detail'), 'non_field_errors'));
  assert.equal((await openTeam({ ...person('extra@shop.example'), unknown: { deep: 1 } })).status, 200);
});

test('what is no JSON, too large, or sent the wrong way is refused in the dialect of its path', async () => {
  const scribeless = { 'X-API-Key': platform.keys.scribeless };
  const kelviq = { 'X-Kelviq-Partner-Key': platform.keys.kelviq };
  const large = JSON.stringify({ email: 'x'.repeat(70_000) });
  const asked: [string, string, Record<string, string>, string | undefined, number][] = [
    ['POST', teams, scribeless, '{"email":', 400],
    ['POST', organizations, kelviq, '{"email":', 400],
    ['POST', teams, scribeless, large, 413],
    ['POST', organizations, kelviq, large, 413],
    ['GET', teams, scribeless, undefined, 405],
    ['DELETE', organizations, kelviq, undefined, 405],
    ['GET', '/api/templates', scribeless, undefined, 404],
    ['GET', '/api/v1/nothing/', kelviq, undefined, 404],
  ];
  for (const [method, path, headers, body, expected] of asked) {
    const { status, json, headers: answered } = await call(platform, method, path, headers, body);
    assert.equal(status, expected, `${method} ${path}`);
    if (status === 405) assert.match(answered.get('allow') ?? '', /POST/);
    if (path.startsWith('/api/v1/')) assert.equal(typeof json.detail, 'string');
    else assert.deepEqual([json.error, json.url, json.statusCode, typeof json.message], [true, path, expected, 'string']);
  }
  const form = await call(platform, 'POST', organizations, { ...kelviq, 'Content-Type': 'text/plain' }, 'hello');
  assert.equal(form.status, 415);
});

test('a key of another kind is no partner key', async () => {
  const team = await openTeam(person('kinds@shop.example'));
  const organization = await openOrganization({ externalId: 'kinds', email: 'kinds@shop.example' });
  const teamKey = part(team.json, 'apiKey').key ?? '';
  const before = platform.counts();
  for (const key of ['', 'nonsense', teamKey, platform.keys.kelviq, platform.keys.loyva, platform.keys.scribeless.toUpperCase()]) {
    const { status, json } = await openTeam(person('refused@shop.example'), key);
    assert.deepEqual([status, json.statusCode, json.message], [401, 401, 'Invalid authentication token.']);
  }
  for (const key of ['', platform.keys.scribeless, platform.keys.kelviq]) {
    const { status, json } = await call(platform, 'GET', '/api/account/status', { 'X-API-Key': key });
    assert.deepEqual([status, json.error], [401, true]);
  }
  const ask = (key: string) => openOrganization({ externalId: 'refused', email: 'refused@shop.example' }, key);
  assert.deepEqual([(await ask('')).status, (await ask('')).json], [401, { detail: 'Authentication credentials were not provided.' }]);
  assert.deepEqual([(await ask(platform.keys.scribeless)).status, (await ask(teamKey)).json], [401, { detail: 'Invalid partner key.' }]);
  assert.equal((await ask(String(organization.json.serverKey))).status, 403);
  assert.deepEqual(platform.counts(), before);
});

test('no key lies in the clear in the database', async () => {
  const team = await openTeam(person('clear@shop.example'));
  const organization = await openOrganization({ externalId: 'clear', email: 'clear@shop.example' });
  const secrets = [...Object.values(platform.keys), part(team.json, 'apiKey').key, organization.json.serverKey, team.json.billingSetupUrl];
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  const everything = db.serialize().toString('latin1');
  db.close();
  for (const secret of secrets) assert.ok(!everything.includes(String(secret).split('sessionId=').pop() ?? ''), 'a secret was found');
});

test('a provisioning that fails at its last line has left nothing behind, and works when asked again', async () => {
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  const before = platform.counts();
  db.exec(`create trigger full before insert on outbox begin select raise(abort, 'disk full'); end`);
  const team = await openTeam(person('crash@shop.example'));
  const organization = await openOrganization({ externalId: 'crash', email: 'crash@shop.example' });
  db.exec('drop trigger full');
  db.close();
  assert.deepEqual([team.status, organization.status], [500, 500]);
  assert.ok(!team.text.includes('disk full') && !organization.text.includes('disk full'));
  assert.equal(platform.reported.splice(0).length, 2);
  assert.deepEqual(platform.counts(), before);
  assert.equal((await openTeam(person('crash@shop.example'))).status, 200);
  assert.equal((await openOrganization({ externalId: 'crash', email: 'crash@shop.example' })).status, 201);
});

test('twenty calls at once make twenty teams of one organization, and one Kelviq organization', async () => {
  const before = platform.counts();
  const twenty = Array.from({ length: 20 });
  const opened = await Promise.all(twenty.map(() => openTeam(person('rush@shop.example'))));
  assert.ok(opened.every(({ status }) => status === 200));
  const asked = await Promise.all(twenty.map((_, i) => openOrganization({ externalId: `rush-${i}`, email: 'rush@shop.example' })));
  assert.deepEqual(asked.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 409)]);
  const now = platform.counts();
  assert.deepEqual([now.teams - before.teams, now.kelviq - before.kelviq, now.organizations - before.organizations], [20, 1, 1]);
  assert.deepEqual(platform.reported, []);
});
