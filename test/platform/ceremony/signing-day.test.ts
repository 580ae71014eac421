import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CeremonyView, ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { isTimeZone } from '../../../shared/time-zone.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { meddle, rows } from '../world/envelopes.ts';
import { judges } from '../world/judges.ts';
import { ada, embedToken, jonas, linkToken, sendEnvelope, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  // Noon in UTC: in Auckland it is the next day, in Los Angeles the small hours of this one.
  platform = await startPlatform({ now: Date.UTC(2026, 10, 21, 12) });
});
after(() => platform.close());

const fields = ['signature', 'date_signed'] as const;

/** One signer of an envelope, whose browser reports this zone with every call. */
async function signer(id: string, email: string, zone?: string) {
  const token = await embedToken(platform, id, email);
  const { send } = signerWith(platform, token);
  const time_zone = zone === undefined ? {} : { time_zone: zone };
  const query = zone === undefined ? '' : `?${new URLSearchParams({ time_zone: zone })}`;
  const state = () => send('GET', query);
  const read = async () => (await state()).json as unknown as CeremonyView;
  const consent = async () => {
    const { version, sha256 } = (await read()).consent;
    return send('POST', '/consent', { version, sha256, agreed: true, ...time_zone });
  };
  const finish = async (change: object = {}) => {
    const { document, revision, today } = await read();
    return send('POST', '/finish', { document_sha256: document.sha256, revision, date: today, ...time_zone, ...change });
  };
  return { send, state, read, consent, finish, fill: signerWith(platform, token).fill };
}

const codeOf = ({ status, json }: { status: number; json: Record<string, unknown> }) => `${status} ${json.code}`;
const faultsOf = ({ json }: { json: Record<string, unknown> }) =>
  (json.errors as { pointer: string; message: string }[]).map(({ pointer, message }) => `${pointer} ${message}`);

test('a zone is one that the IANA names; an offset, a fantasy or nothing is none', () => {
  for (const name of ['UTC', 'Pacific/Auckland', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Etc/GMT+12', 'EST5EDT'])
    assert.equal(isTimeZone(name), true, name);
  for (const name of ['', '+02:00', 'GMT+2', 'Mars/Olympus', 'Europe/', '../zoneinfo', 'Europe/Berlin\n', 'Etc/Unknown'])
    assert.equal(isTimeZone(name), false, name);
});

test('each signer’s date is their own day, and the sealed file says in which zone', async (t) => {
  const judge = judges(t);
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields });
  const token = await linkToken(platform, id, ada.email);
  const start = platform.clock.now;
  const auckland = await signer(id, ada.email, 'Pacific/Auckland');
  const seen = await auckland.read();
  assert.deepEqual([seen.today, seen.time_zone], ['2026-11-22', 'Pacific/Auckland']);
  await auckland.consent();
  await auckland.fill();
  assert.equal((await auckland.finish()).status, 200);
  // 04:00 on the 22nd in UTC is still the 21st in Los Angeles.
  platform.clock.now += 16 * 3_600_000;
  const angeles = await signer(id, jonas.email, 'America/Los_Angeles');
  await angeles.consent();
  await angeles.fill();
  assert.equal((await angeles.finish()).status, 200);
  await platform.runJobs();
  assert.deepEqual(platform.reported, []);
  platform.clock.now = start;
  if (!judge) return;

  const file = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
  const path = judge.keep('sealed.pdf', Buffer.from(await file.arrayBuffer()));
  const signed = judge.pdftotext('-f', '3', '-l', '3', path, '-');
  assert.ok(signed.includes('2026-11-22') && signed.includes('2026-11-21'), signed);
  const record = judge.pdftotext('-layout', '-f', '4', path, '-').replace(/ +/g, ' ');
  for (const said of [
    'Signed by everybody and sealed on 22 November 2026 (UTC).',
    'Signed 2026-11-21 12:00:00.000 UTC',
    'Day of signing 2026-11-22 in Pacific/Auckland',
    'Signed 2026-11-22 04:00:00.000 UTC',
    'Day of signing 2026-11-21 in America/Los_Angeles',
    'Dated 2026-11-22, the day in',
  ])
    assert.ok(record.includes(said), `${said}\n${record}`);
  judge.pdfdetach('-saveall', '-o', judge.folder, path);
  const { signers } = JSON.parse(await readFile(join(judge.folder, 'facts.json'), 'utf8'));
  assert.deepEqual(
    signers.map(({ signed_at, date_signed, time_zone }: Record<string, string>) => [signed_at, date_signed, time_zone]),
    [
      ['2026-11-21T12:00:00.000Z', '2026-11-22', 'Pacific/Auckland'],
      ['2026-11-22T04:00:00.000Z', '2026-11-21', 'America/Los_Angeles'],
    ],
  );
});

