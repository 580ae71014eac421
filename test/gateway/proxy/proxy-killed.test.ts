import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { gatewayChild } from '../world/gateway-child.ts';
import { json, startStubVendor } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const teams = '/api/partner/teams';

test('a gateway killed while a call is at the vendor never sends it again: the same key says that the outcome is unknown', async () => {
  const vendor = await startStubVendor();
  const gateway = await gatewayChild(vendor.origin, origin, { scribeless: 'slp_vendor_key_1', loyva: 'lv_vendor_key_1' });
  try {
    const post = (path: string, key: string, body: object) =>
      call(gateway, 'POST', path, { 'x-api-key': gateway.partner.key, 'idempotency-key': key }, body);
    const form = () => {
      const data = new FormData();
      data.set('file', new Blob(['%PDF-']), 'paper.pdf');
      return data;
    };
    const upload = () =>
      fetch(`${gateway.url}/api/v2/partner/envelopes/env_a/upload`, {
        method: 'POST',
        headers: { 'x-api-key': gateway.partner.key, 'idempotency-key': 'form' },
        body: form(),
      });
    vendor.answerWith(() => {});
    const lost = [post(teams, 'json', { email: 'a@x.example' }), upload()].map((each) => each.catch(() => 'lost'));
    await eventually(async () => vendor.received.length === 2);
    await gateway.killAndStart();
    assert.deepEqual(await Promise.all(lost), ['lost', 'lost']);

    vendor.answerWith(json({ data: {} }));
    const first = await post(teams, 'json', { email: 'a@x.example' });
    const again = await post(teams, 'json', { email: 'a@x.example' });
    const [id] = /call_[a-z2-7]{24}/.exec(String(first.json.message)) ?? [];
    assert.deepEqual([first.status, again.json.message, first.json.statusCode], [502, first.json.message, 502]);
    assert.ok(id, first.text);
    const uploaded = await upload();
    const told = (await uploaded.json()) as { code: string; id: string };
    assert.deepEqual([uploaded.status, told.code], [502, 'outcome-unknown']);
    assert.match(told.id, /^call_[a-z2-7]{24}$/);
    assert.equal((await post(teams, 'json', { email: 'other@x.example' })).status, 422);
    assert.equal(vendor.received.length, 2, 'the vendor saw each call once');

    const headers = { authorization: `Bearer ${gateway.adminToken}` };
    const audit = await fetch(`${gateway.url}/api/v1/admin/partners/${gateway.partner.id}/audit?limit=100`, { headers });
    const { items } = (await audit.json()) as { items: { kind: string; about: { call: string } }[] };
    const unknown = items.filter(({ kind }) => kind === 'call.unknown').map(({ about }) => about.call);
    assert.deepEqual(unknown.sort(), [id, told.id].sort());
  } finally {
    await gateway.close();
    vendor.close();
  }
});
