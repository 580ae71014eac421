import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import type { SessionAnswer } from '../../../shared/embed.ts';
import type { Fault } from '../../../shared/problem.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { answered, pointers, refused } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const user_email = 'mira@harbor.example';
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let gateway: StartedGateway;
let key: string;
before(async () => {
  loyva = await startStubLoyva();
  gateway = await startGateway({ vendorUrl: loyva.origin });
  key = (await gateway.partner({ origins: [origin], vendorKeys: { loyva: 'lk_the_partners_own_at_the_stub' } })).key;
});
after(async () => {
  await gateway.close();
  loyva.close();
});

/** An envelope that stands so at the vendor. */
function envelope(status: string): string {
  const made = loyva.make(JSON.stringify({ external_id: '', signers: [{ email: 'ada@nordin.example' }] }));
  made.status = status;
  return made.envelope_id;
}
const mint = (envelope_id: unknown, more: object = {}, partnerKey = key, path = '/embed/token') =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'x-api-key': partnerKey, 'content-type': 'application/json' },
    body: JSON.stringify({ widget_type: 'vault', envelope_id, user_email, ...more }),
  });
async function refusedMint(answer: Promise<Response>, status: number, code: string): Promise<Fault[]> {
  const body = await answered<{ code: string; error: string; details?: Fault[] }>(answer, status);
  assert.equal(body.code, code);
  assert.equal(typeof body.error, 'string');
  return body.details ?? [];
}
type Minted = { data: { token: string; envelope_id: string; widget_type: string; embed_url: string; expires_at: string } };

test('a reader’s token names the envelope and nobody’s e-mail, and opens a session of four hours', async () => {
  const id = envelope('vaulted');
  for (const path of ['/embed/token', '/api/v2/embed/token']) {
    const { data } = await answered<Minted>(mint(id, { expires_in: 60, locale: 'sv' }, key, path));
    assert.deepEqual([data.envelope_id, data.widget_type], [id, 'vault']);
    assert.ok(data.embed_url.endsWith(`#${data.token}`));
    const claims = decodeJwt(data.token);
    assert.deepEqual([claims.widget, claims.envelope, claims.scope, claims.customer], ['vault', id, 'vault:read', undefined]);
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 60);
    assert.doesNotMatch(JSON.stringify(claims), /mira/i);
    const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
    const opened = await answered<SessionAnswer>(visitor.open(data.token), 201);
    assert.deepEqual([opened.widget_type, opened.locale], ['vault', 'sv']);
    const hours = (Date.parse(opened.ends_at) - gateway.clock.now()) / 3_600_000;
    assert.ok(hours > 3.9 && hours <= 4, `${hours} hours`);
  }
});

test('only a vaulted envelope of the partner’s is shown: every other one is refused by name', async () => {
  for (const status of ['pending', 'sent', 'viewed', 'completed', 'declined', 'voided', 'expired', 'released'])
    await refusedMint(mint(envelope(status)), 409, 'envelope-wrong-state');
  await refusedMint(mint('env_aaaaaaaaaaaa'), 404, 'not-found');
  const keyless = await gateway.partner({ origins: [origin] });
  await refusedMint(mint(envelope('vaulted'), {}, keyless.key), 409, 'credential-missing');
});

test('the scope is the vault’s own: neither signing nor onboarding opens it, and it opens neither', async () => {
  const id = envelope('vaulted');
  for (const scope of ['esign:write', 'onboarding:write', 'vault:write', 'envelopes:read']) {
    const narrow = await gateway.partner({ key: { scopes: [scope as 'esign:write'] } });
    await refusedMint(mint(id, {}, narrow.key), 403, 'scope-missing');
  }
  const reading = await gateway.partner({ key: { scopes: ['vault:read'] } });
  await refusedMint(mint(envelope('sent'), { widget_type: 'sign' }, reading.key), 403, 'scope-missing');
  const customer = { widget_type: 'onboarding', customer: { external_id: 'c' } };
  await refusedMint(mint(undefined, customer, reading.key), 403, 'scope-missing');
});

test('every fault of the body is named at once', async () => {
  const faults = await refusedMint(
    mint('x/../y', { user_email: 'mira', expires_in: 5, customer: {}, role: 'admin' }),
    422,
    'invalid-input',
  );
  assert.deepEqual(pointers(faults).sort(), ['/customer', '/envelope_id', '/expires_in', '/role', '/user_email']);
  assert.deepEqual(pointers(await refusedMint(mint(undefined), 422, 'invalid-input')), ['/envelope_id']);
  assert.deepEqual(pointers(await refusedMint(mint(envelope('vaulted'), { widget_type: 'team' }), 422, 'invalid-input')), ['/widget_type']);
});

test('a vendor that cannot say how the envelope stands mints nothing', async () => {
  const id = envelope('vaulted');
  const door = 'GET /:id/status';
  for (const [reply, status, code] of [
    [(response) => response.destroy(), 503, 'vendor-unavailable'],
    [json('<html>'), 502, 'vendor-unreadable'],
    [json({ error: 'no' }, 401), 502, 'vendor-refused'],
    [json({ error: 'no' }, 500), 503, 'vendor-unavailable'],
  ] as const satisfies readonly (readonly [Parameters<typeof loyva.at>[1], number, string])[]) {
    loyva.at(door, reply);
    await refusedMint(mint(id), status, code);
  }
  loyva.at(door);
  await answered(mint(id));
});

test('a session of one kind is refused at the doors of the others', async () => {
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  const { data } = await answered<Minted>(mint(envelope('vaulted')));
  await answered(visitor.open(data.token), 201);
  await refused(visitor.call('GET', '/embed/onboarding'), 403, 'scope-missing');
  await refused(visitor.submit({}), 403, 'scope-missing');
  await refused(visitor.call('GET', '/embed/ceremony'), 403, 'scope-missing');
  const others = {
    onboarding: { customer: { external_id: 'c-2' } },
    sign: { customer: undefined, envelope_id: envelope('sent'), user_email: 'ada@nordin.example' },
  };
  for (const [widget_type, body] of Object.entries(others)) {
    const other = await createVisitor(gateway.url, origin, gateway.clock.now);
    await answered(other.open(await mintedToken(gateway.url, key, { widget_type, ...body })), 201);
    for (const path of ['', '/copy', '/certificate']) await refused(other.call('GET', `/embed/vault${path}`), 403, 'scope-missing');
  }
});