test('without a zone the day is that of UTC, and says so; what was reported last stands until another is', async () => {
  const id = await sendEnvelope(platform, { fields });
  const silent = await signer(id, ada.email);
  const before = await silent.read();
  assert.deepEqual([before.today, before.time_zone], ['2026-11-21', 'UTC']);
  const one = await signer(id, ada.email, 'Pacific/Auckland');
  assert.equal((await one.consent()).json.today, '2026-11-22');
  const kept = await silent.read();
  assert.deepEqual([kept.today, kept.time_zone], ['2026-11-22', 'Pacific/Auckland']);
  const moved = await signer(id, ada.email, 'America/Los_Angeles');
  assert.deepEqual((await moved.read()).today, '2026-11-21');
  await silent.fill();
  assert.equal(codeOf(await moved.finish({ date: '2026-11-22' })), '409 ceremony-changed');
  assert.equal((await moved.finish()).status, 200);
  const zones = rows<{ time_zone: string }>(platform, `select time_zone from signers where envelope_id = '${id}'`);
  assert.deepEqual(zones, [{ time_zone: 'America/Los_Angeles' }]);
});

test('an unknown zone is refused by its name, wherever it is reported, and nothing is done', async () => {
  const id = await sendEnvelope(platform, { fields });
  const lost = await signer(id, ada.email, 'Mars/Olympus');
  const fault = ['/time_zone must be a known time zone, which "Mars/Olympus" is not'];
  const refused = await lost.state();
  assert.equal(codeOf(refused), '422 invalid-input');
  assert.deepEqual(faultsOf(refused), fault);
  const here = await signer(id, ada.email, 'Europe/Stockholm');
  const { consent } = await here.read();
  const asked = { version: consent.version, sha256: consent.sha256, agreed: true, time_zone: 'Mars/Olympus' };
  assert.deepEqual(faultsOf(await here.send('POST', '/consent', asked)), fault);
  assert.equal((await here.read()).consent.given_at, null);
  await here.consent();
  await here.fill();
  assert.deepEqual(faultsOf(await here.finish({ time_zone: 'Mars/Olympus' })), fault);
  assert.equal((await here.finish({ time_zone: '+02:00' })).status, 422);
  assert.equal((await here.read()).you.state, 'consented');
});

test('midnight in the signer’s zone between the look and the press is another day than they saw', async () => {
  const id = await sendEnvelope(platform, { fields });
  const start = platform.clock.now;
  platform.clock.now = Date.parse('2026-11-21T10:59:30Z');
  const auckland = await signer(id, ada.email, 'Pacific/Auckland');
  await auckland.consent();
  await auckland.fill();
  const { today } = await auckland.read();
  assert.equal(today, '2026-11-21');
  platform.clock.now += 60_000;
  assert.equal(codeOf(await auckland.finish({ date: today })), '409 ceremony-changed');
  assert.equal((await auckland.finish()).status, 200);
  platform.clock.now = start;
});

test('a signer who signed before zones were kept is told of as it was shown to them: the day of UTC', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields });
  const token = await linkToken(platform, id, ada.email);
  const early = await signer(id, ada.email);
  await early.consent();
  await early.fill();
  await early.finish();
  meddle(platform, `update signers set time_zone = null where envelope_id = '${id}'`);
  const late = await signer(id, jonas.email, 'Pacific/Auckland');
  await late.consent();
  await late.fill();
  await late.finish();
  await platform.runJobs();
  const file = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
  const path = judge.keep('sealed.pdf', Buffer.from(await file.arrayBuffer()));
  const record = judge.pdftotext('-layout', '-f', '4', path, '-').replace(/ +/g, ' ');
  assert.ok(record.includes('Day of signing 2026-11-21 in UTC'), record);
  assert.ok(record.includes('Day of signing 2026-11-22 in Pacific/Auckland'), record);
});
