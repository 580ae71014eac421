import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, inBase64, partner, pdfOf, rows, sign } from '../world/envelopes.ts';

let platform: StartedPlatform;
let start: number;
before(async () => {
  platform = await startPlatform();
  start = platform.clock.now;
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const hour = 3_600_000;
const day = 24 * hour;
const bo = { email: 'bo@shop.example', name: 'Bo Berg', role: 'Buyer' };
const cy = { email: 'cy@shop.example', name: 'Cy Carlsson', role: 'Seller' };
const remind = (id: string, body: unknown = {}) => partner(platform, 'POST', `${id}/remind`, body);
const remindersIn = (from: { dataDir: string }) =>
  rows<{ id: string; body: string }>(from, `select id, body from outbox where kind = 'mail' order by added_at, rowid`)
    .map(({ id, body }) => ({ ...(JSON.parse(body) as { to: string; subject: string; opening: string; link: object | null }), id }))
    .filter(({ subject }) => subject.startsWith('Reminder'));
/** To whom reminders went since the last look. */
const seen = new Set<string>();
const newReminders = (): string[] => {
  const fresh = remindersIn(platform).filter(({ id }) => !seen.has(id));
  for (const { id } of fresh) seen.add(id);
  return fresh.map(({ to }) => to);
};
const iso = (at: number) => new Date(at).toISOString();

test('everybody whose turn it is and who has not signed is asked again, with a link, and the record says so', async () => {
  const id = await create(platform, { signers: [bo, cy], envelope_name: 'Berth 7' });
  await sign(platform, id, bo.email);
  const answer = await remind(id);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, { data: { envelope_id: id, reminded: [cy.email], skipped: [] } });
  const mail = remindersIn(platform).at(-1);
  assert.equal(mail?.subject, 'Reminder from Harbor Leasing, please sign: Berth 7');
  assert.match(mail?.opening ?? '', /Hello Cy Carlsson,/);
  assert.ok(mail?.link);
  assert.deepEqual(newReminders(), [cy.email]);
  assert.equal(eventsOf(platform, id).at(-1)?.kind, 'signer.reminded');
});

test('whoever waits for others is not asked, and one who is named out of turn or has signed is a conflict', async () => {
  const id = await create(platform, { signers: [bo, cy], signing_order: 'sequential' });
  assert.deepEqual(dataOf(await remind(id)).reminded, [bo.email]);
  const early = await remind(id, { signer_email: cy.email });
  assert.deepEqual(
    [early.status, early.json.error],
    [409, 'The signer is not asked before others have signed; only those whose turn it is are reminded.'],
  );
  await sign(platform, id, bo.email);
  const signed = await remind(id, { signer_email: bo.email });
  assert.deepEqual([signed.status, signed.json.error], [409, 'The signer has signed; only those whose turn it is are reminded.']);
  assert.deepEqual(dataOf(await remind(id, { signer_email: 'CY@shop.example' })).reminded, [cy.email]);
  assert.deepEqual(newReminders(), [bo.email, cy.email]);
});

test('nobody is asked twice within an hour: some are skipped, and when all are the caller is told when to come again', async () => {
  const id = await create(platform, { signers: [bo, cy] });
  assert.deepEqual(dataOf(await remind(id, { signer_email: bo.email })).reminded, [bo.email]);
  platform.clock.now = start + hour / 2;
  assert.deepEqual(dataOf(await remind(id)), {
    envelope_id: id,
    reminded: [cy.email],
    skipped: [{ email: bo.email, next_at: iso(start + hour) }],
  });
  const again = await remind(id);
  assert.deepEqual([again.status, again.headers.get('Retry-After')], [429, '1800']);
  platform.clock.now = start + hour;
  assert.deepEqual(dataOf(await remind(id, { signer_email: bo.email })).reminded, [bo.email]);
  assert.deepEqual(newReminders(), [bo.email, cy.email, bo.email]);
  platform.clock.now = start;
});

test('of many calls at once each signer is asked by one', async () => {
  const id = await create(platform, { signers: [bo, cy] });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => remind(id)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429, 429, 429, 429]);
  assert.deepEqual(newReminders().sort(), [bo.email, cy.email]);
});

