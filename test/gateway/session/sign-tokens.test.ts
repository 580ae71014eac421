import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import type { SessionAnswer } from '../../../shared/embed.ts';
import type { Fault } from '../../../shared/problem.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { ceremony, pdfWith } from '../world/agreement.ts';
import { answered, pointers, refused } from '../world/answers.ts';
import { json, startStubVendor } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const user_email = 'ada@nordin.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let envelope: string;
let content_base64: string;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: platform.keys.loyva } });
  content_base64 = Buffer.from(await pdfWith('Sign here')).toString('base64');
  envelope = await made();
});
after(async () => {
  await gateway.close();
  await platform.close();
});

async function made(key = platform.keys.loyva): Promise<string> {
  const document = { filename: 'lease.pdf', content_base64 };
  const body = { customer_email: user_email, customer_name: 'Ada Nordin', document };
  const { status, json: answer, text } = await call(platform, 'POST', '/api/v2/partner/envelopes', { 'x-api-key': key }, body);
  assert.equal(status, 201, text);
  return (answer.data as { envelope_id: string }).envelope_id;
}
const voided = (id: string) =>
  call(platform, 'POST', `/api/v2/partner/envelopes/${id}/void`, { 'x-api-key': platform.keys.loyva }, { reason: 'Over' });

const mint = (body: object = {}, key = partner.key, to = gateway) =>
  fetch(`${to.url}/embed/token`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ widget_type: 'sign', envelope_id: envelope, user_email, ...body }),
  });
async function refusedMint(answer: Promise<Response>, status: number, code: string): Promise<Fault[]> {
  const body = await answered<{ code: string; details?: Fault[] }>(answer, status);
  assert.equal(body.code, code);
  return body.details ?? [];
}
async function signer(token: string) {
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  return { visitor, opened: await answered<SessionAnswer>(visitor.open(token), 201) };
}

test('a signer’s token names the envelope and nobody’s e-mail, and opens a session of four hours that shows the ceremony', async () => {
  const { data } = await answered<{ data: { token: string; envelope_id: string; widget_type: string } }>(
    mint({ user_email: 'ADA@Nordin.example' }),
  );
  assert.deepEqual([data.envelope_id, data.widget_type], [envelope, 'sign']);
  const claims = decodeJwt(data.token);
  assert.deepEqual([claims.widget, claims.envelope, claims.scope, claims.customer], ['sign', envelope, 'esign:write', undefined]);
  assert.doesNotMatch(JSON.stringify(claims), /ada/i);
  const { visitor, opened } = await signer(data.token);
  assert.equal(opened.widget_type, 'sign');
  const hours = (Date.parse(opened.ends_at) - gateway.clock.now()) / 3_600_000;
  assert.ok(hours > 3.9 && hours <= 4, `${hours} hours`);
  const view = await ceremony(visitor, 'GET');
  assert.deepEqual([view.envelope_id, view.you.email, view.you.turn], [envelope, user_email, true]);
});

test('a mint of another’s, an ended or an unknown envelope, for a stranger, or without key or scope is refused by name', async () => {
  const strange = await made((await platform.seed('Other')).loyva);
  await refusedMint(mint({ envelope_id: strange }), 404, 'not-found');
  await refusedMint(mint({ envelope_id: 'env_aaaaaaaaaaaa' }), 404, 'not-found');
  const over = await made();
  await voided(over);
  await refusedMint(mint({ envelope_id: over }), 409, 'envelope-wrong-state');
  assert.deepEqual(pointers(await refusedMint(mint({ user_email: 'eve@x.example' }), 422, 'invalid-input')), ['/user_email']);
  assert.deepEqual(pointers(await refusedMint(mint({ envelope_id: 'x/../y', customer: {} }), 422, 'invalid-input')), [
    '/envelope_id',
    '/customer',
  ]);
  const keyless = await gateway.partner({ origins: [origin] });
  await refusedMint(mint({}, keyless.key), 409, 'credential-missing');
  const narrow = await gateway.partner({ key: { scopes: ['onboarding:write', 'envelopes:write'] } });
  await refusedMint(mint({}, narrow.key), 403, 'scope-missing');
  const signing = await gateway.partner({ key: { scopes: ['esign:write'] } });
  await refusedMint(
    mint({ widget_type: 'onboarding', envelope_id: undefined, customer: { external_id: 'c' } }, signing.key),
    403,
    'scope-missing',
  );
});

