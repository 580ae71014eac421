import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createLog } from '../../server/log.ts';
import type { OnboardingView } from '../../shared/onboarding/onboarding.ts';
import { eventually, freePort, type StartedGateway, startGateway } from '../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../start-platform.ts';
import { ada, createVisitor } from '../visitor.ts';

const origin = 'https://portal.canary.example';
const person = { first_name: 'Canaryfirst', last_name: 'Canarylast', city: 'Canarytown', company_name: 'Canaryfirm AB' };
const metadata = { order: 'CANARY-METADATA-1' };
const stubSecrets = { scribeless: 'slp_c4n4ry_at_the_stub', opened: 'slt_c4n4ry_of_a_team' };

let platform: StartedPlatform;
let gateway: StartedGateway;
let stubbed: StartedGateway;
let vendor: Server;
let rubbish: (response: ServerResponse) => void = (response) => response.end();
/** Every answer of every door, under the name of the call. */
const heard: { door: string; text: string }[] = [];
const lines: string[] = [];
/** Every secret and every personal word that was planted, by what it is. */
const planted = new Map<string, string>();

async function hear(door: string, answer: Response | Promise<Response>): Promise<string> {
  const response = await answer;
  const text = await response.clone().text();
  heard.push({ door, text: `${JSON.stringify([...response.headers])}\n${text}` });
  return text;
}
const hearJson = async <T>(door: string, answer: Response | Promise<Response>): Promise<T> => JSON.parse(await hear(door, answer)) as T;
const registry = (to: StartedGateway, id: string, method: string, path: string, body?: unknown) =>
  to.admin(method, `/api/v1/admin/partners/${id}${path}`, body);

async function partnerAt(to: StartedGateway, vendorKeys: Record<string, string>) {
  const { id } = await hearJson<{ id: string }>(
    'create partner',
    to.admin('POST', '/api/v1/admin/partners/', { name: 'Canary', contact_email: 'ops@partner.example' }),
  );
  await hear('add origin', registry(to, id, 'POST', '/origins', { origin }));
  for (const [name, secret] of Object.entries(vendorKeys)) {
    await hear('put credential', registry(to, id, 'PUT', '/credentials', { vendor: name, secret }));
    planted.set(`vendor key ${name} ${secret.slice(-6)}`, secret);
  }
  const { key } = await hearJson<{ key: string }>('issue key', registry(to, id, 'POST', '/keys', {}));
  planted.set(`partner key of ${id}`, key);
  return { id, key };
}

async function visitorAt(to: StartedGateway, key: string, external_id: string) {
  const email = `${external_id}.canarymail@x.example`;
  const mint = fetch(`${to.url}/embed/token`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      widget_type: 'onboarding',
      user_email: 'canaryuser@x.example',
      customer: { external_id, email, ...person, city: undefined },
      metadata,
    }),
  });
  const { data } = await hearJson<{ data: { token: string } }>('mint', mint);
  const visitor = await createVisitor(to.url, origin, to.clock.now);
  await hear('open session', visitor.open(data.token));
  planted.set(`embed token of ${external_id}`, data.token);
  planted.set(`session token of ${external_id}`, visitor.token);
  return visitor;
}

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  const port = await freePort();
  vendor = createServer((request, response) => request.resume().on('end', () => rubbish(response)));
  await new Promise<void>((resolve) => vendor.listen(port, '127.0.0.1', resolve));
  stubbed = await startGateway({ vendorUrl: `http://127.0.0.1:${port}` });
  for (const [name, word] of Object.entries(person)) planted.set(`answer ${name}`, word);
  planted.set('e-mail of the user', 'canaryuser');
  planted.set('e-mail of the customer', 'canarymail');
  planted.set('metadata', metadata.order);
  planted.set('key of a stub’s team', stubSecrets.opened);
});
after(async () => {
  await Promise.all([gateway.close(), stubbed.close()]);
  await platform.close();
  vendor.closeAllConnections();
  vendor.close();
});

const states = (run: OnboardingView) => run.accounts.map(({ state }) => state);

test('a customer goes all the way to billing, with every kind of error on the way', async () => {
  const { scribeless, kelviq } = platform.keys;
  const { id, key } = await partnerAt(gateway, { scribeless, kelviq });
  const visitor = await visitorAt(gateway, key, 'cust-1');
  const see = async () => hearJson<OnboardingView>('run', visitor.call('GET', '/embed/onboarding'));
  const { revision } = await see();
  const draft = { values: { city: person.city } };
  await hear('draft', visitor.call('PATCH', '/embed/onboarding/draft', draft, { 'if-match': `"r${revision}"` }));
  await hear('draft', visitor.call('PATCH', '/embed/onboarding/draft', draft, { 'if-match': '"r9"' }));
  await hear('faulty details', visitor.submit({ ...ada, ...person, email: 'canarymail' }));
  await hear('details', visitor.submit({ ...ada, ...person, email: 'cust.canarymail@x.example' }));
  await eventually(async () => states(await see()).every((state) => state === 'opened' || state === 'ready'));
  platform.clock.now += 60_000;
  gateway.clock.advance(5_000);
  await eventually(async () => (await see()).status === 'waiting_billing');
  const { billing_url } = await hearJson<{ billing_url: string }>('billing', visitor.submit({}, 'billing'));
  planted.set('billing session', new URL(billing_url).searchParams.get('sessionId') ?? '');
  const refreshed = await hearJson<{ session_token: string }>('refresh session', visitor.call('POST', '/embed/session/refresh', {}));
  planted.set('refreshed session token', refreshed.session_token);
  for (const path of ['', '/keys', '/origins', '/credentials', '/flow', '/runs', '/audit'])
    await hear(`registry ${path}`, registry(gateway, id, 'GET', path));
  const { items } = await hearJson<{ items: { id: string }[] }>('registry', registry(gateway, id, 'GET', '/credentials'));
  for (const credential of items) await hear('test credential', registry(gateway, id, 'POST', `/credentials/${credential.id}/test`));
  await hear('partner runs', fetch(`${gateway.url}/partner/runs`, { headers: { 'x-api-key': key } }));
  const organizations = { 'x-kelviq-partner-key': key };
  await hear('organizations', fetch(`${gateway.url}/api/v1/partner/organizations/`, { headers: organizations }));
  const team = { email: 'proxied@x.example', firstName: 'A', lastName: 'B', companyName: 'C' };
  const opened = await call(gateway, 'POST', '/api/partner/teams', { 'x-api-key': key }, team);
  heard.push({ door: 'proxied team', text: opened.text });
  for (const [method, path, headers] of [
    ['GET', '/embed/onboarding', {}],
    ['GET', `/partner/runs?key=${key}`, { 'x-api-key': `${key}x` }],
    ['GET', '/api/account/status', { 'x-api-key': key, origin }],
    ['GET', '/api/account/status', { 'x-api-key': key, 'x-inlay-credential': scribeless }],
    ['DELETE', `/api/account/status?sessionId=${visitor.token}`, { 'x-api-key': key }],
    ['GET', '/api/v1/admin/partners/', { authorization: `Bearer ${visitor.token}` }],
    ['GET', `/nothing?token=${visitor.token}`, {}],
  ] as const)
    await hear(`refusal of ${path.split('?')[0]}`, fetch(gateway.url + path, { method, headers: { ...headers } }));
  await hear('close session', visitor.call('DELETE', '/embed/session', undefined, {}, refreshed.session_token));
});

