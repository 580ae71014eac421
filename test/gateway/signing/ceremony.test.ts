import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CeremonyView } from '../../../shared/signing/ceremony.ts';
import { ceremonyPath, discoveryPath } from '../../../shared/signing/ceremony.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { onceKey, type Visitor } from '../world/agreement.ts';
import { answered, pointers, refused } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const ada = 'ada@nordin.example';
const vendorKey = 'lk_the_partners_own_at_the_stub';
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let gateway: StartedGateway;
let key: string;
before(async () => {
  loyva = await startStubLoyva();
  gateway = await startGateway({ vendorUrl: loyva.origin });
  key = (await gateway.partner({ origins: [origin], vendorKeys: { loyva: vendorKey } })).key;
});
after(async () => {
  await gateway.close();
  loyva.close();
});

const sha256 = 'ab'.repeat(32);
const you = { id: 'sig_1', name: 'Ada', role: null, state: 'asked', signed_at: null };
const view = (more: object = {}): CeremonyView & Record<string, unknown> => ({
  envelope_id: 'env_1',
  name: 'Lease',
  sender: 'Harbor Leasing',
  message: null,
  state: 'open',
  order: 'parallel',
  expires_at: null,
  you: { ...you, state: 'asked', email: ada, turn: true },
  signers: [{ ...you, state: 'asked', you: true }],
  consent: { version: '1', sha256, title: 'Consent', paragraphs: ['You agree.'], given_at: null },
  document: { sha256, size: 9, sealed: false, filename: 'lease.pdf', pages: [{ width: 595, height: 842 }] },
  required_reading: false,
  pages_seen: [],
  fields: [],
  revision: 0,
  saved_at: null,
  today: '2026-11-21',
  time_zone: 'UTC',
  ended: null,
  completed_at: null,
  ...more,
});

async function signer(to = gateway, partnerKey = key): Promise<Visitor> {
  const { envelope_id } = loyva.make(JSON.stringify({ external_id: '', signers: [{ email: ada }] }));
  const visitor = await createVisitor(to.url, origin, to.clock.now);
  const token = await mintedToken(to.url, partnerKey, { widget_type: 'sign', customer: undefined, envelope_id, user_email: ada });
  await answered(visitor.open(token), 201);
  return visitor;
}
test('behind a proxy that is trusted the gateway reports the browser’s address, and which proxy told it', async (t) => {
  const behind = await startGateway({ vendorUrl: loyva.origin, trustedProxies: ['127.0.0.0/8'] });
  t.after(() => behind.close());
  const partner = await behind.partner({ origins: [origin], vendorKeys: { loyva: vendorKey } });
  const visitor = await signer(behind, partner.key);
  loyva.at('GET /ceremony', json(view()));
  await answered(visitor.call('GET', '/embed/ceremony', undefined, { 'x-forwarded-for': '198.51.100.66, 203.0.113.7' }));
  const { address, via } = JSON.parse(String(ceremonyCalls().at(-1)?.headers['inlay-client']));
  assert.deepEqual([address, via], ['203.0.113.7', '127.0.0.1']);
});

const ceremonyCalls = () => loyva.received.filter(({ url }) => url.startsWith(ceremonyPath));
const read = (visitor: Visitor) => visitor.call('GET', '/embed/ceremony');
const consenting = { version: '1', sha256, agreed: true };

test('a forwarded call carries the pass and what the gateway says of the browser, and nothing else of the browser’s', async () => {
  const visitor = await signer();
  loyva.at('GET /ceremony', json(view({ secret: 'of the vendor' })));
  const headers = {
    cookie: 'a=b',
    'x-forwarded-for': '203.0.113.9',
    'inlay-client': '{"address":"203.0.113.9"}',
    'x-api-key': 'lk_guessed',
    'user-agent': `Brows\u00e9r/1 ${'x'.repeat(600)}`,
  };
  const answer = await answered(visitor.call('GET', '/embed/ceremony', undefined, headers));
  assert.deepEqual(answer, view());
  const got = ceremonyCalls().at(-1);
  assert.match(got?.headers.authorization ?? '', /^Bearer pass-\d+-canary$/);
  const { 'inlay-client': client, authorization, ...rest } = got?.headers ?? {};
  assert.deepEqual(Object.keys(rest).sort(), ['accept', 'connection', 'host']);
  const said = JSON.parse(String(client)) as Record<string, string>;
  assert.deepEqual(Object.keys(said).sort(), ['address', 'assurance', 'session', 'user_agent']);
  assert.deepEqual([said.address, said.assurance], ['127.0.0.1', 'partner-asserted']);
  assert.match(said.session ?? '', /^ses_[a-z2-7]{24}$/);
  assert.equal(said.user_agent?.length, 500);
  assert.match(said.user_agent ?? '', /^Brows\u00e9r\/1 xxx/);
});

