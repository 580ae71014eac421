import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, ask, embedToken, jonas, sendEnvelope, signAll, signerWith } from './ceremony-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const enter = async (id: string, { email }: { email: string }) => signerWith(platform, await embedToken(platform, id, email));
const codeOf = ({ status, json }: { status: number; json: Record<string, unknown> }) => `${status} ${json.code}`;

test('a signer agrees, reads, answers and finishes; then the sealed file is there', async () => {
  const id = await sendEnvelope(platform, { fields: ['signature', 'date_signed', 'name', 'text', 'checkbox'] });
  const signer = await enter(id, ada);
  const first = await signer.read();
  assert.deepEqual(
    [first.state, first.you.state, first.you.turn, first.sender, first.name],
    ['open', 'asked', true, 'Harbor Leasing', 'Equipment lease agreement'],
  );
  assert.deepEqual(
    first.document.pages.map(({ width }) => Math.round(width)),
    [595, 595, 595],
  );

  const status = () => ask(platform, 'GET', id, '/status').then(({ json }) => (json.data as { status: string }).status);
  assert.equal(await status(), 'sent');
  const agreed = await signer.consent();
  assert.deepEqual([agreed.status, (agreed.json.you as { state: string }).state], [200, 'consented']);
  assert.equal(await status(), 'viewed');
  const file = await signer.send('GET', '/document');
  assert.match(file.text, /^%PDF-/);
  assert.equal(file.headers.get('etag'), `"${first.document.sha256}"`);
  assert.deepEqual((await signer.send('POST', '/pages', { pages: [2, 1] })).json, { pages_seen: [1, 2] });
  assert.deepEqual((await signer.send('POST', '/pages', { pages: [2, 3] })).json, { pages_seen: [1, 2, 3] });

  assert.equal((await signer.fill()).json.revision, 1);
  const finished = await signer.finish();
  assert.deepEqual([finished.status, finished.json.state], [200, 'finishing']);
  assert.equal(await status(), 'viewed');
  await platform.runJobs();
  assert.equal(await status(), 'completed');

  const end = await signer.read();
  assert.deepEqual([end.state, end.document.sealed, end.document.filename], ['completed', true, 'lease (signed).pdf']);
  assert.notEqual(end.document.sha256, first.document.sha256);
  const values = Object.fromEntries(end.fields.map(({ type, value }) => [type, value]));
  assert.deepEqual(values.date_signed, { kind: 'text', text: '2026-11-21' });
  assert.deepEqual(values.name, { kind: 'text', text: 'Ada Nordin' });
});

test('the words agreed to are exactly those shown, with the hash that anybody can make again', async () => {
  const { consent } = await (await enter(await sendEnvelope(platform), ada)).read();
  const text = [consent.title, ...consent.paragraphs].join('\n\n');
  assert.equal(createHash('sha256').update(text).digest('hex'), consent.sha256);
  assert.match(text, /Harbor Leasing/);
});

test('whoever opens the link, a mail scanner for one, changes nothing', async () => {
  const id = await sendEnvelope(platform);
  const signer = await enter(id, ada);
  const before = (await ask(platform, 'GET', id)).json;
  await signer.read();
  await signer.send('HEAD', '');
  assert.equal(codeOf(await signer.send('GET', '/document')), '409 consent-missing');
  assert.deepEqual((await ask(platform, 'GET', id)).json, before);
});

test('in a sequential envelope the second signer waits, sees who is first, and is let in when the first has signed', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas], more: { signing_order: 'sequential' } });
  const [first, second] = [await enter(id, ada), await enter(id, jonas)];
  const waiting = await second.read();
  assert.deepEqual([waiting.you.state, waiting.you.turn], ['waiting', false]);
  assert.deepEqual(
    waiting.signers.map(({ name, state, you }) => [name, state, you]),
    [
      ['Ada Nordin', 'asked', false],
      ['Jonas Ek', 'waiting', true],
    ],
  );
  const { version, sha256 } = waiting.consent;
  assert.equal(codeOf(await second.send('POST', '/consent', { version, sha256, agreed: true })), '409 not-your-turn');
  assert.equal(codeOf(await second.decline('Not me')), '409 not-your-turn');

  assert.equal((await signAll(first)).json.state, 'open');
  assert.equal((await second.read()).you.state, 'asked');
  assert.equal((await second.read()).fields.find(({ mine }) => !mine)?.value, null, 'not before the second has agreed');
  await second.consent();
  assert.equal((await second.read()).fields.find(({ mine }) => !mine)?.value?.kind, 'drawn');
  await second.fill();
  assert.equal((await second.finish()).json.state, 'finishing');
});

