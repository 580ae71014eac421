import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { toldOf } from '../world/told.ts';
import { ada, ask, embedToken, linkToken, sendEnvelope, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const minute = 60_000;
const hour = 60 * minute;
const codeOf = ({ status, json }: { status: number; json: Record<string, unknown> }) => `${status} ${json.code}`;
const report = { address: '203.0.113.7', user_agent: 'Browser/1', session: 'ses_aaaaaaaaaaaaaaaaaaaaaaaa', assurance: 'email-code' };

/** How the signer was reached, as the record has it. */
const recorded = (id: string) => ({ ...toldOf(platform, id).find(({ kind }) => kind === 'signer.consented')?.reached });

test('an embed token is good for fifteen minutes; used in time it opens the ceremony for four hours, also after the end', async () => {
  const id = await sendEnvelope(platform);
  const [used, unused] = [await embedToken(platform, id, ada.email), await embedToken(platform, id, ada.email)];
  const start = platform.clock.now;
  const signer = signerWith(platform, used);
  await signer.read();
  platform.clock.now = start + 16 * minute;
  assert.equal((await signer.read()).state, 'open');
  assert.equal(codeOf(await signerWith(platform, unused).send('GET', '')), '401 token-expired');
  await ask(platform, 'POST', id, '/void', { reason: 'No longer needed' });
  platform.clock.now = start + 4 * hour - 1;
  assert.equal((await signer.read()).state, 'voided');
  platform.clock.now = start + 4 * hour;
  assert.equal(codeOf(await signer.send('GET', '')), '401 token-expired');
  platform.clock.now = start;
});

test('a link lasts seven days', async () => {
  const id = await sendEnvelope(platform);
  const signer = signerWith(platform, await linkToken(platform, id, ada.email));
  const start = platform.clock.now;
  platform.clock.now = start + 7 * 24 * hour - 1;
  assert.equal((await signer.read()).state, 'open');
  platform.clock.now = start + 7 * 24 * hour;
  assert.equal(codeOf(await signer.send('GET', '')), '401 token-expired');
  platform.clock.now = start;
});

test('nothing else opens it: no token, another kind, a changed one, or what an embed token is noted under', async () => {
  const id = await sendEnvelope(platform);
  const token = await embedToken(platform, id, ada.email);
  await signerWith(platform, token).read();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string };
  const forged = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('"signer":"sig_', '"signer":"sig_b')).toString(
    'base64url',
  );
  const none = Buffer.from('{"alg":"none","typ":"sign+jwt"}').toString('base64url');
  const attempts = [jti, 'x'.repeat(43), platform.keys.loyva, `${header}.${forged}.${signature}`, `${none}.${payload}.x`, `${token}=`];
  for (const attempt of attempts) assert.equal(codeOf(await signerWith(platform, attempt).send('GET', '')), '401 token-invalid', attempt);
  assert.equal(codeOf(await call(platform, 'GET', ceremonyPath, {})), '401 unauthenticated');
  assert.equal(codeOf(await call(platform, 'GET', ceremonyPath, { Authorization: `Basic ${token}` })), '401 unauthenticated');
  assert.equal(codeOf(await call(platform, 'GET', ceremonyPath, { 'X-API-Key': platform.keys.loyva })), '401 unauthenticated');
});

test("with an embed token the partner's report of the browser is recorded as the partner's, and claims no more than that", async () => {
  const id = await sendEnvelope(platform);
  const headers = { 'Inlay-Client': JSON.stringify(report), 'User-Agent': 'Gateway/1' };
  await signerWith(platform, await embedToken(platform, id, ada.email), headers).consent();
  assert.deepEqual(recorded(id), {
    assurance: 'partner-asserted',
    address: '203.0.113.7',
    userAgent: 'Browser/1',
    reportedBy: 'Harbor Leasing',
    session: report.session,
  });
});

test('a report that cannot be read is refused, not left out', async () => {
  const id = await sendEnvelope(platform);
  const token = await embedToken(platform, id, ada.email);
  const bodies = [
    '{',
    '[]',
    JSON.stringify({ ...report, assurance: 'in-person' }),
    JSON.stringify({ ...report, user_agent: 'x'.repeat(501) }),
  ];
  for (const body of bodies)
    assert.equal(codeOf(await signerWith(platform, token, { 'Inlay-Client': body }).consent()), '422 invalid-input', body.slice(0, 60));
});

test('with a link, what the platform sees is recorded and what the caller says of itself is not', async () => {
  const id = await sendEnvelope(platform);
  const headers = {
    'Inlay-Client': JSON.stringify(report),
    'User-Agent': 'Phone/7',
    'X-Forwarded-For': '198.51.100.1',
    Forwarded: 'for=198.51.100.1',
  };
  await signerWith(platform, await linkToken(platform, id, ada.email), headers).consent();
  assert.deepEqual(recorded(id), {
    assurance: 'link-given-to-partner',
    address: '127.0.0.1',
    userAgent: 'Phone/7',
    reportedBy: 'the platform',
    session: null,
  });
});

test('who agrees by a signing link and signs in a session of the partner’s has signed by the latter', async () => {
  const id = await sendEnvelope(platform);
  const [strong, weak] = [await linkToken(platform, id, ada.email), await embedToken(platform, id, ada.email)];
  await signerWith(platform, strong).consent();
  const signer = signerWith(platform, weak, { 'Inlay-Client': JSON.stringify(report) });
  await signer.fill();
  assert.equal((await signer.finish()).status, 200);
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const { reached } = db.prepare('select reached from signers where envelope_id = ?').get(id) as { reached: string };
  db.close();
  assert.deepEqual(
    [recorded(id).assurance, JSON.parse(reached).assurance, JSON.parse(reached).reportedBy],
    ['link-given-to-partner', 'partner-asserted', 'Harbor Leasing'],
  );
});

test('tokens of links are kept as hashes only, and embed tokens not at all', async () => {
  const id = await sendEnvelope(platform);
  const [link, token] = [await linkToken(platform, id, ada.email), await embedToken(platform, id, ada.email)];
  for (const each of [link, token]) await signerWith(platform, each).consent();
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const tables = db.prepare(`select name from sqlite_master where type = 'table'`).all() as { name: string }[];
  const everything = tables.map(({ name }) => JSON.stringify(db.prepare(`select * from "${name}"`).all())).join('\n');
  db.close();
  assert.ok(everything.includes(id));
  for (const secret of [link, token, ...token.split('.').slice(1)]) assert.ok(!everything.includes(secret));
});
