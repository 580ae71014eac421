import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { migrations, type Tables } from '../../../server/platform/stores/schema/schema.ts';
import { openDatabase } from '../../../server/storage/database.ts';
import { outboxOn } from '../../../server/storage/outbox.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, ask, embedToken, jonas, sendEnvelope, signAll, signerWith } from '../ceremony/ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

interface Shown {
  readonly subject: string;
  readonly to: string;
  readonly text: string;
  /** The token of its link; empty where there is none. */
  readonly token: string;
}

const seen = new Set<string>();

/** The mails that the outbox page shows and did not show before. */
async function newMails(): Promise<Shown[]> {
  const { text } = await call(platform, 'GET', '/outbox', {});
  const addresses = [...text.matchAll(/href="(\/outbox\/mail_[a-z2-7]{24})"/g)].map(([, address = '']) => address);
  const fresh = addresses.filter((address) => !seen.has(address));
  for (const address of fresh) seen.add(address);
  const pages = await Promise.all(fresh.map((address) => call(platform, 'GET', address, {})));
  return pages.map(({ text: page }) => ({
    subject: /<h1>(.*?)<\/h1>/.exec(page)?.[1] ?? '',
    to: /<dt>To<\/dt><dd>(.*?)<\/dd>/.exec(page)?.[1] ?? '',
    text: /<div class="letter">([\s\S]*?)<\/div>/.exec(page)?.[1] ?? '',
    token: /href="[^"]*\/sign#([^"]*)"/.exec(page)?.[1] ?? '',
  }));
}

test('a request to sign says who asks, for what and why, and its link opens the ceremony', async () => {
  await sendEnvelope(platform, { more: { message: 'Please sign before Friday.\nThank you!', expires_at: '2026-12-01T12:00:00.000Z' } });
  const [mail, ...more] = await newMails();
  assert.ok(mail && more.length === 0);
  assert.equal(mail.subject, 'Harbor Leasing asks you to sign: Equipment lease agreement');
  assert.equal(mail.to, ada.email);
  assert.match(mail.text, /Hello Ada Nordin,/);
  assert.match(mail.text, /Please sign before Friday\.\nThank you!/);
  assert.match(mail.text, /1 December 2026 at 12:00 UTC/);
  assert.equal((await signerWith(platform, mail.token).read()).you.email, ada.email);
});

test('who signed by a link from a mail was reached by e-mail', async () => {
  const id = await sendEnvelope(platform);
  const [mail] = await newMails();
  await signerWith(platform, mail?.token ?? '').consent();
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const row = db.prepare('select reached from signers where envelope_id = ?').get(id) as { reached: string };
  const everything = JSON.stringify([db.prepare('select * from outbox').all(), db.prepare('select * from passes').all()]);
  db.close();
  assert.equal(JSON.parse(row.reached).assurance, 'email-link');
  assert.ok(everything.includes('asks you'));
  assert.ok(!everything.includes(mail?.token ?? ''), 'the token itself is kept nowhere');
});

test('in order, each is asked when it is their turn, and everybody is told when it is sealed', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas], more: { signing_order: 'sequential' } });
  assert.deepEqual(
    (await newMails()).map(({ to }) => to),
    [ada.email],
  );
  await signAll(signerWith(platform, await embedToken(platform, id, ada.email)));
  const asked = await newMails();
  assert.deepEqual(
    asked.map(({ to, subject }) => [to, subject.split(':')[0]]),
    [[jonas.email, 'Harbor Leasing asks you to sign']],
  );
  await signAll(signerWith(platform, asked[0]?.token ?? ''));
  assert.deepEqual(await newMails(), []);
  await platform.runJobs();
  const told = await newMails();
  assert.deepEqual(told.map(({ to }) => to).sort(), [ada.email, jonas.email]);
  for (const { token, subject } of told) {
    assert.equal(subject, 'Signed by everybody: Equipment lease agreement');
    const reader = signerWith(platform, token);
    assert.equal((await reader.read()).state, 'completed');
    assert.match((await reader.send('GET', '/document')).text, /^%PDF-/);
  }
});

test('side by side, all are asked at once and nobody twice', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  await signAll(signerWith(platform, await embedToken(platform, id, ada.email)));
  assert.deepEqual((await newMails()).map(({ to }) => to).sort(), [ada.email, jonas.email]);
});

test('whoever was asked is told that it was declined or withdrawn, and by whom; nobody else is', async () => {
  const eve = { email: 'eve@nordin.example', name: 'Eve Lind', role: 'Witness' };
  const inOrder = { signing_order: 'sequential' };
  const declined = await sendEnvelope(platform, { signers: [ada, jonas, eve], more: inOrder });
  await signAll(signerWith(platform, await embedToken(platform, declined, ada.email)));
  await signerWith(platform, await embedToken(platform, declined, jonas.email)).decline('The rate is wrong');
  const [told, ...none] = (await newMails()).filter(({ subject }) => !subject.includes('asks you'));
  assert.deepEqual([told?.to, told?.subject, none.length], [ada.email, 'Declined: Equipment lease agreement', 0]);
  assert.match(told?.text ?? '', /Jonas Ek has declined to sign[\s\S]*The rate is wrong/);
  assert.equal(told?.token, '');

  const voided = await sendEnvelope(platform, { signers: [ada, jonas], more: inOrder });
  await ask(platform, 'POST', voided, '/void', { reason: 'Sent by mistake' });
  const [withdrawn, ...others] = (await newMails()).filter(({ subject }) => !subject.includes('asks you'));
  assert.deepEqual([withdrawn?.to, withdrawn?.subject, others.length], [ada.email, 'Withdrawn: Equipment lease agreement', 0]);
  assert.match(withdrawn?.text ?? '', /Harbor Leasing has withdrawn[\s\S]*Sent by mistake/);
});

test('whoever was asked is told once that the time to sign is over; nobody else is', async () => {
  const start = platform.clock.now;
  const expires_at = new Date(start + 3_600_000).toISOString();
  await sendEnvelope(platform, { signers: [ada, jonas], more: { signing_order: 'sequential', expires_at } });
  await newMails();
  platform.clock.now = start + 3_600_000;
  await platform.runJobs();
  await platform.runJobs();
  platform.clock.now = start;
  const [told, ...none] = await newMails();
  assert.deepEqual([told?.to, told?.subject, none.length], [ada.email, 'Expired: Equipment lease agreement', 0]);
  assert.match(told?.text ?? '', /The time to sign “Equipment lease agreement”, which Harbor Leasing sent, is over\./);
  assert.equal(told?.token, '');
});

test('an invitation that waits in a database of the version before is still sent, with its link', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-before-'));
  const first = migrations['001-onboarding'];
  assert.ok(first);
  const database = await openDatabase<Tables>(join(dataDir, 'platform.db'), { '001-onboarding': first });
  const mail = {
    id: 'mail_a',
    at: 1,
    from: 'Kelviq',
    to: ada.email,
    subject: 'Welcome',
    opening: 'Hello',
    invitationId: 'inv_a',
    closing: 'Bye',
  };
  await outboxOn(database.write).add({ id: mail.id, kind: 'mail', body: JSON.stringify(mail), at: 1 });
  await database.close();
  const later = await startPlatform({ dataDir });
  await later.runJobs();
  assert.deepEqual(later.reported, []);
  const [name = ''] = await readdir(join(dataDir, 'outbox'));
  assert.match(await readFile(join(dataDir, 'outbox', name), 'utf8'), /\/invitation\?token=/);
  await later.close();
  await rm(dataDir, { recursive: true });
});
