import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { issueAdminToken } from '../../server/gateway/admin-token.ts';
import { proxyTable } from '../../server/gateway/routes/proxy-table.ts';
import * as rebuilds from '../../server/gateway/vendors/rebuild.ts';
import type { OnboardingView } from '../../shared/onboarding/onboarding.ts';
import { ceremonyPath, discoveryPath } from '../../shared/signing/ceremony.ts';
import { eventually, freePort } from '../start-gateway.ts';
import { ada, createVisitor } from '../visitor.ts';
import { type Received, startStubVendor } from './world/stub-vendor.ts';

/** The gateway as it is run, and everything it says on its way: beside a vendor that gives back whatever it is sent. */
const origin = 'https://portal.canary.example';
const masterKey = randomBytes(32);
const vendorKeys = {
  scribeless: 'slp.C4n4ry+at/the=stub',
  kelviq: 'C4n4ry-kelviq-no-prefix',
  loyva: 'C4n4ry-loyva-no-prefix',
  subscribr: '7|C4n4rySubscribrNoPrefix',
};
const envelope = 'env_0123456789ab';
const planted = new Map<string, string>([
  ...Object.entries(vendorKeys).map(([name, key]) => [`vendor key ${name}`, key] as const),
  ['customer’s key', 'C4n4ry-of-a-customer'],
  ['secret of the webhook', 'whsec_QzRuNHJ5U2VjcmV0T2ZUaGVXZWJob29r'],
  ['address of the webhook', 'C4n4ry-in-the-address'],
  ['pass of the vendor', 'C4n4ry-pass-of-the-vendor'],
  ['signed address', 'C4n4ry-signed-address'],
  ['key that was opened', 'C4n4ry-opened-key'],
  ['e-mail of the user', 'canaryuser@x.example'],
]);
const heard: { door: string; text: string }[] = [];
let said = '';
let child: ChildProcess;
let vendor: Awaited<ReturnType<typeof startStubVendor>>;
let dataDir: string;
let url: string;
let adminToken: string;
let partner: { id: string; key: string };

