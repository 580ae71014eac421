import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { tool } from '../../tools.ts';
import { ada, embedToken, jonas, linkToken, sendEnvelope, signAll, signerWith } from '../ceremony/ceremony-stage.ts';

/** What is kept of an envelope: its row, and how often it was recorded as completed, and as damaged. */
function kept(dataDir: string, id: string) {
  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const row = db.prepare('select state, sealed, finished_at, completed_at from envelopes where id = ?').get(id) as {
    state: string;
    sealed: string | null;
    finished_at: number;
    completed_at: number | null;
  };
  const kinds = (db.prepare('select kind from envelope_events where envelope_id = ?').all(id) as { kind: string }[]).map(
    ({ kind }) => kind,
  );
  db.close();
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  return { ...row, completed: count('envelope.completed'), tampered: count('vault.tampered') };
}

/** The file as its signer downloads it. */
async function fileOf(platform: StartedPlatform, token: string): Promise<Buffer> {
  const response = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** An envelope that both have signed, under a name of its own so that its mails are known. */
async function signedByBoth(platform: StartedPlatform) {
  const name = randomBytes(6).toString('hex');
  const id = await sendEnvelope(platform, { signers: [ada, jonas], more: { envelope_name: name } });
  const token = await linkToken(platform, id, ada.email);
  for (const { email } of [ada, jonas])
    assert.equal((await signAll(signerWith(platform, await embedToken(platform, id, email)))).status, 200);
  return { id, token, name };
}

test('killed at any step of sealing, an envelope is completed once after the restart, with one file and one mail for each', async (t) => {
  const open: StartedPlatform[] = [];
  t.after(() => Promise.all(open.map((platform) => platform.close())));
  const start = async (options: Parameters<typeof startPlatform>[0]) => {
    const platform = await startPlatform(options);
    open.push(platform);
    return platform;
  };
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-sealing-'));
  const key = randomBytes(32);
  for (const step of ['sealing', 'sealed', 'stored', 'recorded']) {
    const before = await start({ dataDir, key });
    const { id, token, name } = await signedByBoth(before);
    const signed = kept(dataDir, id);
    assert.deepEqual([signed.state, signed.completed], ['finishing', 0]);
    await open.pop()?.close();

    const child = fork(new URL('./sealing.child.ts', import.meta.url), [dataDir, key.toString('hex'), step]);
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL', `it never came to "${step}"`);
    assert.equal(kept(dataDir, id).state, step === 'recorded' ? 'completed' : 'finishing', step);

    const after = await start({ dataDir, key, now: Date.UTC(2026, 10, 22) });
    await after.runJobs();
    const first = kept(dataDir, id);
    await after.runJobs();
    assert.deepEqual(kept(dataDir, id), first);
    assert.deepEqual([first.state, first.completed, first.completed_at], ['completed', 1, signed.finished_at], step);
    assert.equal(mailsAbout(dataDir, name), 2, step);
    assert.equal(sha256(await fileOf(after, token)), JSON.parse(first.sealed ?? '{}').sha256);
    assert.deepEqual(after.reported, []);
    await open.pop()?.close();
  }
  await rm(dataDir, { recursive: true });
});

function mailsAbout(dataDir: string, name: string): number {
  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const { n } = db.prepare(`select count(*) as n from outbox where body like '%Signed by everybody: ' || ? || '"%'`).get(name) as {
    n: number;
  };
  db.close();
  return n;
}

test('one that cannot be sealed is reported and tried again later, and holds up no other', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  const broken = await signedByBoth(platform);
  platform.clock.now += 1;
  const good = await signedByBoth(platform);
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  const { document } = db.prepare('select document from envelopes where id = ?').get(broken.id) as { document: string };
  db.close();
  const { address } = JSON.parse(document) as { address: string };
  const file = join(platform.dataDir, 'blobs', address.slice(0, 2), address);
  await rename(file, `${file}.away`);

  await platform.runJobs();
  assert.deepEqual([kept(platform.dataDir, broken.id).state, kept(platform.dataDir, good.id).state], ['finishing', 'completed']);
  assert.equal(platform.reported.length, 1);
  await platform.runJobs();
  assert.equal(platform.reported.length, 1, 'too early to try again');
  platform.clock.now += 2_000;
  await platform.runJobs();
  assert.equal(platform.reported.length, 2);
  assert.equal(kept(platform.dataDir, broken.id).tampered, 1, 'the record says it once, however often it is tried');
  await rename(`${file}.away`, file);
  platform.clock.now += 4_000;
  await platform.runJobs();
  assert.equal(kept(platform.dataDir, broken.id).state, 'completed');
  assert.equal(platform.reported.length, 2);
});

