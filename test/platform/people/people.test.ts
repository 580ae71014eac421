import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStorage } from '../../../server/platform/stores/storage.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, eventsOf, meddle, partner, rows } from '../world/envelopes.ts';
import { toldOf } from '../world/told.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

/** The history as the platform itself reads it. */
async function historyOf(id: string) {
  const { storage, database } = await openStorage(join(platform.dataDir, 'platform.db'), secretBox(platform.key));
  try {
    return await storage.read.envelopes.events(id);
  } finally {
    await database.close();
  }
}

const raw = async (): Promise<string> => {
  const files = (await readdir(platform.dataDir)).filter((name) => name.startsWith('platform.db'));
  return (await Promise.all(files.map((name) => readFile(join(platform.dataDir, name), 'latin1')))).join('\n');
};
const cy = { email: 'cy@shop.example', name: 'Cy Dahl' };
const old = { assurance: 'email-link', address: '198.51.100.9', userAgent: 'Old/1', reportedBy: 'the platform', session: null };
/** Puts an event into the form that the first versions wrote. */
const age = (id: string, kind: string, set: string) =>
  meddle(
    platform,
    `update envelope_events set told = null, person_id = null, salt = randomblob(16), ${set} where envelope_id = '${id}' and kind = '${kind}'`,
  );

test('nothing that an event tells lies in the clear, and every person has a key of their own', async () => {
  const id = await create(platform, { signers: [cy, { email: 'di@shop.example', name: 'Di Eng' }] });
  assert.equal((await partner(platform, 'GET', `${id}/signing-links`)).status, 200);
  const told = toldOf(platform, id).filter(({ kind }) => kind === 'link.made');
  assert.match(told[0]?.detail ?? '', /^key [0-9a-f]{16}$/);
  assert.ok(!(await raw()).includes(told[0]?.detail ?? ''));
  const made = rows<{ person_id: string; reached: null; detail: null; salt: Buffer; told: Buffer }>(
    platform,
    `select * from envelope_events where envelope_id = ? and kind = 'link.made'`,
    id,
  );
  assert.equal(new Set(made.map(({ person_id }) => person_id)).size, 2);
  for (const row of made) assert.deepEqual([row.reached, row.detail, row.salt.length], [null, null, 0]);
  const people = rows<{ wrapped_key: Buffer; contact: Buffer; mark: string }>(platform, 'select * from people');
  assert.equal(new Set(people.map(({ wrapped_key }) => wrapped_key.toString('hex'))).size, people.length);
  for (const { contact, mark } of people) assert.ok(!`${contact.toString('latin1')} ${mark}`.includes('@shop'));
});

test('what an event tells opens nowhere but at that event', async () => {
  const id = await create(platform, { signers: [cy] });
  for (const _ of [1, 2]) assert.equal((await partner(platform, 'GET', `${id}/signing-links`)).status, 200);
  const [one, two] = rows<{ id: string }>(platform, `select id from envelope_events where envelope_id = ? and kind = 'link.made'`, id);
  const [kept] = rows<{ told: Buffer }>(platform, 'select told from envelope_events where id = ?', one?.id);
  meddle(platform, `update envelope_events set told = (select told from envelope_events where id = '${two?.id}') where id = '${one?.id}'`);
  await assert.rejects(historyOf(id));
  meddle(platform, `update envelope_events set told = x'${kept?.told.toString('hex')}' where id = '${one?.id}'`);
  assert.equal((await historyOf(id)).length, eventsOf(platform, id).length);
});

test('events of the first versions are read as they were, and forgotten with their person', async () => {
  const id = await create(platform, { signers: [cy] });
  await complete(platform, id);
  age(id, 'signer.consented', `reached = '${JSON.stringify(old)}', detail = 'Words of old'`);
  const consented = async () => (await historyOf(id)).find(({ kind }) => kind === 'signer.consented');
  const before = await consented();
  assert.deepEqual([before?.reached, before?.detail, before?.erased], [old, 'Words of old', false]);
  assert.ok((await raw()).includes('198.51.100.9'));
  const erased = await partner(platform, 'POST', '/api/v2/partner/erasures', { email: cy.email });
  // The envelope of the test before is still open.
  assert.equal(erased.status, 409, erased.text);
  for (const { id: open } of rows<{ id: string }>(platform, `select id from envelopes where state = 'sent'`))
    assert.equal((await partner(platform, 'POST', `${open}/void`, {})).status, 200);
  assert.equal((await partner(platform, 'POST', '/api/v2/partner/erasures', { email: cy.email })).status, 200);
  const after = await consented();
  assert.deepEqual([after?.reached, after?.detail, after?.erased], [null, null, true]);
  for (const trace of ['198.51.100.9', 'Words of old', cy.email]) assert.ok(!(await raw()).includes(trace), trace);
});

test('an erasure that was cut short before the files were settled is settled by the next run', async () => {
  const id = await create(platform, { signers: [{ email: 'fia@shop.example', name: 'Fia Gran' }] });
  await platform.runJobs();
  assert.equal((await partner(platform, 'POST', `${id}/void`, {})).status, 200);
  await platform.runJobs();
  const mails = async () => {
    const folder = join(platform.dataDir, 'outbox');
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    return texts.filter((text) => text.includes('fia@shop.example')).length;
  };
  assert.equal(await mails(), 2);
  // As a process leaves it that is killed after its transaction: the rows are gone, the files are not.
  const { storage, database } = await openStorage(join(platform.dataDir, 'platform.db'), secretBox(platform.key));
  const account = await storage.read.accounts.byName('Harbor Leasing');
  await storage.transact(async ({ people }) => {
    const fia = await people.meet(account?.id ?? '', 'fia@shop.example', platform.clock.now);
    await people.forget(account?.id ?? '', fia, { envelopes: 1, kept: [] }, platform.clock.now);
  });
  await database.close();
  assert.equal(await mails(), 2);
  await platform.runJobs();
  assert.equal(await mails(), 0);
  assert.ok(!(await raw()).includes('fia@shop.example'));
});

test('a mail that was being sent while it was deleted is deleted as a file too, and then nothing is left to do', async () => {
  const unsettled = () => rows<{ unsettled: string }>(platform, 'select unsettled from people where unsettled is not null');
  const [last] = unsettled()
    .map((row) => JSON.parse(row.unsettled) as string[])
    .filter((ids) => ids.length > 0);
  const late = join(platform.dataDir, 'outbox', `2026-11-21-${last?.[0]}.eml`);
  await writeFile(late, 'To: somebody who was forgotten');
  platform.clock.now += 2 * 60_000;
  await platform.runJobs();
  await assert.rejects(readFile(late), { code: 'ENOENT' });
  assert.deepEqual(unsettled(), []);
});

test('ways in and mails that were over a month ago are let go of', async () => {
  const id = await create(platform, { signers: [{ email: 'gus@shop.example', name: 'Gus Holm' }] });
  assert.equal((await partner(platform, 'GET', `${id}/signing-links`)).status, 200);
  await platform.runJobs();
  const count = (from: string) => rows<{ n: number }>(platform, `select count(*) as n from ${from}`)[0]?.n;
  const day = 24 * 3_600_000;
  platform.clock.now += 30 * day;
  await platform.runJobs();
  assert.equal(count(`passes where envelope_id = '${id}'`), 2, 'over for less than a month');
  platform.clock.now += 8 * day;
  await platform.runJobs();
  assert.equal(count(`passes where envelope_id = '${id}'`), 0);
  assert.equal(count(`outbox where kind = 'mail' and body like '%gus@shop.example%'`), 0);
});
