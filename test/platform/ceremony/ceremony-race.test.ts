import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, ask, drawn, embedToken, jonas, linkToken, sendEnvelope, signAll, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

function eventsOf(id: string): string[] {
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const rows = db.prepare('select kind from envelope_events where envelope_id = ? order by ordinal').all(id) as { kind: string }[];
  db.close();
  return rows.map(({ kind }) => kind);
}
const count = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length;

/** Mails that were posted with this subject, by address. */
async function posted(subject: string): Promise<string[]> {
  const folder = join(platform.dataDir, 'outbox');
  const mails = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return mails.filter((mail) => mail.includes(`Subject: ${subject}`)).map((mail) => /^To: (\S+)/m.exec(mail)?.[1] ?? '');
}

test('two sign at once, each from two browsers, while one of them reloads: no value, no event is lost, and it is completed once', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields: ['signature', 'text', 'checkbox'] });
  const [one, two] = [
    signerWith(platform, await embedToken(platform, id, ada.email)),
    signerWith(platform, await linkToken(platform, id, jonas.email)),
  ];
  const again = signerWith(platform, await linkToken(platform, id, ada.email));
  await Promise.all([one.consent(), two.consent(), again.consent()]);

  const answer = async (signer: typeof one, written: string) => {
    const own = (await signer.read()).fields.filter(({ mine }) => mine);
    const values = own.map(({ id: field, type }) => ({
      [field]:
        type === 'signature'
          ? drawn
          : type === 'text'
            ? ({ kind: 'text', text: written } as const)
            : ({ kind: 'checked', checked: true } as const),
    }));
    const saved = await Promise.all(values.map((value) => signer.save(value)));
    assert.deepEqual(saved.map(({ json }) => json.revision).sort(), [1, 2, 3], 'every answer counts once');
  };
  await Promise.all([answer(one, 'from Ada'), answer(two, 'from Jonas')]);

  let over = false;
  const reload = async () => {
    for (let reads = 0; !over || reads < 3; reads++) {
      const view = await again.read();
      assert.equal(
        view.state === 'open',
        view.signers.some(({ state }) => state !== 'signed'),
        'open as long as somebody has not signed',
      );
    }
  };
  const reloading = reload();
  const finishes = await Promise.all([one, again, two, two, one].map((signer) => signer.finish()));
  for (const { status, text } of finishes) assert.equal(status, 200, text);
  over = true;
  await reloading;
  await Promise.all([platform.runJobs(), platform.runJobs(), platform.runJobs()]);
  await platform.runJobs();

  const end = await one.read();
  assert.equal(end.state, 'completed');
  await two.read();
  const texts = (await two.read()).fields.flatMap(({ value }) => (value?.kind === 'text' ? [value.text] : []));
  assert.deepEqual(texts, ['from Ada', 'from Jonas']);
  const kinds = eventsOf(id);
  assert.deepEqual(
    ['signer.consented', 'signer.signed', 'envelope.completed'].map((kind) => count(kinds, kind)),
    [2, 2, 1],
  );
  assert.deepEqual((await posted('Signed by everybody')).sort(), [ada.email, jonas.email]);
});

test('a void and a finish at once: one of them happens, and the other is told', async () => {
  for (let round = 0; round < 6; round++) {
    const id = await sendEnvelope(platform);
    const signer = signerWith(platform, await embedToken(platform, id, ada.email));
    await signer.consent();
    await signer.fill();
    const { document, revision, today } = await signer.read();
    const finish = () => signer.send('POST', '/finish', { document_sha256: document.sha256, revision, date: today });
    const cancel = () => ask(platform, 'POST', id, '/void', { reason: 'Changed our mind' });
    const [finished, voided] = round % 2 ? await Promise.all([finish(), cancel()]) : (await Promise.all([cancel(), finish()])).reverse();
    assert.ok(finished && voided);
    assert.deepEqual([finished.status, voided.status].sort(), [200, 409], `${finished.text} ${voided.text}`);
    assert.equal((await signer.read()).state, finished.status === 200 ? 'finishing' : 'voided');
  }
});

test('a decline and a finish at once leave one of the two', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  const [one, two] = [
    signerWith(platform, await embedToken(platform, id, ada.email)),
    signerWith(platform, await embedToken(platform, id, jonas.email)),
  ];
  await one.consent();
  await one.fill();
  const [finished, declined] = await Promise.all([one.finish(), two.decline('Not like this')]);
  assert.equal(declined.status, 200);
  assert.ok([200, 409].includes(finished.status));
  const { state, signers } = await one.read();
  assert.equal(state, 'declined');
  assert.equal(signers[0]?.state, finished.status === 200 ? 'signed' : 'consented');
  assert.equal(count(eventsOf(id), 'signer.signed'), finished.status === 200 ? 1 : 0);
});

test('one token first used by many calls at once makes one pass', async () => {
  const id = await sendEnvelope(platform);
  const signer = signerWith(platform, await embedToken(platform, id, ada.email));
  const views = await Promise.all(Array.from({ length: 8 }, () => signer.send('GET', '')));
  assert.ok(views.every(({ status }) => status === 200));
});

test('an act is of the instant at which all of it has come, however slowly it was sent', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  const [token, other] = [await embedToken(platform, id, ada.email), signerWith(platform, await embedToken(platform, id, jonas.email))];
  const signer = signerWith(platform, token);
  await signer.consent();
  await signer.fill();
  const { document, revision, today } = await signer.read();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Expect: '100-continue' };
  const slow = request(`${platform.url}${ceremonyPath}/finish`, { method: 'POST', headers });
  slow.flushHeaders();
  await once(slow, 'continue');
  platform.clock.now += 30_000;
  assert.equal((await signAll(other)).status, 200);
  platform.clock.now += 1_000;
  slow.end(JSON.stringify({ document_sha256: document.sha256, revision, date: today }));
  const [answer] = await once(slow, 'response');
  assert.equal(answer.statusCode, 200);
  answer.resume();
  const signed = (await signer.read()).signers.map(({ signed_at }) => signed_at);
  assert.deepEqual(
    signed,
    [0, -1_000].map((before) => new Date(platform.clock.now + before).toISOString()),
  );
  platform.clock.now -= 31_000;
  await platform.runJobs();
});