test('a stranger is a fault; what is over, on paper or somebody else’s cannot be reminded of', async () => {
  const id = await create(platform, { signers: [bo] });
  const stranger = await remind(id, { signer_email: 'eve@shop.example' });
  assert.deepEqual(
    [stranger.status, (stranger.json.details as { pointer: string }[]).map(({ pointer }) => pointer)],
    [422, ['/signer_email']],
  );
  assert.equal((await remind(id, { signer_email: 7 })).status, 422);
  await complete(platform, id);
  const over = await remind(id);
  assert.deepEqual([over.status, over.json.error], [409, 'The envelope is completed; signers are reminded while it is sent or viewed.']);
  assert.equal((await remind('env_aaaaaaaaaaaa')).status, 404);
  const others = await platform.seed('Another quay');
  assert.equal((await partner(platform, 'POST', `${await create(platform)}/remind`, {}, others.loyva)).status, 404);
  assert.deepEqual(newReminders(), []);
});

/** Lets this much time pass, and the jobs run twice at the end of it. */
async function passed(from: number, days: number): Promise<string[]> {
  platform.clock.now = from + days * day;
  await platform.runJobs();
  await platform.runJobs();
  return newReminders();
}

test('an envelope with reminders asks again by itself: first after some days, then in its rhythm, until all have signed', async () => {
  const id = await create(platform, { signers: [bo, cy], reminders: { after_days: 3, every_days: 2 } });
  assert.deepEqual(await passed(start, 2.99), []);
  assert.deepEqual(await passed(start, 3), [bo.email, cy.email]);
  assert.deepEqual(await passed(start, 4.99), []);
  await sign(platform, id, bo.email);
  assert.deepEqual(await passed(start, 5), [cy.email]);
  assert.equal((await remind(id)).status, 429);
  // However long nobody looked, one reminder is enough; the rhythm goes on from it.
  assert.deepEqual(await passed(start, 30), [cy.email]);
  assert.deepEqual(await passed(start, 31.9), []);
  assert.deepEqual(await passed(start, 32), [cy.email]);
  await sign(platform, id, cy.email);
  assert.deepEqual(await passed(start, 40), []);
  platform.clock.now = start;
});

test('the rhythm counts from when a signer’s turn came, and from a reminder that was asked for', async () => {
  const id = await create(platform, { signers: [bo, cy], signing_order: 'sequential', reminders: { after_days: 1, every_days: 30 } });
  assert.deepEqual(await passed(start, 1), [bo.email]);
  platform.clock.now = start + 2 * day;
  await sign(platform, id, bo.email);
  assert.deepEqual(await passed(start, 2.9), []);
  assert.deepEqual(await passed(start, 3), [cy.email]);
  const asked = await create(platform, { signers: [bo], reminders: { after_days: 2, every_days: 5 } });
  platform.clock.now = start + 4 * day;
  assert.equal((await remind(asked)).status, 200);
  assert.deepEqual(newReminders(), [bo.email]);
  assert.deepEqual(await passed(start, 5), []);
  assert.deepEqual(await passed(start, 9), [bo.email]);
  platform.clock.now = start;
});

test('nobody is reminded of what has expired or was withdrawn, also not by a job that comes late', async () => {
  const reminders = { after_days: 1, every_days: 1 };
  await create(platform, { signers: [bo], reminders, expires_at: iso(start + day) });
  const withdrawn = await create(platform, { signers: [cy], reminders });
  assert.equal((await partner(platform, 'POST', `${withdrawn}/void`, {})).status, 200);
  assert.deepEqual(await passed(start, 2), []);
  platform.clock.now = start;
});

test('killed while it reminds many, each is asked once all the same', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-remind-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const key = randomBytes(32);
  const first = await startPlatform({ dataDir, key });
  const document = inBase64(await pdfOf('Lease'));
  const fields = [{ type: 'signature', signer: 'Buyer', page: 1, x: 0, y: 0, width: 0.5, height: 0.1 }];
  const template = await partner(first, 'POST', '/api/v2/partner/templates', { name: 'Lease', document, fields });
  const { template_id } = dataOf<{ template_id: string }>(template);
  const made = { document: undefined, template_id, reminders: { after_days: 1, every_days: 1 } };
  for (let i = 0; i < 60; i += 1) await create(first, made);
  await first.close();
  const now = first.clock.now + day;
  for (const after of [5, 20]) {
    const child = fork(new URL('./reminding.child.ts', import.meta.url), [dataDir, key.toString('hex'), String(now), String(after)]);
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL');
  }
  const between = remindersIn({ dataDir }).length;
  assert.ok(between >= 20 && between < 60, String(between));
  const last = await startPlatform({ dataDir, key, now });
  t.after(() => last.close());
  await last.runJobs();
  assert.equal(remindersIn({ dataDir }).length, 60);
  const counted = rows<{ n: number }>(
    { dataDir },
    `select count(*) as n from envelope_events where kind = 'signer.reminded' group by envelope_id`,
  );
  assert.deepEqual([counted.length, new Set(counted.map(({ n }) => n)).size], [60, 1]);
});
