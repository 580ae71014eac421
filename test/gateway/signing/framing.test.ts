import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { discoveryPath } from '../../../shared/signing/ceremony.ts';
import { loyvaLinkOrigins } from '../../../shared/vendors/loyva.ts';
import { movableClock, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { signByTemplate, until } from '../onboarding/template-flow.ts';
import { answered, entered, refused } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

/** What a vendor's page may be, and what a vendor may answer, before anything of it reaches a browser. */
const origin = 'https://portal.harbor.example';
const clock = movableClock();
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let gateway: StartedGateway;
before(async () => {
  loyva = await startStubLoyva();
  gateway = await startGateway({ vendorUrl: loyva.origin, clock });
});
after(async () => {
  await gateway.close();
  loyva.close();
});

let partners = 0;
async function signer() {
  partners += 1;
  const secret = `lk_framing_canary_${partners}`;
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: secret } });
  await signByTemplate(gateway, partner.id, 'tmpl_lease0000001');
  const visitor = await entered(gateway, partner.key, origin, 'framed');
  await answered(visitor.submit(ada));
  await until(gateway, visitor, ({ sign }) => sign?.state === 'open');
  return { secret, partner, visitor };
}
const page = (visitor: Awaited<ReturnType<typeof signer>>['visitor']) => {
  clock.advance(3_000);
  return visitor.call('POST', '/embed/ceremony/frame', {});
};
const minting = (embed_url: string) => json({ data: { embed_url, token: 'x' } });

test('where the vendor has a ceremony, no page of it is minted and its token stays in the gateway', async () => {
  const { visitor } = await signer();
  const before = loyva.count('POST /api/v2/embed/token');
  await refused(page(visitor), 404, 'not-found');
  assert.equal(loyva.count('POST /api/v2/embed/token'), before);
});

test('one stray "not found" at the address of the ceremony does not make a vendor without one', async () => {
  const { visitor } = await signer();
  const before = loyva.count('POST /api/v2/embed/token');
  // What was learned of the vendor is forgotten.
  clock.advance(300_000);
  loyva.at(`GET ${discoveryPath}`, (response) => {
    loyva.at(`GET ${discoveryPath}`);
    json({ error: 'Not found' }, 404)(response);
  });
  await refused(page(visitor), 404, 'not-found');
  assert.equal(loyva.count('POST /api/v2/embed/token'), before);
});

test('a template is asked for by its id: no document, no fields', async () => {
  await signer();
  const order = loyva.received.findLast(({ method, url }) => method === 'POST' && url === '/api/v2/partner/envelopes');
  const { template_id, document, fields } = JSON.parse(order?.body ?? '{}') as Record<string, unknown>;
  assert.deepEqual([template_id, document, fields], ['tmpl_lease0000001', undefined, undefined]);
});

test('a page that is not on the vendor’s own hosts, or whose answer cannot be trusted, reaches no browser', async () => {
  const { visitor, secret } = await signer();
  loyva.at('GET /.well-known/inlay-ceremony', json({}, 404));
  clock.advance(400_000);
  const doubtful = [
    'https://evil.example/sign/env_1#token=x',
    loyva.origin.replace('http:', 'https:'),
    loyva.origin.replace('127.0.0.1', 'user:pass@127.0.0.1'),
    `${loyva.origin}.evil.example/sign`,
    'javascript:alert(1)',
    '//127.0.0.1/sign',
    `data:text/html,${loyva.origin}`,
  ];
  for (const address of doubtful) {
    loyva.at('POST /api/v2/embed/token', minting(address));
    await refused(page(visitor), 502, 'vendor-unreadable');
  }
  loyva.at('POST /api/v2/embed/token', minting(`${loyva.origin}/sign?key=${secret}`));
  await refused(page(visitor), 502, 'vendor-unreadable');
  loyva.at('POST /api/v2/embed/token', json('<html>', 200));
  await refused(page(visitor), 502, 'vendor-unreadable');
  loyva.at('POST /api/v2/embed/token', json({ error: 'no' }, 403));
  await refused(page(visitor), 502, 'vendor-refused');
  loyva.at('POST /api/v2/embed/token', json({ error: 'state' }, 409));
  await refused(page(visitor), 409, 'ceremony-ended');
  loyva.at('POST /api/v2/embed/token', minting(`${loyva.origin}/sign/env_1#token=x`));
  const minted = await answered(page(visitor));
  assert.deepEqual(minted, { embed_url: `${loyva.origin}/sign/env_1#token=x`, expires_at: null });
  loyva.at('GET /.well-known/inlay-ceremony');
  loyva.at('POST /api/v2/embed/token');
});

test('beside an API host there is an embed host and a storage host, and no other', () => {
  const hosts = (url: string) => loyvaLinkOrigins(url, 'embed');
  assert.deepEqual(hosts('https://api.stg.loyva.net'), ['https://api.stg.loyva.net', 'https://embed.stg.loyva.net']);
  assert.deepEqual(hosts('https://loyva.example'), ['https://loyva.example']);
  assert.deepEqual(hosts('http://api.localhost:8081'), ['http://api.localhost:8081']);
});

test('how an envelope stands is said from memory while the vendor cannot say, with the time it was true', async () => {
  const { visitor } = await signer();
  const outcome = () => visitor.call('GET', '/embed/ceremony/outcome');
  const first = await answered(outcome());
  assert.equal(first.status, 'open');
  loyva.at('GET /:id/status', json({ error: 'busy' }, 503));
  clock.advance(5_000);
  assert.deepEqual(await answered(outcome()), first);
  const { visitor: another } = await signer();
  await refused(another.call('GET', '/embed/ceremony/outcome'), 503, 'vendor-unavailable');
  loyva.at('GET /:id/status');
});

test('what a vendor asks to wait is waited, whatever is due', async () => {
  const { partner } = await signer();
  loyva.at('POST ', json({ error: 'slow down' }, 429, { 'retry-after': '40' }));
  const visitor = await createVisitor(gateway.url, origin, clock.now);
  await answered(visitor.open(await mintedToken(gateway.url, partner.key, { customer: { external_id: 'waits' } })), 201);
  const before = loyva.count('POST ');
  const reports = gateway.reported.length;
  await answered(visitor.submit(ada));
  await until(gateway, visitor, () => loyva.count('POST ') > before);
  loyva.at('POST ');
  const from = clock.now();
  await until(gateway, visitor, ({ sign }) => sign?.state === 'open');
  assert.ok(clock.now() - from >= 35_000, `asked again after ${clock.now() - from} ms`);
  assert.equal(gateway.reported.length, reports, 'being asked to wait is no breakage');
});