test('a vendor that puts the pass into a state or a refusal is refused itself, and the pass stays', async () => {
  const visitor = await signer();
  loyva.at('GET /ceremony', json(view()));
  await answered(read(visitor));
  const pass = ceremonyCalls().at(-1)?.headers.authorization?.slice('Bearer '.length) ?? '';
  const errors = [{ pointer: '/x', code: 'x', message: `You sent ${pass}` }];
  for (const reply of [json(view({ message: `You sent ${pass}` })), json({ code: 'invalid-input', errors }, 422)]) {
    loyva.at('GET /ceremony', reply);
    const problem = await refused(read(visitor), 502, 'vendor-unreadable');
    assert.ok(!JSON.stringify(problem).includes(pass));
  }
});

test('the pass is minted at the first need and kept for the session, also across a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-restarted-'));
  const options = { dataDir, vendorUrl: loyva.origin };
  const first = await startGateway(options);
  const partner = await first.partner({ origins: [origin], vendorKeys: { loyva: 'lk_of_the_restarted' } });
  const minted = () => loyva.count('POST /api/v2/embed/token');
  const before = minted();
  const visitor = await signer(first, partner.key);
  assert.equal(minted(), before);
  loyva.at('GET /ceremony', json(view()));
  await answered(read(visitor));
  await answered(read(visitor));
  assert.equal(minted(), before + 1);
  const { masterKey, url } = first;
  await first.close();
  const second = await startGateway({ ...options, masterKey, port: Number(new URL(url).port) });
  await answered(read(visitor));
  assert.equal(minted(), before + 1);
  await second.close();
  await rm(dataDir, { recursive: true });
});

test('a pass that is no longer taken is replaced once; when that cannot be, the ceremony has ended', async () => {
  const visitor = await signer();
  loyva.at('GET /ceremony', json(view()));
  await answered(read(visitor));
  const minted = loyva.count('POST /api/v2/embed/token');
  let calls = 0;
  loyva.at('GET /ceremony', (response) => {
    calls += 1;
    (calls === 1 ? json({ code: 'token-expired' }, 401) : json(view()))(response);
  });
  await answered(read(visitor));
  assert.deepEqual([calls, loyva.count('POST /api/v2/embed/token') - minted], [2, 1]);
  loyva.at('GET /ceremony', json({ code: 'token-expired' }, 401));
  calls = loyva.count('GET /ceremony');
  await refused(read(visitor), 502, 'vendor-refused');
  assert.equal(loyva.count('GET /ceremony') - calls, 2);
  loyva.at('POST /api/v2/embed/token', json({ error: 'completed' }, 409));
  await refused(read(visitor), 409, 'ceremony-ended');
  loyva.at('POST /api/v2/embed/token');
});

test('refusals that both sides know pass with their faults; everything else is the vendor’s fault, and none of its words pass', async () => {
  const visitor = await signer();
  const errors = [{ pointer: '/values/fld_1', code: 'glyph', message: 'No font has it.', params: { characters: '\u{1f600}' }, more: 1 }];
  const problem = (code: string, status: number) => json({ code, status, detail: 'canary words', errors }, status);
  for (const [code, status] of [
    ['ceremony-ended', 409],
    ['not-your-turn', 409],
    ['consent-missing', 409],
    ['ceremony-changed', 409],
    ['pages-unread', 409],
    ['invalid-input', 422],
  ] as const) {
    loyva.at('PUT /ceremony/fields', problem(code, status));
    const refusal = await refused(visitor.call('PUT', '/embed/ceremony/fields', { values: {} }), status, code);
    assert.deepEqual(refusal.errors, [
      { pointer: '/values/fld_1', code: 'glyph', message: 'No font has it.', params: { characters: '\u{1f600}' } },
    ]);
    assert.doesNotMatch(JSON.stringify(refusal), /canary/);
  }
  for (const [status, body, code] of [
    [409, { code: 'slug-taken' }, 'vendor-unreadable'],
    [403, { code: 'scope-missing' }, 'vendor-unreadable'],
    [404, '<html>', 'vendor-unreadable'],
    [500, { code: 'internal', detail: 'canary' }, 'vendor-unavailable'],
    [200, { revision: 'x' }, 'vendor-unreadable'],
    [200, '<html>', 'vendor-unreadable'],
    [302, '', 'vendor-unreadable'],
  ] as const) {
    loyva.at('PUT /ceremony/fields', json(body, status, { location: 'http://127.0.0.1:1/' }));
    await refused(visitor.call('PUT', '/embed/ceremony/fields', { values: {} }), code === 'vendor-unreadable' ? 502 : 503, code);
  }
  loyva.at('PUT /ceremony/fields');
});