test('a vendor that answers rubbish, secrets and lies is met at every door', async () => {
  const { id, key } = await partnerAt(stubbed, { scribeless: stubSecrets.scribeless });
  const { opened } = stubSecrets;
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.end(`<html>${opened} ${stubSecrets.scribeless}</html>`),
    (response) => response.end(opened),
    (response) => response.writeHead(500).end(`{"message":"${opened}","apiKey":{"key":"${opened}"}}`.replace(`"message":"${opened}",`, '')),
    (response) => response.end(`{"teamId":"t","apiKey":{"key":"${opened}"},"billingSetupUrl":"https://evil.example/?${opened}"}`),
    (response) => response.socket?.destroy(),
  ];
  for (const [n, answer] of answers.entries()) {
    rubbish = answer;
    const visitor = await visitorAt(stubbed, key, `stub-${n}`);
    await hear('run', visitor.call('GET', '/embed/onboarding'));
    await hear('details', visitor.submit({ ...ada, ...person, email: `stub${n}.canarymail@x.example` }));
    await eventually(async () => {
      const run = await hearJson<OnboardingView>('run', visitor.call('GET', '/embed/onboarding'));
      return states(run).some((state) => state !== 'planned' && state !== 'asking') && run;
    });
    await hear('refused billing', visitor.submit({}, 'billing'));
    const team = await call(stubbed, 'POST', '/api/partner/teams', { 'x-api-key': key }, { email: 'a@x.example' });
    heard.push({ door: 'proxied team', text: team.text });
    const { items } = await hearJson<{ items: { id: string }[] }>('registry', registry(stubbed, id, 'GET', '/credentials'));
    for (const credential of items) await hear('test credential', registry(stubbed, id, 'POST', `/credentials/${credential.id}/test`));
    await hear('registry', registry(stubbed, id, 'GET', '/audit?limit=200'));
  }
});

/** The only answers that may hold a secret, each by name; and the only ones that show the customer's own words. */
const mayHold: Record<string, RegExp> = {
  'issue key': /^partner key/,
  mint: /^embed token/,
  'open session': /^session token/,
  'refresh session': /^refreshed session token/,
  billing: /^billing session/,
  run: /^(answer|e-mail of the customer)/,
  details: /^(answer|e-mail of the customer)/,
};

test('no answer of any door holds a secret or a personal word, but those that are named', () => {
  assert.ok(heard.length > 60 && planted.size > 20, `${heard.length} answers, ${planted.size} canaries`);
  for (const { door, text } of heard)
    for (const [name, secret] of planted)
      assert.ok(!text.includes(secret) || mayHold[door]?.test(name), `${name} is in an answer of "${door}"`);
  for (const [door, names] of Object.entries(mayHold))
    assert.ok(
      heard.some((each) => each.door === door && [...planted].some(([name, secret]) => names.test(name) && each.text.includes(secret))),
      `${door} was heard with its own`,
    );
});

test('no log line holds a secret or a personal word', () => {
  const log = createLog('gateway', (line) => lines.push(line));
  const reported = [...gateway.reported, ...stubbed.reported, ...platform.reported];
  assert.ok(reported.length > 5);
  for (const error of reported) log.error(error, 'run_x');
  for (const line of lines) for (const [name, secret] of planted) assert.ok(!line.includes(secret), `${name} is in ${line}`);
});

test('no secret and no personal word lies in the clear in a database file', async () => {
  const clear = [...planted].filter(([name]) => !name.startsWith('embed token'));
  for (const { dataDir } of [gateway, stubbed, platform])
    for (const file of (await readdir(dataDir)).filter((name) => /\.db(-wal)?$/.test(name))) {
      const bytes = await readFile(join(dataDir, file));
      // The platform plays the vendors: it knows its own customers by name and address, as they do.
      const own = dataDir === platform.dataDir ? clear.filter(([name]) => !/^(answer|e-mail)/.test(name)) : [...clear, ...planted];
      for (const [name, secret] of own) assert.ok(!bytes.includes(secret), `${name} is in ${file}`);
    }
});