test('a test key never mints with a live vendor key', async () => {
  const { id } = partner;
  const issued = await answered<{ key: string }>(gateway.admin('POST', `/api/v1/admin/partners/${id}/keys`, { mode: 'test' }), 201);
  await refusedMint(mint({}, issued.key), 403, 'wrong-mode');
});

test('a session of one kind is refused at the door of the other', async () => {
  const { data } = await answered<{ data: { token: string } }>(mint());
  const { visitor } = await signer(data.token);
  await refused(visitor.call('GET', '/embed/onboarding'), 403, 'scope-missing');
  await refused(visitor.submit({}), 403, 'scope-missing');
  const other = await signer(await mintedToken(gateway.url, partner.key, { customer: { external_id: 'unsigning' } }));
  await refused(other.visitor.call('GET', '/embed/ceremony'), 404, 'not-found');
  await answered(visitor.call('DELETE', '/embed/session'), 204);
});

test('an envelope that ended before it was opened is told so, and a session of it goes on showing its end', async () => {
  const [early, late] = [await made(), await made()];
  const open = async (envelope_id: string) =>
    (await signer((await answered<{ data: { token: string } }>(mint({ envelope_id }))).data.token)).visitor;
  const [unopened, opened] = [await open(early), await open(late)];
  assert.equal((await ceremony(opened, 'GET')).state, 'open');
  await Promise.all([voided(early), voided(late)]);
  await refused(unopened.call('GET', '/embed/ceremony'), 409, 'ceremony-ended');
  assert.equal((await ceremony(opened, 'GET')).state, 'voided');
});

test('a vendor that fails or answers rubbish is not taken for one that says no; one that names no signers decides by itself', async (t) => {
  const vendor = await startStubVendor();
  t.after(() => vendor.close());
  const stubbed = await startGateway({ vendorUrl: vendor.origin });
  const { key } = await stubbed.partner({ origins: [origin], vendorKeys: { loyva: 'lk_at_the_stub' } });
  const asked = () => mint({}, key, stubbed);
  vendor.answerWith((response) => response.destroy());
  await refusedMint(asked(), 503, 'vendor-unavailable');
  vendor.answerWith(json('<html>'));
  await refusedMint(asked(), 502, 'vendor-unreadable');
  vendor.answerWith(json({ error: 'no' }, 401));
  await refusedMint(asked(), 502, 'vendor-refused');
  vendor.answerWith(json({ data: { envelope_id: envelope, status: 'sent', vaulted: false, more: 1 } }));
  await answered(asked());
  await stubbed.close();
});

test('a token lives from when the vendor has said that there is its envelope, however long that took', async (t) => {
  const slow = await startStubVendor();
  t.after(() => slow.close());
  const beside = await startGateway({ vendorUrl: slow.origin });
  t.after(() => beside.close());
  slow.answerWith((response) => {
    beside.clock.advance(15_000);
    json({ data: { envelope_id: envelope, status: 'sent', signers: [{ email: user_email, status: 'sent' }] } })(response);
  });
  const { key } = await beside.partner({ origins: [origin], vendorKeys: { loyva: 'lk_of_a_slow_vendor' } });
  const { data } = await answered<{ data: { token: string } }>(mint({ expires_in: 60 }, key, beside));
  const { iat = 0, exp = 0 } = decodeJwt(data.token);
  assert.deepEqual([iat, exp - iat], [Math.floor(beside.clock.now() / 1000), 60]);
});
