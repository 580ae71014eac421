import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { eventually, freePort, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { answered, entered, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const key = 'slp_0123456789abcdef';
let gateway: StartedGateway;
let port: number;
let vendor: Server | undefined;
let asked = 0;

before(async () => {
  port = await freePort();
  gateway = await startGateway({ vendorUrl: `http://127.0.0.1:${port}` });
});
after(async () => {
  await gateway.close();
  stop();
});

/** The vendor comes back, answering like this. */
const answerWith = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  new Promise<void>((resolve) => {
    stop();
    vendor = createServer((request, response) => {
      asked += 1;
      request.resume().on('end', () => answer(request, response));
    }).listen(port, '127.0.0.1', resolve);
  });
function stop(): void {
  vendor?.closeAllConnections();
  vendor?.close();
  vendor = undefined;
}
const team = JSON.stringify({ teamId: 'team_1', apiKey: { key: 'slt_opened_by_stub' } });
const status = JSON.stringify({ teamId: 'team_1', templatesReady: true });

test('while the vendor is down an account stays planned and says so; when it is back, it goes on by itself', async () => {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless: key } });
  const visitor = await entered(gateway, partner.key, origin, 'c-down');
  await visitor.run();
  await answered(visitor.submit(ada));
  const run = await eventually(async () => {
    const seen = await visitor.run();
    return seen.accounts[0]?.unreachable && seen;
  });
  assert.deepEqual([run.accounts[0]?.state, run.status, run.step], ['planned', 'in_progress', 'accounts']);
  await answerWith((request, response) => {
    response.setHeader('content-type', 'application/json').end(request.method === 'POST' ? team : status);
  });
  gateway.clock.advance(300_000);
  const done = await eventually(async () => {
    const seen = await visitor.run();
    return seen.status === 'done' && seen;
  });
  assert.deepEqual(
    done.accounts.map(({ state, unreachable }) => [state, unreachable]),
    [['ready', false]],
  );
  assert.equal(done.billing?.state, 'done', 'without a set-up address no billing is needed');
});

test('watching customers do not make a vendor that turns calls away be asked more than every few seconds', async (t) => {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless: `${key}2` } });
  await answerWith((_request, response) => {
    response.statusCode = 429;
    response.end('{}');
  });
  const visitor = await entered(gateway, partner.key, origin, 'c-busy');
  await visitor.run();
  asked = 0;
  await answered(visitor.submit(ada));
  await eventually(async () => (await visitor.run()).accounts[0]?.unreachable);
  gateway.clock.hold();
  t.after(gateway.clock.release);
  const first = asked;
  for (let look = 0; look < 60; look += 1) await visitor.run();
  assert.ok(asked - first <= 2, `asked ${asked - first} more times`);
});

test('a test key opens accounts with test credentials only, and proxied calls say wrong-mode', async () => {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless: `${key}3` } });
  const { key: testKey } = await answered<{ key: string }>(
    gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/keys`, { mode: 'test' }),
    201,
  );
  asked = 0;
  const refusal = await answered(fetch(`${gateway.url}/api/account/status`, { headers: { 'x-api-key': testKey } }), 403);
  assert.match(String(refusal.message), /live key/);
  const visitor = await entered(gateway, testKey, origin, 'c-mode');
  assert.deepEqual(
    (await visitor.run()).steps.map(({ kind }) => kind),
    ['details', 'done'],
    'no test key is stored, so there is nothing to open',
  );
  const live = await entered(gateway, partner.key, origin, 'c-mode');
  const run = await live.run();
  assert.equal(run.steps.length, 4, 'the same external id is another customer in live mode');
  await refused(fetch(`${gateway.url}/partner/runs/${run.run_id}`, { headers: { 'x-api-key': testKey } }), 404, 'not-found');
  assert.equal(asked, 0);
});

test('a vendor’s set-up address that leads elsewhere never reaches the page', async () => {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless: `${key}4` } });
  let link = `http://127.0.0.1:${port}/checkout?sessionId=abc`;
  await answerWith((request, response) => {
    const body =
      request.method === 'POST'
        ? { teamId: 'team_4', apiKey: { key: 'slt_four_four' } }
        : { teamId: 'team_4', templatesReady: true, billingSetupUrl: link };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  const visitor = await entered(gateway, partner.key, origin, 'c-link');
  await visitor.run();
  await answered(visitor.submit(ada));
  await eventually(async () => (await visitor.run()).status === 'waiting_billing');
  assert.deepEqual(await answered(visitor.submit({}, 'billing')), { billing_url: link });
  for (const evil of [
    'https://evil.example/checkout',
    'javascript:alert(1)',
    `http://user:pw@127.0.0.1:${port}/x`,
    `http://127.0.0.1:${port}1/x`,
    '//evil.example',
    'x',
  ]) {
    link = evil;
    const problem = await refused(visitor.submit({}, 'billing'), 502, 'vendor-unreadable');
    assert.ok(!JSON.stringify(problem).includes(evil));
  }
});
