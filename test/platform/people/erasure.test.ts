import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type CeremonyView, clientHeader } from '../../../shared/signing/ceremony.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { rootOf } from '../log/second-log.ts';
import { answersTo, complete, create, dataOf, eventsOf, meddle, partner, rows, sign, signerOf } from '../world/envelopes.ts';
import { toldOf } from '../world/told.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

interface Erased {
  readonly person: string;
  readonly envelopes: number;
  readonly erased_at: string;
  readonly kept: readonly { envelope_id: string; why: string }[];
}
const erase = (email: string, key?: string) => partner(platform, 'POST', '/api/v2/partner/erasures', { email }, key);

const mina = { email: 'Wilhelmina.Canary@shop.example', name: 'Wilhelmina Canary' };
const bo = { email: 'bo@shop.example', name: 'Bo Berg' };
const report = {
  address: '203.0.113.77',
  user_agent: 'CanaryBrowser/9',
  session: 'ses_aaaaaaaaaaaaaaaaaaaaaaaa',
  assurance: 'partner-asserted',
};
/** What must be nowhere once she is forgotten; the first three lie in rows until then. */
const traces = ['wilhelmina.canary', 'Wilhelmina Canary', 'typed by the canary', '203.0.113.77', 'CanaryBrowser', 'the canary would not'];

