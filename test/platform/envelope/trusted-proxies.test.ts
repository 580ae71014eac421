import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { ceremonyPath, clientHeader } from '../../../shared/signing/ceremony.ts';
import { nginxBefore } from '../../nginx.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, embedToken, linkToken, sendEnvelope, signerWith } from '../ceremony/ceremony-stage.ts';
import { type Judges, judges } from '../world/judges.ts';

const proxy = '127.0.0.9';
const spoofed = '198.51.100.66';
let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform({ trustedProxies: [proxy] });
});
after(() => platform.close());

/** Signs with the token at this origin, claiming to come from elsewhere; gives the record's text and its facts. */
async function signed(t: TestContext, url: string, token: string, headers: Record<string, string> = {}) {
  const signer = signerWith({ url }, token, { 'X-Forwarded-For': spoofed, ...headers });
  for (const act of [signer.consent, signer.fill, signer.finish]) assert.equal((await act()).status, 200);
  await platform.runJobs();
  const judge: Judges | undefined = judges(t);
  if (!judge) return undefined;
  const file = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
  const path = judge.keep('sealed.pdf', Buffer.from(await file.arrayBuffer()));
  judge.pdfdetach('-saveall', '-o', judge.folder, path);
  const facts = JSON.parse(await readFile(join(judge.folder, 'facts.json'), 'utf8'));
  return { text: judge.pdftotext('-layout', '-f', '4', path, '-').replace(/ +/g, ' '), facts, file: JSON.stringify(facts) };
}

test('behind a proxy that is trusted the record says the signer’s address, and which proxy told it', async (t) => {
  const before = await nginxBefore(t, platform.url, proxy);
  if (!before) return;
  const id = await sendEnvelope(platform);
  const found = await signed(t, before, await linkToken(platform, id, ada.email));
  if (!found) return;
  const { text, facts, file } = found;
  assert.ok(text.includes(`Address 127.0.0.1, through ${proxy}`), text);
  const [{ address, address_via, reported_by }] = facts.signers;
  assert.deepEqual([address, address_via, reported_by], ['127.0.0.1', proxy, 'the platform']);
  const acts = facts.events.filter(({ kind }: { kind: string }) => kind.startsWith('signer.'));
  assert.ok(acts.length > 0 && acts.every((event: Record<string, string>) => event.address_via === proxy), file);
  assert.ok(!text.includes(spoofed) && !file.includes(spoofed));
});

test('whoever is no trusted proxy is believed nothing', async (t) => {
  const id = await sendEnvelope(platform);
  const found = await signed(t, platform.url, await linkToken(platform, id, ada.email));
  if (!found) return;
  const { text, facts, file } = found;
  assert.ok(text.includes('Address 127.0.0.1\n'), text);
  assert.deepEqual([facts.signers[0].address, 'address_via' in facts.signers[0]], ['127.0.0.1', false]);
  assert.ok(!text.includes(spoofed) && !file.includes(spoofed));
});

test('what a gateway reports of its own proxy stands beside the address, as reported by that key', async (t) => {
  const id = await sendEnvelope(platform);
  const report = { address: '203.0.113.7', via: '10.0.0.5', user_agent: 'Browser/1', session: 'ses_1', assurance: 'partner-asserted' };
  const found = await signed(t, platform.url, await embedToken(platform, id, ada.email), { [clientHeader]: JSON.stringify(report) });
  if (!found) return;
  assert.ok(found.text.includes('Address 203.0.113.7, through 10.0.0.5'), found.text);
  assert.equal(found.facts.signers[0].reported_by, 'Harbor Leasing');
  assert.ok(!found.file.includes(spoofed));
});
