import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { type Tool, tool } from '../../tools.ts';
import { ada, embedToken, linkToken, partner, sendEnvelope, signerWith } from '../ceremony/ceremony-stage.ts';
import { type Judges, judges } from '../world/judges.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

/** Drawn in one way in each of the regions. */
const name = '直樹';
const text = { type: 'text', signer: ada.email, page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.04 };
const signature = { ...text, type: 'signature', y: 0.3, height: 0.06 };

/** The fonts of the sealed file, by page: the value's on the first, the name's on the record. */
async function fontsOf(judge: Judges, pdffonts: Tool, more: object, answer?: { text: string; lang: string }) {
  const id = await sendEnvelope(platform, {
    signers: [{ ...ada, name }],
    more: { fields: [{ ...text, value: '直' }, { ...text, y: 0.2 }, signature], ...more },
  });
  const token = await linkToken(platform, id, ada.email);
  const { consent, read, save, fill, finish } = signerWith(platform, await embedToken(platform, id, ada.email));
  await consent();
  const second = (await read()).fields[1]?.id ?? '';
  if (answer) assert.equal((await save({ [second]: { kind: 'text', ...answer } })).status, 200);
  await fill();
  assert.equal((await finish()).status, 200);
  await platform.runJobs();
  assert.deepEqual(platform.reported, []);
  const file = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
  const path = judge.keep('sealed.pdf', Buffer.from(await file.arrayBuffer()));
  judge.pdfdetach('-saveall', '-o', judge.folder, path);
  const facts = JSON.parse(await readFile(join(judge.folder, 'facts.json'), 'utf8'));
  const fonts = (...pages: string[]) => [...new Set(pdffonts(...pages, path).match(/NotoSans(?:SC|TC|HK|JP|KR)/g) ?? [])].sort();
  return { first: fonts('-l', '1'), record: fonts('-f', '4'), locale: facts.envelope.locale };
}

test('Han characters are drawn as the envelope’s language has them; an answer’s own language comes first, and without one it is SC', async (t) => {
  const judge = judges(t);
  const pdffonts = judge && tool(t, 'pdffonts', 'poppler-utils');
  if (!pdffonts) return;
  assert.deepEqual(await fontsOf(judge, pdffonts, {}), { first: ['NotoSansSC'], record: ['NotoSansSC'], locale: null });
  assert.deepEqual(await fontsOf(judge, pdffonts, { locale: 'ja' }), { first: ['NotoSansJP'], record: ['NotoSansJP'], locale: 'ja' });
  assert.deepEqual(await fontsOf(judge, pdffonts, { locale: 'ja-JP' }, { text: '直', lang: 'zh-Hant-HK' }), {
    first: ['NotoSansHK', 'NotoSansJP'],
    record: ['NotoSansJP'],
    locale: 'ja-JP',
  });
});

test('what is no language tag is refused', async () => {
  for (const locale of ['japanese language', 7, 'x']) {
    const { status, json } = await call(platform, 'POST', '/api/v2/partner/envelopes', partner(platform), {
      customer_email: ada.email,
      customer_name: name,
      envelope_kind: 'paper',
      locale,
    });
    assert.equal(status, 422);
    assert.deepEqual(
      (json.details as { pointer: string }[]).map(({ pointer }) => pointer),
      ['/locale'],
    );
  }
});
