import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Koa from 'koa';
import { type Listening, listen } from '../../server/http/listen.ts';
import { demoCustomers } from '../../server/portal/customers.ts';
import { portal } from '../../server/portal/portal.ts';
import { GatewayError, listRuns, mint } from '../../shared/partner.ts';

/** A gateway that answers as the contract of `/embed/token` and `/partner/runs` says, and remembers what it was asked. */
const asked: { method: string; path: string; key: string; body: unknown }[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };
let gatewayServer: Listening;
let portalServer: Listening;
let gateway: string;
let url: string;
const key = 'lk_0123456789abcdef0123456789abcdef01234567';

before(async () => {
  const app = new Koa();
  app.use(async (ctx) => {
    const chunks: Buffer[] = [];
    for await (const chunk of ctx.req as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    asked.push({ method: ctx.method, path: ctx.url, key: ctx.get('X-API-Key'), body: text ? JSON.parse(text) : undefined });
    ctx.status = answer.status;
    ctx.body = answer.body;
  });
  gatewayServer = await listen(app, 0, '127.0.0.1');
  gateway = `http://127.0.0.1:${gatewayServer.port}`;
  portalServer = await listen(portal({ gatewayUrl: gateway, partnerKey: key }), 0, '127.0.0.1');
  url = `http://127.0.0.1:${portalServer.port}`;
});
after(async () => {
  await portalServer.close(0);
  await gatewayServer.close(0);
});

const run = (external_id: string, status: string) => ({
  run_id: 'run_1',
  external_id,
  status,
  updated_at: '2026-11-21T09:00:00.000Z',
  accounts: [
    { vendor: 'kelviq', state: 'ready' },
    { vendor: 'scribeless', state: 'unknown' },
  ],
  sign: status === 'done' ? { state: 'signed', envelope_id: 'env_abcdefabcdef' } : { state: 'declined', envelope_id: 'env_2' },
});
const token = {
  data: { token: 'eyJ.a.b', expires_at: '2026-11-21T09:15:00.000Z', embed_url: `https://g.example/`, widget_type: 'onboarding' },
};
const post = (path: string, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' }) =>
  fetch(url + path, { method: 'POST', headers, redirect: 'manual' });

test('the list shows every customer with its live state, and runs that only the gateway knows', async () => {
  answer = {
    status: 200,
    body: { items: [...demoCustomers.map((c) => run(c.external_id, c.seeded)), run('hl-abcdef01', 'new')], next_cursor: null },
  };
  const text = await (await fetch(url)).text();
  for (const word of ['Not started', 'In progress', 'Needs a look', 'Waiting for billing', 'Declined', 'Done'])
    assert.ok(text.includes(`>${word}<`), word);
  for (const { external_id } of demoCustomers) assert.ok(text.includes(`href="/customers/${external_id}"`));
  assert.match(text, /7 customers · 1 needs a look · 1 waiting for billing · 1 declined · 1 done/);
  assert.match(text, /href="\/customers\/hl-abcdef01">New customer</);
  assert.match(text, /Kavanagh &#38; Sons Joinery Ltd/);
  assert.deepEqual({ path: asked.at(-1)?.path, key: asked.at(-1)?.key }, { path: '/partner/runs', key });
});

test('a signed customer’s sealed file and copy are one press away, and nobody else’s', async () => {
  answer = { status: 200, body: { items: [run('hl-10204', 'done'), run('hl-10226', 'declined')], next_cursor: null } };
  const text = await (await fetch(url)).text();
  for (const kind of ['sealed', 'copy']) {
    assert.match(text, new RegExp(`href="/customers/hl-10204/${kind}"`));
    assert.doesNotMatch(text, new RegExp(`href="/customers/hl-10226/${kind}"`));
  }
});

test('when the gateway is down the list says so and still shows the customers', async () => {
  const lonely = await listen(portal({ gatewayUrl: 'http://127.0.0.1:9', partnerKey: key }), 0, '127.0.0.1');
  const text = await (await fetch(`http://127.0.0.1:${lonely.port}/`)).text();
  await lonely.close(0);
  assert.match(text, /The states cannot be shown just now\.<\/b> The gateway does not answer\./);
  assert.equal(text.match(/>State not known</g)?.length, demoCustomers.length);
});

test('the customer’s page holds one tag, the gateway’s script, and the policy of the documentation', async () => {
  const response = await fetch(`${url}/customers/${demoCustomers[0]?.external_id}`);
  const text = await response.text();
  assert.equal(text.match(/<inlay-widget/g)?.length, 1);
  assert.ok(text.includes(`<script type="module" src="${gateway}/inlay.js"></script>`));
  assert.ok(!text.includes(key) && !/style=|<script>/.test(text));
  const policy = response.headers.get('content-security-policy') ?? '';
  for (const part of [
    "default-src 'none'",
    `script-src ${gateway} 'self'`,
    `connect-src ${gateway} 'self'`,
    'worker-src blob:',
    "require-trusted-types-for 'script'",
  ])
    assert.ok(policy.split('; ').includes(part), part);
  assert.match(await (await fetch(`${url}/portal.js`)).text(), /fetchToken/);
});

test('a token is minted with the customer’s own details, for the portal’s own pages only', async () => {
  answer = { status: 200, body: token };
  const customer = demoCustomers[1];
  assert.ok(customer);
  const response = await post(`/token?customer=${customer.external_id}`);
  assert.deepEqual(await response.json(), { token: token.data.token });
  const { external_id, email, first_name, last_name, company_name } = customer;
  assert.deepEqual(asked.at(-1), {
    method: 'POST',
    path: '/embed/token',
    key,
    body: {
      widget_type: 'onboarding',
      user_email: 'mira@harborleasing.example',
      customer: { external_id, email, first_name, last_name, company_name },
    },
  });
  const count = asked.length;
  assert.equal((await post(`/token?customer=${external_id}`, {})).status, 403);
  assert.equal((await post('/token?customer=somebody')).status, 404);
  assert.equal(asked.length, count);
});

test('a refused token is an error of the portal, in the gateway’s words', async () => {
  answer = { status: 403, body: { error: 'The partner is suspended', code: 'partner-suspended', details: [] } };
  const response = await post(`/token?customer=${demoCustomers[0]?.external_id}`);
  assert.equal(response.status, 502);
  assert.deepEqual(await response.json(), { error: 'The partner is suspended', code: 'partner-suspended' });
});

test('onboarding a new customer leads to a page of its own', async () => {
  const response = await post('/customers');
  assert.equal(response.status, 303);
  const page = await fetch(url + response.headers.get('location'));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<h1>New customer<\/h1>/);
  for (const path of ['/customers/somebody', '/nowhere']) assert.equal((await fetch(url + path)).status, 404);
});

test('the partner’s functions throw the gateway’s code and sentence, whatever the shape of the refusal', async () => {
  const call = { gateway: `${gateway}/`, key, fetch };
  const request = { widget_type: 'onboarding', user_email: 'm@x.example', customer: { external_id: '1' } } as const;
  const refusal = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof GatewayError);
    return [error.code, error.message, error.status];
  };
  answer = { status: 422, body: { error: 'The input has faults', code: 'invalid-input' } };
  assert.deepEqual(await refusal(mint({ ...call, request })), ['invalid-input', 'The input has faults', 422]);
  answer = { status: 401, body: { type: 'x', title: 'No key', status: 401, code: 'unauthenticated', detail: 'Send X-API-Key.' } };
  assert.deepEqual(await refusal(listRuns({ ...call, external_id: 'a b&c' })), ['unauthenticated', 'Send X-API-Key.', 401]);
  assert.equal(asked.at(-1)?.path, '/partner/runs?external_id=a%20b%26c');
  answer = { status: 502, body: '<html>' };
  assert.deepEqual(await refusal(listRuns(call)), ['unreadable', 'The gateway answered 502.', 502]);
  assert.equal((await refusal(listRuns({ ...call, gateway: 'http://127.0.0.1:9' })))[0], 'unreachable');
});