before(async () => {
  vendor = await startStubVendor();
  dataDir = await mkdtemp(join(tmpdir(), 'inlay-canary-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const vendors = Object.fromEntries(Object.keys(vendorKeys).map((name) => [`${name.toUpperCase()}_URL`, vendor.origin]));
  child = spawn(process.execPath, ['--import', './server/node.js', 'server/main.ts', 'gateway'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      ...process.env,
      ...vendors,
      INLAY_DATA_DIR: dataDir,
      INLAY_GATEWAY_PORT: String(port),
      INLAY_MASTER_KEY: masterKey.toString('base64url'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
  await eventually(async () => said.includes('listens at'));
  adminToken = await issueAdminToken({ dataDir, publicUrl: url, masterKey });
  planted.set('administrator’s token', adminToken);
  planted.set('master key', masterKey.toString('base64url'));
});
after(async () => {
  child.kill('SIGKILL');
  vendor.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function hear(door: string, answer: Response | Promise<Response>): Promise<string> {
  const response = await Promise.resolve(answer).catch(() => undefined);
  const text = (await response?.text().catch(() => '')) ?? '';
  heard.push({ door, text: `${JSON.stringify([...(response?.headers ?? [])])}\n${text}` });
  return text;
}
const hearJson = async <T>(door: string, answer: Promise<Response>): Promise<T> => JSON.parse(await hear(door, answer)) as T;
const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const registry = (method: string, path: string, body?: unknown) =>
  send(method, `/api/v1/admin/partners/${path}`, { authorization: `Bearer ${adminToken}` }, body);

/** The vendor as it should be, for what must succeed before anything can go wrong. */
const honest: Record<string, unknown> = {
  [discoveryPath]: { version: 1, path: ceremonyPath },
  '/api/v2/embed/token': { data: { token: planted.get('pass of the vendor') } },
};
const statuses = { status: 'sent' };
function answerHonestly(response: ServerResponse): void {
  const { url: path = '' } = response.req;
  const body = honest[path] ?? { data: { envelope_id: envelope, ...statuses, vaulted: statuses.status === 'vaulted' } };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

/** Everything of a request, as a debug page would show it. */
const all = ({ method, url: path, headers, body }: Received): string => `${method} ${path} ${JSON.stringify(headers)} ${body}`;
const rubbish: Record<string, (response: ServerResponse, told: string) => void> = {
  'its own request as JSON': (response, told) => response.end(JSON.stringify({ data: { told, envelope_id: envelope, status: told } })),
  'a page': (response, told) => response.writeHead(500, { 'content-type': 'text/html' }).end(`<pre>${told}</pre>`),
  'a redirect': (response, told) => response.writeHead(302, { location: `/?${encodeURIComponent(told)}` }).end(told),
  'a refusal': (response, told) =>
    response.writeHead(422, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        code: 'invalid-input',
        error: told,
        detail: told,
        message: told,
        errors: [{ pointer: told, code: told, message: told }],
      }),
    ),
  headers: (response, told) =>
    response.writeHead(200, { etag: `"${told.replace(/[^\x21\x23-\x7e]/g, '')}"`, 'set-cookie': 'a=b' }).end('{}'),
  'names that are keys': (response, told) => {
    const [key = ''] = [...Object.values(vendorKeys), planted.get('customer’s key') ?? ''].filter((each) => told.includes(each));
    const team = { teamId: key, apiKey: { id: key, name: key, key: 'C4n4ry-opened-key', created_at: key } };
    const organization = { organizationIdentifier: key, serverKey: 'C4n4ry-opened-key', partnerExternalId: key };
    const envelopes = { data: { envelope_id: key, status: key, embed_url: key, token: key } };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ ...team, ...organization, ...envelopes }));
  },
  'half a text': (response, told) => response.end(`{"data":"${told}`),
  'a lost connection': (response, told) => response.write(told, () => response.destroy()),
  'an address with a secret': (response) =>
    response.end(JSON.stringify({ data: { signed_url: `${vendor.origin}/file?${planted.get('signed address')}` } })),
};

/** Ways in which accounts are asked for too. */
const opening: ReadonlySet<string> = new Set(['its own request as JSON', 'names that are keys', 'a refusal']);
async function openAccounts(name: string): Promise<void> {
  const customer = await visitor('onboarding', { customer: { external_id: `c-${name}` } });
  await hear(`${name}: details`, customer.submit({ ...ada, email: 'ada.canary@x.example' }));
  await eventually(async () => {
    const run = JSON.parse(await hear('run', customer.call('GET', '/embed/onboarding'))) as OnboardingView;
    return run.accounts.some(({ state }) => state !== 'planned' && state !== 'asking');
  });
}

async function visitor(widget_type: string, more: object) {
  const body = { widget_type, user_email: 'canaryuser@x.example', ...more };
  const { data } = await hearJson<{ data: { token: string } }>('mint', send('POST', '/embed/token', { 'x-api-key': partner.key }, body));
  const one = await createVisitor(url, origin);
  planted.set(`embed token ${planted.size}`, data.token);
  // Proofs of the first seconds after a start are refused, since those seen before it are forgotten.
  const opened = await eventually(async () => {
    const answer = await one.open(data.token);
    return answer.ok && answer;
  });
  await hear('open session', opened);
  planted.set(`session token ${planted.size}`, one.token);
  return one;
}

test('a gateway that runs as it is run keeps every secret beside a vendor that gives back what it is sent', {
  timeout: 300_000,
}, async () => {
  vendor.answerWith(answerHonestly);
  const made = await hearJson<{ id: string }>('registry', registry('POST', '', { name: 'Canary', contact_email: 'ops@partner.example' }));
  await hear('registry', registry('POST', `${made.id}/origins`, { origin }));
  for (const [name, secret] of Object.entries(vendorKeys))
    await hear('registry', registry('PUT', `${made.id}/credentials`, { vendor: name, secret }));
  const credential = await hearJson<{ id: string }>(
    'registry',
    registry('PUT', `${made.id}/credentials`, { vendor: 'scribeless', customer: 'c-1', secret: planted.get('customer’s key') }),
  );
  const { key } = await hearJson<{ key: string }>('issue key', registry('POST', `${made.id}/keys`, {}));
  partner = { id: made.id, key };
  planted.set('partner key', key);
  const webhook = {
    webhook_url: `https://hooks.canary.example/?${planted.get('address of the webhook')}`,
    webhook_secret: planted.get('secret of the webhook'),
  };
  const set = await hear('webhook', send('PATCH', '/api/v2/partner/webhook', { 'x-api-key': key }, webhook));
  assert.match(set, /"webhook_secret_set":true/);

  const signer = await visitor('sign', { envelope_id: envelope });
  statuses.status = 'vaulted';
  const reader = await visitor('vault', { envelope_id: envelope });
  await hear('ceremony', signer.call('GET', '/embed/ceremony'));

  const keyed = {
    scribeless: { 'x-api-key': key },
    kelviq: { 'x-kelviq-partner-key': key },
    loyva: { 'x-api-key': key },
    subscribr: { authorization: `Bearer ${key}` },
  };
  for (const [name, answer] of Object.entries(rubbish)) {
    vendor.answerWith((response) => answer(response, all(vendor.received.at(-1) as Received)));
    for (const { method, path, vendor: at } of proxyTable(rebuilds)) {
      const there = path.replace('{/}', '/').replace(/:\w+/, envelope);
      await hear(`${name}: ${method} ${path}`, send(method, there, keyed[at], method === 'POST' ? { a: 'b' } : undefined));
    }
    await hear(
      `${name}: GET /api/account/status of a customer`,
      send('GET', '/api/account/status', { ...keyed.loyva, 'x-inlay-credential': credential.id }),
    );
    for (const path of ['', '/copy', '/certificate']) await hear(`${name}: vault${path}`, reader.call('GET', `/embed/vault${path}`));
    for (const path of ['', '/document']) await hear(`${name}: ceremony${path}`, signer.call('GET', `/embed/ceremony${path}`));
    if (opening.has(name)) await openAccounts(name);
    await hear(
      `${name}: mint`,
      send('POST', '/embed/token', keyed.loyva, { widget_type: 'vault', envelope_id: envelope, user_email: 'canaryuser@x.example' }),
    );
    const { items } = await hearJson<{ items: { id: string }[] }>('registry', registry('GET', `${partner.id}/credentials`));
    for (const { id } of items) await hear('registry', registry('POST', `${partner.id}/credentials/${id}/test`));
  }
  for (const path of ['/keys', '/credentials', '/audit?limit=200', '/runs']) await hear('registry', registry('GET', partner.id + path));
  for (const path of ['/metrics', `/nothing?token=${reader.token}`, '/.well-known/jwks.json'])
    await hear(path.split('?')[0] ?? '', send('GET', path, {}));
  assert.ok(vendor.received.length > 200, `${vendor.received.length} calls reached the vendor`);
});

/** The answers that deliver a secret, once each, and the doors where the partner is told its own address. */
const mayHold: Record<string, RegExp> = {
  'issue key': /^partner key/,
  mint: /^embed token/,
  'open session': /^session token/,
  webhook: /^address of the webhook/,
};

test('no answer holds a secret but those that deliver it', () => {
  assert.ok(heard.length > 300 && planted.size > 15, `${heard.length} answers, ${planted.size} canaries`);
  for (const { door, text } of heard)
    for (const [name, secret] of planted) {
      // Signed addresses are for partners' servers, which ask for them by rows of their own.
      if (name === 'signed address' && /^an address with a secret: (GET|POST|DELETE) \/api/.test(door)) continue;
      assert.ok(!text.includes(secret) || mayHold[door]?.test(name), `${name} is in an answer of "${door}": ${text}`);
    }
});

test('nothing that the process said holds one', () => {
  assert.ok(said.split('\n').length > 50, said);
  for (const [name, secret] of planted) assert.ok(!said.includes(secret), `${name} is in what the process said`);
  assert.doesNotMatch(said, /C4n4ry|canaryuser|ada\.canary/i);
});

test('no file of the gateway holds one in the clear, while it runs and after it ended', async () => {
  const search = async () => {
    for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const [name, secret] of planted) {
        // Where events go is the partner's own address, and is kept as it is.
        if (name !== 'address of the webhook') assert.ok(!bytes.includes(secret), `${name} is in ${file.name}`);
      }
    }
  };
  await search();
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  await search();
});