/** Both are asked, she as the customer too; she agrees and fills in. */
async function asked(): Promise<{ id: string; ceremony: Awaited<ReturnType<typeof signerOf>> }> {
  platform.clock.now += 1_000;
  const over = { customer_email: mina.email, customer_name: mina.name, signers: [mina, bo] };
  const id = await create(platform, over);
  const ceremony = await signerOf(platform, id, mina.email);
  const headers = { [clientHeader]: JSON.stringify(report) };
  const { consent } = (await ceremony('GET', '')).json as CeremonyView;
  const agreed = await ceremony('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true }, headers);
  assert.equal(agreed.status, 200, agreed.text);
  const values = answersTo((agreed.json as CeremonyView).fields);
  const signature = Object.keys(values)[0] ?? '';
  const filled = await ceremony(
    'PUT',
    '/fields',
    { values: { ...values, [signature]: { kind: 'typed', text: 'typed by the canary' } } },
    headers,
  );
  assert.equal(filled.status, 200, filled.text);
  return { id, ceremony };
}

async function declined(): Promise<string> {
  const { id, ceremony } = await asked();
  const { status, text } = await ceremony('POST', '/decline', { reason: 'Because the canary would not' });
  assert.equal(status, 200, text);
  return id;
}

async function signedAndVaulted(): Promise<string> {
  const { id, ceremony } = await asked();
  const { document, revision, today } = (await ceremony('GET', '')).json as CeremonyView;
  const done = await ceremony('POST', '/finish', { document_sha256: document.sha256, revision, date: today });
  assert.equal(done.status, 200, done.text);
  await sign(platform, id, bo.email);
  await platform.runJobs();
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  return id;
}

/** Which of them lie anywhere under the data folder, as bytes: database, write-ahead log, blobs, mails. */
async function found(): Promise<string[]> {
  const entries = await readdir(platform.dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const all = (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n').toLowerCase();
  return traces.filter((trace) => all.includes(trace.toLowerCase()));
}

const checkpoint = async (): Promise<string> => (await (await fetch(`${platform.url}/log/checkpoint`)).text()).split('\n\n', 1)[0] ?? '';
const leaves = () => rows<{ leaf: string }>(platform, 'select leaf from log_leaf order by seq').map(({ leaf }) => leaf);

test('nobody is forgotten while an envelope of theirs is open: the refusal names it', async () => {
  const id = await create(platform, { signers: [{ email: 'open@shop.example', name: 'Open Olsen' }] });
  const refused = await erase('open@shop.example');
  assert.deepEqual(
    [refused.status, refused.json],
    [409, { error: `They are still asked to sign or pay for ${id}: void it first, or wait for its end.` }],
  );
  assert.equal(dataOf(await partner(platform, 'GET', id)).signers[0]?.email, 'open@shop.example');
  // A token that was minted before and is not used until afterwards.
  const ceremony = await signerOf(platform, id, 'open@shop.example');
  assert.equal((await partner(platform, 'POST', `${id}/void`, {})).status, 200);
  assert.equal((await erase('open@shop.example')).status, 200);
  assert.deepEqual([(await ceremony('GET', '')).status, (await ceremony('GET', '')).json.code], [401, 'token-invalid']);
});

test('a forgotten person is nowhere in the files any more, and the log is the same', async () => {
  const [no, yes] = [await declined(), await signedAndVaulted()];
  await platform.runJobs();
  assert.deepEqual(await found(), [traces[0], traces[1], traces[2], traces[3], traces[4], traces[5]], 'the search finds what is there');
  const [head, kept] = [await checkpoint(), leaves()];
  const history = eventsOf(platform, yes);

  const answer = await erase(mina.email.toUpperCase());
  assert.equal(answer.status, 200, answer.text);
  const erased = dataOf<Erased>(answer as never);
  assert.match(erased.person, /^per_[a-z2-7]{24}$/);
  assert.deepEqual([erased.envelopes, erased.erased_at], [2, new Date(platform.clock.now).toISOString()]);
  assert.deepEqual(new Set(erased.kept.map(({ envelope_id }) => envelope_id)), new Set([no, yes]));

  assert.deepEqual(await found(), []);
  assert.equal(await checkpoint(), head);
  assert.deepEqual(leaves(), kept);
  assert.equal(head.split('\n')[2], rootOf(leaves()).toString('base64'));
  assert.deepEqual(
    eventsOf(platform, yes).map(({ kind }) => kind),
    history.map(({ kind }) => kind),
  );
  const hers = toldOf(platform, yes).filter(({ kind }) => kind === 'signer.consented');
  assert.deepEqual(
    hers.map(({ reached, salt }) => [reached === null, salt === null]),
    [
      [true, true],
      [false, false],
    ],
    'hers is gone, his is not',
  );
});

test('what others see of a forgotten person is that there was one, and what counts goes on', async () => {
  const id = await signedAndVaulted();
  const { person } = dataOf<Erased>((await erase(mina.email)) as never);
  const { signers } = dataOf(await partner(platform, 'GET', id));
  assert.deepEqual(
    signers.map(({ name, email, status }) => [name, email, status]),
    [
      ['Erased', `${person}@erased.invalid`, 'signed'],
      ['Bo Berg', 'bo@shop.example', 'signed'],
    ],
  );
  const { signed_url } = dataOf<{ signed_url: string }>((await partner(platform, 'GET', `${id}/vault/signed-url`)) as never);
  assert.equal((await fetch(signed_url)).status, 200);
  const compliance = await partner(platform, 'GET', `${id}/compliance`);
  assert.equal(dataOf<{ compliant: boolean }>(compliance as never).compliant, true, compliance.text);
});

test('asked again it says the same, also of somebody who came back and was forgotten again', async () => {
  const first = await declined();
  const one = await erase(mina.email);
  platform.clock.now += 60_000;
  assert.deepEqual((await erase(mina.email)).json, one.json);
  const second = await declined();
  const two = dataOf<Erased>((await erase(mina.email)) as never);
  assert.notEqual(two.person, dataOf<Erased>(one as never).person);
  assert.deepEqual(
    two.kept.map(({ envelope_id }) => envelope_id),
    [second],
  );
  assert.notEqual(first, second);
  assert.deepEqual(await found(), []);
});

test('of whom nobody knows nothing can be forgotten, and of another account’s people neither', async () => {
  const id = await create(platform, { signers: [bo, { email: 'cy@shop.example', name: 'Cy Dahl' }] });
  assert.equal((await partner(platform, 'POST', `${id}/void`, {})).status, 200);
  assert.equal((await erase('nobody@shop.example')).status, 404);
  const { loyva } = await platform.seed('Another');
  assert.equal((await erase('cy@shop.example', loyva)).status, 404);
  assert.equal(dataOf(await partner(platform, 'GET', id)).signers[1]?.email, 'cy@shop.example');
  const wrong = await erase('no e-mail');
  assert.deepEqual([wrong.status, (wrong.json.details as { pointer: string }[])[0]?.pointer], [422, '/email']);
  const reader = await platform.seed('Readers', {}, { scopes: ['envelopes:read'], rateLimit: 100 });
  assert.equal((await erase('cy@shop.example', reader.loyva)).status, 403);
});

test('an erasure leaves the mails of others, and those that wait are sent', async () => {
  // “Everybody has signed …” does not name her.
  const dora = { email: 'dora@shop.example', name: 'Every' };
  const id = await create(platform, { signers: [dora, { email: 'eli@shop.example', name: 'Eli Falk' }] });
  await complete(platform, id);
  const waiting = () => rows<{ n: number }>(platform, `select count(*) as n from outbox where body like '%eli@shop.example%'`)[0]?.n;
  assert.equal((await erase(dora.email)).status, 200);
  await platform.runJobs();
  const files = (await readdir(join(platform.dataDir, 'outbox'))).map((name) => readFile(join(platform.dataDir, 'outbox', name), 'utf8'));
  const mails = await Promise.all(files);
  assert.ok(
    mails.some((mail) => mail.includes('To: eli@shop.example') && /signed by everybody/i.test(mail)),
    String(waiting()),
  );
  assert.ok(!mails.some((mail) => mail.includes('dora@shop.example')));
});

test('while another process reads the database nobody is told that all is gone: it says to ask again', async () => {
  await declined();
  const reader = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from signers').get();
  const early = await erase(mina.email);
  assert.deepEqual([early.status, early.headers.get('retry-after')], [503, '60']);
  assert.equal(platform.reported.splice(0).length, 1);
  reader.exec('commit');
  reader.close();
  assert.equal((await erase(mina.email)).status, 200);
  assert.deepEqual(await found(), []);
});

test('whoever signs for a company, in more envelopes than a statement has parameters, is forgotten in all of them', async () => {
  const cy = { email: 'often@shop.example', name: 'Cy Often' };
  const id = await create(platform, { signers: [cy] });
  assert.equal((await partner(platform, 'POST', `${id}/void`, {})).status, 200);
  const copies = 33_000;
  meddle(platform, severalOf('envelopes', id, 'id', copies));
  meddle(platform, severalOf('signers', id, 'envelope_id', copies));
  const answer = await erase(cy.email);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  assert.equal(dataOf<Erased>(answer as never).envelopes, copies + 1);
  assert.deepEqual(rows(platform, 'select count(*) as n from signers where email_key = ?', cy.email), [{ n: 0 }]);
});

/** Rows of this envelope, again and again, each of an envelope of its own. */
function severalOf(table: string, id: string, envelope: string, copies: number): string {
  const columns = rows<{ name: string }>(platform, `select name from pragma_table_info('${table}')`).map(({ name }) => name);
  const values = columns.map((name) => (name === envelope ? `'env_often' || i` : name === 'id' ? `id || i` : name));
  return `with recursive counted (i) as (select 1 union all select i + 1 from counted where i < ${copies})
    insert into ${table} (${columns.join()}) select ${values.join()} from ${table}, counted where ${envelope} = '${id}'`;
}