test('every refusal says which', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas], fields: ['signature', 'text'], more: { required_reading: true } });
  const signer = await enter(id, ada);
  const { consent, document, today } = await signer.read();
  const finish = { document_sha256: document.sha256, revision: 0, date: today };
  const agree = { version: consent.version, sha256: consent.sha256, agreed: true };
  const refused = async (method: string, path: string, body: unknown) => codeOf(await signer.send(method, path, body));

  assert.equal(await refused('PUT', '/fields', { values: {} }), '409 consent-missing');
  assert.equal(await refused('POST', '/pages', { pages: [1] }), '409 consent-missing');
  assert.equal(await refused('POST', '/finish', finish), '409 consent-missing');
  assert.equal(await refused('POST', '/consent', { ...agree, sha256: '0'.repeat(64) }), '409 ceremony-changed');
  assert.equal(await refused('POST', '/consent', { ...agree, agreed: false }), '422 invalid-input');
  await signer.consent();
  assert.equal(await refused('POST', '/pages', { pages: [4] }), '422 invalid-input');
  assert.equal(await refused('POST', '/finish', { ...finish, document_sha256: '0'.repeat(64) }), '409 ceremony-changed');
  assert.equal(await refused('POST', '/finish', { ...finish, revision: 1 }), '409 ceremony-changed');
  assert.equal(await refused('POST', '/finish', { ...finish, date: '2026-11-20' }), '409 ceremony-changed');
  assert.equal(await refused('POST', '/finish', finish), '409 pages-unread');
  await signer.send('POST', '/pages', { pages: [1, 2, 3] });
  const unanswered = await signer.send('POST', '/finish', finish);
  assert.equal(unanswered.status, 422);
  const { fields } = await signer.read();
  assert.deepEqual(
    (unanswered.json.errors as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]),
    fields.filter(({ mine }) => mine).map((field) => [`/values/${field.id}`, 'required']),
  );
  assert.equal(await refused('POST', '/finish', { ...finish, more: 1 }), '422 invalid-input');
  assert.equal(await refused('POST', '/finish', '{'), '400 malformed-json');
  assert.equal(await refused('POST', '/nothing', {}), '404 no-such-route');
  assert.equal(await refused('GET', '/finish', undefined), '405 method-not-allowed');
  assert.equal(await refused('PUT', '/fields', { values: { x: { kind: 'text', text: 'x'.repeat(4_200_000) } } }), '413 body-too-large');

  await signer.fill();
  assert.equal((await signer.finish()).status, 200);
  assert.equal(codeOf(await signer.save({ [fields[0]?.id ?? '']: null })), '409 ceremony-ended');
  assert.equal(codeOf(await signer.decline('Too late')), '409 ceremony-ended');
});

test('every act may be repeated and answers with the state as it is', async () => {
  const id = await sendEnvelope(platform, { signers: [ada, jonas] });
  const signer = await enter(id, ada);
  await signer.consent();
  assert.equal((await signer.consent()).status, 200);
  const { fields } = await signer.read();
  const own = fields.find(({ mine }) => mine)?.id ?? '';
  const value = { kind: 'typed', text: 'Ada Nordin' } as const;
  assert.deepEqual((await signer.save({ [own]: value })).json.revision, 1);
  assert.deepEqual((await signer.save({ [own]: value })).json.revision, 1);
  const { document, today } = await signer.read();
  const request = { document_sha256: document.sha256, revision: 1, date: today };
  assert.equal((await signer.send('POST', '/finish', request)).status, 200);
  assert.deepEqual(((await signer.send('POST', '/finish', request)).json.you as { state: string }).state, 'signed');
  assert.deepEqual((await signer.send('POST', '/pages', { pages: [1] })).json, { pages_seen: [] });
  const other = await enter(id, jonas);
  assert.equal((await other.decline('Terms')).status, 200);
  assert.equal((await other.decline('Terms')).json.state, 'declined');
  assert.equal((await signer.send('POST', '/finish', request)).json.state, 'declined');
});

test('what is declined or voided is told in its words, and nothing goes on', async () => {
  const declined = await sendEnvelope(platform, { signers: [ada, jonas] });
  const [one, two] = [await enter(declined, ada), await enter(declined, jonas)];
  await two.consent();
  await one.decline('The rate is wrong');
  const seen = await two.read();
  assert.deepEqual([seen.state, seen.ended?.by, seen.ended?.reason], ['declined', 'Ada Nordin', 'The rate is wrong']);
  assert.equal(codeOf(await two.fill()), '409 ceremony-ended');
  assert.equal(codeOf(await two.finish()), '409 ceremony-ended');
  assert.equal(codeOf(await two.send('GET', '/document')), '409 ceremony-ended');
  assert.equal(codeOf(await two.decline('Me too')), '409 ceremony-ended');

  const voided = await sendEnvelope(platform);
  const signer = await enter(voided, ada);
  await signer.consent();
  await ask(platform, 'POST', voided, '/void', { reason: 'Sent by mistake' });
  const { ended, state } = await signer.read();
  assert.deepEqual([state, ended?.by, ended?.reason], ['voided', 'Harbor Leasing', 'Sent by mistake']);
  assert.equal(codeOf(await signer.finish()), '409 ceremony-ended');
});

test('a reason that would not be kept as it was written is refused; lines and tabs are kept', async () => {
  const signer = await enter(await sendEnvelope(platform), ada);
  for (const reason of ['No\u0000', 'No \ud800', 'No\u0007'])
    assert.equal(codeOf(await signer.decline(reason)), '422 invalid-input', JSON.stringify(reason));
  assert.equal((await signer.decline('No:\n\tnot like this')).status, 200);
  assert.equal((await signer.read()).ended?.reason, 'No:\n\tnot like this');
});

test('the day of signing is that of the finish, in UTC; a finish that names yesterday is refused', async () => {
  const id = await sendEnvelope(platform, { fields: ['signature', 'date_signed'] });
  const signer = await enter(id, ada);
  await signer.consent();
  await signer.fill();
  const yesterday = (await signer.read()).today;
  const start = platform.clock.now;
  platform.clock.now = Date.parse(`${yesterday}T00:00:01Z`) + 24 * 3_600_000;
  // The token's four hours are over by then; a link lasts.
  const later = signerWith(platform, await embedToken(platform, id, ada.email));
  assert.equal(codeOf(await later.finish({ date: yesterday })), '409 ceremony-changed');
  assert.equal((await later.finish()).status, 200);
  const field = (await later.read()).fields.find(({ type }) => type === 'date_signed');
  assert.deepEqual(field?.value, { kind: 'text', text: '2026-11-22' });
  platform.clock.now = start;
});