test('the sealed file says who signed when, how they were reached and who says so, and strangers find its seal whole', async (t) => {
  const [pdfsig, pdfdetach, pdftotext] = [
    tool(t, 'pdfsig', 'poppler-utils'),
    tool(t, 'pdfdetach', 'poppler-utils'),
    tool(t, 'pdftotext', 'poppler-utils'),
  ];
  if (!pdfsig || !pdfdetach || !pdftotext) return;
  const platform = await startPlatform();
  t.after(() => platform.close());
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields: ['signature', 'date_signed', 'name', 'text', 'checkbox'] });
  const report = { address: '203.0.113.7', user_agent: 'Browser/1', session: 'ses_x', assurance: 'email-code' };
  const one = signerWith(platform, await embedToken(platform, id, ada.email), { 'Inlay-Client': JSON.stringify(report) });
  const link = await linkToken(platform, id, jonas.email);
  const two = signerWith(platform, link, { 'User-Agent': 'Phone/7' });
  await one.consent();
  await one.send('POST', '/pages', { pages: [1, 2, 3] });
  await one.fill();
  platform.clock.now += 61_000;
  await one.finish();
  platform.clock.now += 24 * 3_600_000;
  await signAll(two);
  platform.clock.now += 5_000;
  await platform.runJobs();
  assert.deepEqual(platform.reported, []);

  const folder = await mkdtemp(join(tmpdir(), 'inlay-sealed-'));
  const file = join(folder, 'sealed.pdf');
  await writeFile(file, await fileOf(platform, link));
  pdfdetach('-saveall', '-o', folder, file);
  const facts = JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8'));
  assert.deepEqual(
    facts.signers.map((signer: Record<string, unknown>) => [
      signer.name,
      signer.consented_at,
      signer.signed_at,
      signer.assurance,
      signer.address,
      signer.user_agent,
      signer.reported_by,
    ]),
    [
      [
        'Ada Nordin',
        '2026-11-21T09:00:00.000Z',
        '2026-11-21T09:01:01.000Z',
        'partner-asserted',
        '203.0.113.7',
        'Browser/1',
        'Harbor Leasing',
      ],
      ['Jonas Ek', '2026-11-22T09:01:01.000Z', '2026-11-22T09:01:01.000Z', 'link-given-to-partner', '127.0.0.1', 'Phone/7', 'the platform'],
    ],
  );
  assert.equal(facts.envelope.completed_at, '2026-11-22T09:01:01.000Z');
  assert.equal(sha256(Buffer.from(facts.consent.paragraphs.join('\n\n'))), facts.consent.sha256);
  const told = (facts.events as { kind: string; who: string; reported_by: string }[]).map(
    ({ kind, who, reported_by }) => `${kind}, ${who}, ${reported_by}`,
  );
  assert.deepEqual(told, [
    'envelope.created, Harbor Leasing, the platform',
    'envelope.sent, Harbor Leasing, the platform',
    'link.made, Harbor Leasing, the platform',
    'link.made, Harbor Leasing, the platform',
    'signer.consented, Ada Nordin, Harbor Leasing',
    'signer.read, Ada Nordin, the browser',
    'signer.signed, Ada Nordin, Harbor Leasing',
    'signer.consented, Jonas Ek, the platform',
    'signer.signed, Jonas Ek, the platform',
  ]);
  const text = pdftotext('-l', '3', file, '-');
  for (const value of ['2026-11-21', '2026-11-22', 'Ada Nordin', 'Jonas Ek', 'Managing director']) assert.ok(text.includes(value), text);
  const seal = pdfsig('-nocert', file);
  assert.match(seal, /Signature is Valid/);
  assert.match(seal, /Total document signed/);
  assert.match(seal, /ETSI\.CAdES\.detached/);
  await rm(folder, { recursive: true });
});

test('nothing that happened is left out where the clock was set back between two signatures', async (t) => {
  const pdfdetach = tool(t, 'pdfdetach', 'poppler-utils');
  if (!pdfdetach) return;
  const platform = await startPlatform();
  t.after(() => platform.close());
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  await signAll(signerWith(platform, await embedToken(platform, id, ada.email)));
  const link = await linkToken(platform, id, jonas.email);
  platform.clock.now -= 60_000;
  await signAll(signerWith(platform, link));
  await platform.runJobs();
  const folder = await mkdtemp(join(tmpdir(), 'inlay-sealed-'));
  await writeFile(join(folder, 'sealed.pdf'), await fileOf(platform, link));
  pdfdetach('-saveall', '-o', folder, join(folder, 'sealed.pdf'));
  const { events } = JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8')) as { events: { kind: string }[] };
  assert.equal(events.filter(({ kind }) => kind === 'signer.signed').length, 2);
  assert.equal(events.filter(({ kind }) => kind === 'signer.consented').length, 2);
  await rm(folder, { recursive: true });
});
