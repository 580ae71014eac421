import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { partner, sendEnvelope } from '../ceremony/ceremony-stage.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

/** Everything that was ever recorded of an envelope. */
const leaves = () => {
  const db = new SqliteFile(`${platform.dataDir}/platform.db`, { readonly: true });
  const { n } = db.prepare('select count(*) as n from envelope_events').get() as { n: number };
  db.close();
  return n;
};

test('HEAD of a GET that makes something is 405 and makes nothing, on the platform and through the gateway', async () => {
  const id = await sendEnvelope(platform);
  const { key } = await gateway.partner({ vendorKeys: { loyva: platform.keys.loyva } });
  const before = leaves();
  for (const path of ['signing-links', 'vault/signed-url', 'vault/copy/signed-url', 'vault/certificate'])
    for (const [url, headers] of [
      [platform.url, partner(platform)],
      [gateway.url, { 'X-API-Key': key }],
    ] as const) {
      const answer = await fetch(`${url}/api/v2/partner/envelopes/${id}/${path}`, { method: 'HEAD', headers });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET'], url + path);
    }
  assert.equal(leaves(), before);
  const links = `/api/v2/partner/envelopes/${id}/signing-links`;
  assert.equal((await fetch(gateway.url + links, { headers: { 'X-API-Key': key } })).status, 200);
  assert.ok(leaves() > before, 'what GET makes is seen here');
});