test('an act whose outcome is unclear may be asked again with the same key, and only one that is clear is kept', async () => {
  const visitor = await signer();
  const once = onceKey();
  const consent = (body: object = consenting) => visitor.call('POST', '/embed/ceremony/consent', body, once);
  loyva.at('POST /ceremony/consent', (response) => response.destroy());
  await refused(consent(), 503, 'vendor-unavailable');
  loyva.at('POST /ceremony/consent', json(view({ revision: 7 })));
  assert.equal((await answered<CeremonyView>(consent())).revision, 7);
  loyva.at('POST /ceremony/consent', json(view({ revision: 8 })));
  const replayed = await consent();
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
  assert.equal((await answered<CeremonyView>(replayed)).revision, 7);
  await refused(consent({ ...consenting, version: '2' }), 422, 'idempotency-key-reused');
  await refused(visitor.call('POST', '/embed/ceremony/consent', consenting), 400, 'idempotency-key-missing');
});

test('a faulty body never reaches the vendor', async () => {
  const visitor = await signer();
  const before = ceremonyCalls().length;
  const put = (values: unknown) => visitor.call('PUT', '/embed/ceremony/fields', { values });
  const stray = await refused(put({ fld_1: { kind: 'drawn', strokes: [[[0, 0, 0, 2]]] } }), 422, 'invalid-input');
  assert.deepEqual(pointers(stray.errors), ['/values/fld_1/strokes/0/0/3']);
  await refused(put({ fld_1: { kind: 'html', text: '<b>' } }), 422, 'invalid-input');
  await refused(visitor.call('POST', '/embed/ceremony/finish', { revision: 1 }, onceKey()), 422, 'invalid-input');
  assert.equal(ceremonyCalls().length, before);
});

test('what is not a PDF is not passed on as one, and a vendor’s other headers stay behind', async () => {
  const visitor = await signer();
  loyva.at('GET /ceremony/document', json({ html: true }));
  await refused(visitor.call('GET', '/embed/ceremony/document'), 502, 'vendor-unreadable');
  loyva.at('GET /ceremony/document', (response) =>
    response
      .writeHead(200, {
        'content-type': 'application/pdf',
        etag: `"${sha256}"`,
        'set-cookie': 'a=b',
        'x-more': '1',
        'content-security-policy': '*',
      })
      .end('%PDF-1.7\n'),
  );
  const answer = await visitor.call('GET', '/embed/ceremony/document');
  assert.equal(await answer.text(), '%PDF-1.7\n');
  assert.deepEqual(
    [answer.headers.get('etag'), answer.headers.get('set-cookie'), answer.headers.get('x-more')],
    [`"${sha256}"`, null, null],
  );
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('a vendor without the ceremony is told apart from one that does not answer, and is asked again before long', async (t) => {
  const vendor = await startStubLoyva();
  t.after(() => vendor.close());
  const own = await startGateway({ vendorUrl: vendor.origin });
  const partner = await own.partner({ origins: [origin], vendorKeys: { loyva: 'lk_without_a_ceremony' } });
  const { envelope_id } = vendor.make(JSON.stringify({ external_id: '', signers: [{ email: ada }] }));
  const visitor = await createVisitor(own.url, origin, own.clock.now);
  const body = { widget_type: 'sign', customer: undefined, envelope_id, user_email: ada };
  await answered(visitor.open(await mintedToken(own.url, partner.key, body)), 201);
  vendor.at(`GET ${discoveryPath}`, (response) => response.destroy());
  await refused(read(visitor), 503, 'vendor-unavailable');
  for (const reply of [
    json({ error: 'none' }, 404),
    json({ version: 1, path: 'https://evil.example/' }),
    json({ version: 2, path: ceremonyPath }),
  ]) {
    own.clock.advance(60_000);
    vendor.at(`GET ${discoveryPath}`, reply);
    await refused(read(visitor), 501, 'ceremony-missing');
  }
  const asked = vendor.count(`GET ${discoveryPath}`);
  await refused(read(visitor), 501, 'ceremony-missing');
  assert.equal(vendor.count(`GET ${discoveryPath}`), asked);
  assert.equal(vendor.count('POST /api/v2/embed/token'), 0);
  own.clock.advance(60_000);
  vendor.at(`GET ${discoveryPath}`);
  vendor.at('GET /ceremony', json(view()));
  await answered(read(visitor));
  await own.close();
});

test('neither the pass nor the vendor’s key is in any answer, report or file of the gateway’s', async () => {
  const visitor = await signer();
  loyva.at('GET /ceremony', json(view()));
  const texts = [await (await read(visitor)).text()];
  loyva.at('GET /ceremony', json({ code: 'pass-1-canary', detail: vendorKey, error: vendorKey }, 500));
  texts.push(await (await read(visitor)).text());
  await eventually(async () => gateway.reported.length > 0);
  texts.push(...gateway.reported.map((error) => (error instanceof Error ? `${error.stack} ${JSON.stringify(error)}` : String(error))));
  for (const text of texts) assert.doesNotMatch(text, /pass-\d+-canary|lk_the_partners/);
  for (const file of (await readdir(gateway.dataDir)).filter((name) => /\.db(-wal)?$/.test(name))) {
    const bytes = await readFile(join(gateway.dataDir, file));
    for (const secret of ['-canary', vendorKey, ada]) assert.ok(!bytes.includes(secret), `${secret} is in ${file}`);
  }
});
