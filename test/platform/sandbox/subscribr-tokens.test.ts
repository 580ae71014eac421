import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { teamAbilities } from '../../../shared/team.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { SubscribrNewToken, SubscribrTokens } from './subscribr-answers.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const path = '/api/v1/team/tokens';
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const person = { firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin Tryck' };
let teams = 0;
async function openTeam(): Promise<string> {
  const body = { ...person, email: `owner${++teams}@token.example` };
  const opened = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, body);
  return (opened.json.apiKey as { key: string }).key;
}
const post = (key: string, body: unknown) => call(platform, 'POST', path, bearer(key), body);
const remove = (key: string, id: unknown) => call(platform, 'DELETE', `${path}/${id}`, bearer(key));
const list = async (key: string) => SubscribrTokens.parse((await call(platform, 'GET', path, bearer(key))).json).tokens;
async function make(key: string, name: string, abilities: readonly string[] = ['scripts:read']) {
  const answer = await post(key, { name, abilities });
  assert.equal(answer.status, 201, answer.text);
  return SubscribrNewToken.parse(answer.json).token;
}

test('a token is shown once, listed without its secret, works until it is deleted, and its number never names another', async () => {
  const key = await openTeam();
  const answer = await post(key, { name: '  Zapier Integration ', abilities: ['intel:read', 'scripts:read', 'intel:read'] });
  const { token } = SubscribrNewToken.parse(answer.json);
  assert.deepEqual([answer.status, answer.json], [201, { token: { ...token, name: 'Zapier Integration' } }]);
  assert.deepEqual(Object.keys(token), ['id', 'name', 'abilities', 'token']);
  assert.deepEqual(token.abilities, ['intel:read', 'scripts:read']);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const listed = { id: token.id, name: 'Zapier Integration', abilities: ['intel:read', 'scripts:read'], last_used_at: null };
  assert.deepEqual(await list(key), [listed]);

  assert.deepEqual(
    (await call(platform, 'GET', '/api/v1/team', bearer(token.token))).json,
    (await call(platform, 'GET', '/api/v1/team', bearer(key))).json,
  );
  const gone = await remove(key, token.id);
  assert.deepEqual([gone.status, gone.json], [200, { message: 'Token deleted successfully' }]);
  assert.equal((await call(platform, 'GET', '/api/v1/team', bearer(token.token))).status, 401);
  const again = await remove(key, token.id);
  assert.deepEqual([again.status, again.json], [404, { message: 'Token not found' }]);
  assert.ok((await make(key, 'Zapier Integration')).id > token.id);
});

test('the tokens of others are not found, and neither is what is no number', async () => {
  const [mine, theirs] = [await openTeam(), await openTeam()];
  const token = await make(theirs, 'Theirs');
  assert.deepEqual(await list(mine), []);
  for (const id of [token.id, 0, -1, '1e3', '7001.0', 'abc', '9'.repeat(30), '%00', encodeURIComponent(token.token)])
    assert.deepEqual([(await remove(mine, id)).status, (await remove(mine, id)).json], [404, { message: 'Token not found' }], String(id));
  assert.equal((await list(theirs)).length, 1);
});

test('every fault of a request is named by its field, the first one on top', async () => {
  const key = await openTeam();
  const asked: [unknown, string, Record<string, string[]>][] = [
    [
      {},
      'The name field is required. (and 1 more error)',
      { name: ['The name field is required.'], abilities: ['The abilities field is required.'] },
    ],
    [
      { name: null, abilities: [] },
      'The name field is required. (and 1 more error)',
      { name: ['The name field is required.'], abilities: ['The abilities field is required.'] },
    ],
    [
      { name: 7, abilities: 'intel:read' },
      'The name field must be a string. (and 1 more error)',
      { name: ['The name field must be a string.'], abilities: ['The abilities field must be an array.'] },
    ],
    [
      { name: '🎬'.repeat(256), abilities: ['intel:read', 'channels:write', 3] },
      'The name field must not be greater than 255 characters. (and 2 more errors)',
      {
        name: ['The name field must not be greater than 255 characters.'],
        'abilities.1': ['The selected ability is invalid.'],
        'abilities.2': ['The selected ability is invalid.'],
      },
    ],
    [
      { name: 'a\u0000b', abilities: ['intel:read'] },
      'The name field must not contain control characters.',
      { name: ['The name field must not contain control characters.'] },
    ],
    [
      { name: 'Long', abilities: Array(51).fill('intel:read') },
      'The abilities field must not have more than 50 items.',
      { abilities: ['The abilities field must not have more than 50 items.'] },
    ],
  ];
  for (const [body, message, errors] of asked) {
    const { status, json } = await post(key, body);
    assert.deepEqual([status, json], [422, { message, errors }]);
  }
  assert.equal((await post(key, '{"name":"a\\ud800","abilities":["intel:read"]}')).status, 422);
  assert.deepEqual(Object.keys((await post(key, [1])).json.errors as object), ['body']);
  assert.deepEqual(await list(key), []);
  const longest = await make(key, '🎬'.repeat(255), teamAbilities);
  assert.deepEqual(longest.abilities, teamAbilities);
  assert.equal((await post(key, { name: 'Extra', abilities: ['intel:read'], unknown: { deep: 1 } })).status, 201);
});

