import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { mintedToken, mintToken } from '../../visitor.ts';
import { answered, refused } from '../world/answers.ts';

let gateway: StartedGateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.close());

type LoyvaError = { error: string; code: string };
type AuditPage = { items: { kind: string; actor?: string }[] };
const limitReached = async (answer: Promise<Response>, name: string) => {
  const { code, error } = await answered<LoyvaError>(answer, 403);
  assert.equal(code, 'limit-reached');
  assert.match(error, new RegExp(name));
};

test('max_tenants customers are minted for, the next is 403 and named; known ones go on', async () => {
  const { key } = await gateway.partner({ limits: { max_tenants: 2 } });
  const mint = (external_id: string) => mintToken(gateway.url, key, { customer: { external_id } });
  assert.deepEqual([(await mint('a')).status, (await mint('b')).status], [200, 200]);
  await limitReached(mint('c'), 'max_tenants');
  assert.equal((await mint('a')).status, 200);
});

test('max_users_per_tenant counts distinct users of one customer', async () => {
  const { key } = await gateway.partner({ limits: { max_users_per_tenant: 1 } });
  const mint = (external_id: string, user_email: string) => mintToken(gateway.url, key, { user_email, customer: { external_id } });
  assert.equal((await mint('a', 'one@x.example')).status, 200);
  assert.equal((await mint('a', 'ONE@x.example')).status, 200);
  await limitReached(mint('a', 'two@x.example'), 'max_users_per_tenant');
  assert.equal((await mint('b', 'two@x.example')).status, 200);
});

test('a refused mint leaves no customer behind', async () => {
  const { key } = await gateway.partner({ limits: { max_tenants: 1, max_users_per_tenant: 0 } });
  await limitReached(mintToken(gateway.url, key, { customer: { external_id: 'a' } }), 'max_users_per_tenant');
  await limitReached(mintToken(gateway.url, key, { customer: { external_id: 'b' } }), 'max_users_per_tenant');
});

test('max_applications_per_tenant counts active keys; a revoked one makes room', async () => {
  const { id, keyId } = await gateway.partner({ limits: { max_applications_per_tenant: 1 } });
  const keys = `/api/v1/admin/partners/${id}/keys`;
  const problem = await refused(gateway.admin('POST', keys, {}), 403, 'limit-reached');
  assert.match(problem.detail ?? '', /max_applications_per_tenant/);
  assert.equal((await gateway.admin('DELETE', `${keys}/${keyId}`)).status, 204);
  assert.equal((await gateway.admin('POST', keys, {})).status, 201);
});

for (const [name, value] of Object.entries({ origin: 'https://portal.harbor.example', 'sec-fetch-site': 'cross-site' }))
  test(`a key that comes with ${name} is refused, told why, and reported as exposed`, async () => {
    const { id, key, keyId } = await gateway.partner({ origins: ['https://portal.harbor.example'] });
    const { code, error } = await answered<LoyvaError>(mintToken(gateway.url, key, {}, { [name]: value }), 403);
    assert.equal(code, 'key-in-browser');
    assert.match(error, /server/);
    const { items } = await answered<AuditPage>(gateway.admin('GET', `/api/v1/admin/partners/${id}/audit`));
    assert.deepEqual(
      items.filter(({ kind }) => kind === 'key.exposed').map(({ actor }) => actor),
      [keyId],
    );
  });

test('an exposed key is refused at every partner door, in that door’s language', async () => {
  const { key } = await gateway.partner({});
  const from = { origin: 'https://anywhere.example' };
  await refused(fetch(`${gateway.url}/partner/runs`, { headers: { 'x-api-key': key, ...from } }), 403, 'key-in-browser');
  const team = await answered(fetch(`${gateway.url}/api/account/status`, { headers: { 'x-api-key': key, ...from } }), 403);
  assert.equal(team.statusCode, 403);
  const kelviq = await answered(
    fetch(`${gateway.url}/api/v1/partner/organizations/`, { headers: { 'x-kelviq-partner-key': key, ...from } }),
    403,
  );
  assert.match(String(kelviq.detail), /browser/);
});

test('Sec-Fetch-Mode alone, and Sec-Fetch-Site: none, mean nothing: Node’s own fetch sends the first', async () => {
  const { key } = await gateway.partner({});
  assert.equal((await mintToken(gateway.url, key, {}, { 'sec-fetch-mode': 'cors' })).status, 200);
  assert.equal((await mintToken(gateway.url, key, {}, { 'sec-fetch-site': 'none' })).status, 200);
  await mintedToken(gateway.url, key);
});
