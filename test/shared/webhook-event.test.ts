import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { verifyWebhook, WebhookError } from '../../shared/webhook-event.ts';

const secret = 'sixteen-letters-é';
const event = {
  event_type: 'vault.stored',
  event_id: 'evt_00112233445566778899aabb',
  org_id: 'org_1',
  envelope_id: 'env_0a1b2c3d4e5f',
  timestamp: '2026-05-01T08:00:00.000Z',
  data: { path: 'ucc-vault/org_1/env_0a1b2c3d4e5f/signed.pdf', note: 'Zoë' },
};
/** As senders may write it: with spaces, and characters of several bytes. */
const body = JSON.stringify(event, undefined, 1);
const signed = (text: string, key = secret) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
const refusedAs = (code: string) => (error: unknown) => error instanceof WebhookError && error.code === code;

test('a signed delivery is its event, whatever the headers and the body came as', async () => {
  const signature = signed(body);
  for (const headers of [{ 'x-loyva-signature': signature }, new Headers({ 'X-Loyva-Signature': signature })])
    for (const received of [body, Buffer.from(body), new TextEncoder().encode(body)])
      assert.deepEqual(await verifyWebhook({ body: received, headers, secret }), event);
});

test('while the secret is changed, deliveries under the old one and the new one are taken', async () => {
  for (const key of ['the-old-secret-16', 'the-new-secret-16']) {
    const headers = { 'x-loyva-signature': signed(body, key) };
    assert.equal((await verifyWebhook({ body, headers, secret: ['the-old-secret-16', 'the-new-secret-16'] })).event_id, event.event_id);
  }
});

test('a delivery without a signature is refused, as it would be while no secret is set', async () => {
  for (const headers of [{}, new Headers(), { 'x-loyva-signature': undefined }])
    await assert.rejects(verifyWebhook({ body, headers, secret }), refusedAs('unsigned'));
});

test('what differs from what was signed by one character, or was signed with another secret or in another way, is refused', async () => {
  const good = signed(body);
  const forged: readonly [body: string, signature: string, secret: string | readonly string[]][] = [
    [body.replace('stored', 'storeD'), good, secret],
    [`${body}\n`, good, secret],
    [JSON.stringify(event), good, secret],
    [body, signed(body, 'another-secret-16'), secret],
    [body, good, []],
    [body, signed(body, ''), ''],
    [body, good.slice('sha256='.length), secret],
    [body, good.replace('sha256', 'sha1'), secret],
    [body, good.slice(0, -2), secret],
    [body, `${good}00`, secret],
    [body, 'sha256=', secret],
    [body, '', secret],
  ];
  for (const [received, signature, key] of forged)
    await assert.rejects(
      verifyWebhook({ body: received, headers: { 'x-loyva-signature': signature }, secret: key }),
      refusedAs('forged'),
      `${signature} ${received.length}`,
    );
});

test('what is signed and is no event says so; what is not known of one is left out, what may be missing is empty', async () => {
  const verify = (text: string | Buffer) =>
    verifyWebhook({
      body: text,
      headers: { 'x-loyva-signature': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}` },
      secret,
    });
  for (const text of [
    '',
    'null',
    '[]',
    '{"event_type":"x"}',
    '{"event_type":1,"event_id":"e","timestamp":"t"}',
    Buffer.from('{"event_type":"\xff"}', 'latin1'),
  ])
    await assert.rejects(verify(text), refusedAs('unreadable'));
  assert.deepEqual(await verify('{"event_type":"webhook.test","event_id":"evt_1","envelope_id":null,"timestamp":"t","more":1}'), {
    event_type: 'webhook.test',
    event_id: 'evt_1',
    envelope_id: null,
    timestamp: 't',
    data: {},
  });
});