test('what is no JSON, too large, or sent the wrong way is refused in Subscribr’s shape, and makes nothing', async () => {
  const key = await openTeam();
  for (const [body, type, status] of [
    ['{"name":', 'application/json', 400],
    [JSON.stringify({ name: 'x'.repeat(70_000) }), 'application/json', 413],
    ['name=x', 'application/x-www-form-urlencoded', 415],
  ] as const) {
    const answer = await call(platform, 'POST', path, { ...bearer(key), 'Content-Type': type }, body);
    assert.deepEqual([answer.status, Object.keys(answer.json)], [status, ['message']]);
  }
  assert.deepEqual(await list(key), []);
});

test('a token grants only what it was granted, and every ability it lacks is named', async () => {
  const key = await openTeam();
  const small = await make(key, 'Small', ['intel:read', 'scripts:read']);
  const { status, json } = await post(small.token, { name: 'Small', abilities: ['scripts:write', 'intel:read', 'webhooks:write'] });
  assert.equal(status, 422);
  assert.deepEqual(json, {
    message: 'The name has already been taken. (and 2 more errors)',
    errors: {
      name: ['The name has already been taken.'],
      'abilities.0': ['This token cannot grant scripts:write: it was not granted itself.'],
      'abilities.2': ['This token cannot grant webhooks:write: it was not granted itself.'],
    },
  });
  const smaller = await make(small.token, 'Smaller', ['intel:read']);
  assert.equal((await post(smaller.token, { name: 'Back again', abilities: ['scripts:read'] })).status, 422);
  assert.deepEqual(
    (await list(smaller.token)).map(({ name }) => name),
    ['Small', 'Smaller'],
  );
  assert.equal((await remove(smaller.token, smaller.id)).status, 200);
  assert.equal((await post(smaller.token, { name: 'After all', abilities: ['intel:read'] })).status, 401);
});

test('of twenty calls at once for one name exactly one makes a token; another team may have the name too', async () => {
  const [key, other] = [await openTeam(), await openTeam()];
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(key, { name: 'Rush', abilities: ['intel:read'] })));
  const made = answers.filter(({ status }) => status === 201);
  assert.equal(made.length, 1);
  for (const { status, json } of answers.filter((answer) => !made.includes(answer)))
    assert.deepEqual(
      [status, json],
      [422, { message: 'The name has already been taken.', errors: { name: ['The name has already been taken.'] } }],
    );
  assert.equal((await list(key)).length, 1);
  assert.equal((await post(other, { name: 'Rush', abilities: ['intel:read'] })).status, 201);
  const gone = await Promise.all(
    Array.from({ length: 5 }, async () => (await remove(key, SubscribrNewToken.parse(made[0]?.json).token.id)).status),
  );
  assert.deepEqual(gone.sort(), [200, 404, 404, 404, 404]);
});

test('when a token was last used is known to the minute, not written with every call', async () => {
  const key = await openTeam();
  const { token } = await make(key, 'Used');
  const used = async () => (await list(key))[0]?.last_used_at;
  const use = () => call(platform, 'GET', '/api/v1/team/credits', bearer(token));
  const started = platform.clock.now;
  await use();
  assert.equal(await used(), '2026-11-21T09:00:00Z');
  for (const [after, shown] of [
    [59_999, '2026-11-21T09:00:00Z'],
    [60_000, '2026-11-21T09:01:00Z'],
    [119_999, '2026-11-21T09:01:00Z'],
  ] as const) {
    platform.clock.now = started + after;
    await use();
    assert.equal(await used(), shown);
  }
  platform.clock.now = started;
});

test('no token lies in the clear in the database, and one that could not be kept was never given', async () => {
  const key = await openTeam();
  const { token } = await make(key, 'Kept');
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  assert.ok(!db.serialize().toString('latin1').includes(token.slice('sk_live_'.length)));
  db.exec(`create trigger full before insert on subscribr_tokens begin select raise(abort, 'disk full'); end`);
  const failed = await post(key, { name: 'Lost', abilities: ['intel:read'] });
  db.exec('drop trigger full');
  db.close();
  assert.deepEqual([failed.status, failed.json], [500, { message: 'Server Error' }]);
  assert.equal(platform.reported.splice(0).length, 1);
  assert.deepEqual(
    (await list(key)).map(({ name }) => name),
    ['Kept'],
  );
  await make(key, 'Lost');
  assert.deepEqual(platform.reported, []);
});
