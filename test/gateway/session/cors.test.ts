import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';

const origin = 'https://portal.harbor.example';
const suspended = 'https://portal.suspended.example';
const deleted = 'https://portal.deleted.example';
let gateway: StartedGateway;
let key: string;

before(async () => {
  gateway = await startGateway();
  ({ key } = await gateway.partner({ origins: [origin] }));
  const one = await gateway.partner({ origins: [suspended] });
  await gateway.admin('PATCH', `/api/v1/admin/partners/${one.id}`, { status: 'SUSPENDED' });
  const two = await gateway.partner({ origins: [deleted] });
  await gateway.admin('DELETE', `/api/v1/admin/partners/${two.id}`);
});
after(() => gateway.close());

const embedPaths = [
  '/embed/session',
  '/embed/session/refresh',
  '/embed/onboarding',
  '/embed/onboarding/draft',
  '/embed/onboarding/steps/details',
];
const preflight = (path: string, from: string) =>
  fetch(gateway.url + path, {
    method: 'OPTIONS',
    headers: { origin: from, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,dpop,content-type' },
  });
const names = (answer: Response, header: string): string[] =>
  (answer.headers.get(header) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .sort();
const access = (answer: Response): string[] => [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
const allowed = ['Authorization', 'Content-Type', 'DPoP', 'Idempotency-Key', 'If-Match', 'Last-Event-ID', 'Range'];
const exposed = ['Content-Disposition', 'Content-Length', 'Content-Range', 'Date', 'ETag', 'Retry-After'];

test('a preflight from a registered origin, a suspended partner’s included, is answered with the headers that may be sent and read', async () => {
  for (const path of embedPaths)
    for (const from of [origin, suspended]) {
      const answer = await preflight(path, from);
      assert.equal(answer.status, 204, path);
      assert.equal(answer.headers.get('access-control-allow-origin'), from);
      assert.deepEqual(names(answer, 'access-control-allow-headers'), allowed);
      assert.deepEqual(names(answer, 'access-control-expose-headers'), exposed);
      assert.ok(
        ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'].every((method) => names(answer, 'access-control-allow-methods').includes(method)),
      );
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
      assert.ok(names(answer, 'vary').includes('Origin'));
    }
});

test('a preflight from anywhere else, a deleted partner’s page included, gets no CORS header', async () => {
  for (const from of ['https://evil.example', deleted, 'null', `${origin}.evil.example`, 'http://portal.harbor.example', `${origin}:444`]) {
    const answer = await preflight('/embed/session', from);
    assert.notEqual(answer.status, 204);
    assert.deepEqual(access(answer), [], from);
    assert.ok(names(answer, 'vary').includes('Origin'));
  }
});

test('refusals carry the headers too, so that the page can read why', async () => {
  const calls: [string, string, number][] = [
    ['GET', '/embed/onboarding', 401],
    ['POST', '/embed/session', 401],
    ['GET', '/embed/nothing', 404],
    ['PUT', '/embed/session', 405],
  ];
  for (const [method, path, status] of calls) {
    const answer = await fetch(gateway.url + path, { method, headers: { origin } });
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    assert.deepEqual(names(answer, 'access-control-expose-headers'), exposed);
    assert.ok(names(answer, 'vary').includes('Origin'));
  }
});

test('an answer to a session names its origin; the star is never there, with an Origin or without', async () => {
  const visitor = await createVisitor(gateway.url, origin);
  const opened = await visitor.open(await mintedToken(gateway.url, key));
  assert.equal(opened.headers.get('access-control-allow-origin'), origin);
  assert.equal(opened.headers.get('cross-origin-resource-policy'), 'cross-origin');
  for (const path of embedPaths)
    for (const headers of [undefined, { origin }, { origin: 'https://evil.example' }]) {
      const answer = await fetch(gateway.url + path, headers && { headers });
      assert.notEqual(answer.headers.get('access-control-allow-origin'), '*', path);
    }
});

test('partner and registry paths answer no preflight', async () => {
  const paths = ['/embed/token', '/api/v2/embed/token', '/partner/runs', '/api/partner/teams', '/api/account/status'];
  for (const path of [...paths, '/api/v1/partner/organizations/', '/api/v1/admin/partners/', '/api/v1/admin/partners/prt_x/keys'])
    for (const answer of [await preflight(path, origin), await fetch(gateway.url + path, { headers: { origin } })])
      assert.deepEqual(access(answer), [], path);
});

test('of what is public only the script and its chunks carry the star', async () => {
  for (const path of ['/.well-known/jwks.json', '/problems/not-found', '/nothing', '/inlay.jsx', '/chunks/nothing.js'])
    assert.deepEqual(access(await fetch(gateway.url + path, { headers: { origin } })), [], path);
});

test('every problem’s type resolves to a page that names it', async () => {
  const { problems } = await import('../../../shared/problem.ts');
  for (const [code, { title }] of Object.entries(problems)) {
    const page = await fetch(`${gateway.url}/problems/${code}`);
    assert.equal(page.status, 200);
    const text = await page.text();
    assert.ok(text.includes(code) && text.includes(title.replaceAll("'", '&#39;')), code);
  }
  for (const code of ['nothing', 'constructor', '__proto__', 'toString'])
    assert.equal((await fetch(`${gateway.url}/problems/${code}`)).status, 404);
});
