import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken, mintToken } from '../../visitor.ts';
import { answered, entered, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.close());

const set = (id: string, status: string) => gateway.admin('PATCH', `/api/v1/admin/partners/${id}`, { status });
const runs = (key: string) => fetch(`${gateway.url}/partner/runs`, { headers: { 'x-api-key': key } });

test('a suspended partner’s keys and sessions are refused at the very next call, and work again when it is resumed', async () => {
  const { id, key } = await gateway.partner({ origins: [origin] });
  const visitor = await entered(gateway, key, origin, 'c-1');
  const unused = await mintedToken(gateway.url, key);
  assert.equal((await runs(key)).status, 200);
  assert.equal((await set(id, 'SUSPENDED')).status, 200);
  await refused(runs(key), 403, 'partner-suspended');
  assert.equal((await answered<{ code: string }>(mintToken(gateway.url, key), 403)).code, 'partner-suspended');
  const seen = await visitor.call('GET', '/embed/onboarding');
  assert.equal(seen.headers.get('access-control-allow-origin'), origin);
  await refused(seen, 403, 'partner-suspended');
  await refused((await createVisitor(gateway.url, origin)).open(unused), 403, 'partner-suspended');
  assert.equal((await set(id, 'ACTIVE')).status, 200);
  assert.equal((await runs(key)).status, 200);
  assert.equal((await visitor.run()).status, 'new');
  assert.equal((await (await createVisitor(gateway.url, origin)).open(unused)).status, 201);
});

test('suspending one partner does nothing to another', async () => {
  const [one, two] = [await gateway.partner({ origins: [origin] }), await gateway.partner({ origins: [origin] })];
  await set(one.id, 'SUSPENDED');
  assert.equal((await runs(two.key)).status, 200);
});

test('suspensions and resumptions by the hundred are each true at the next call', async () => {
  const { id, key } = await gateway.partner({});
  for (let turn = 0; turn < 50; turn += 1) {
    const background = Array.from({ length: 4 }, () => runs(key));
    await set(id, 'SUSPENDED');
    assert.equal((await runs(key)).status, 403);
    await set(id, 'ACTIVE');
    assert.equal((await runs(key)).status, 200);
    await Promise.all(background);
  }
});

test('a deleted partner’s keys and sessions are refused at once', async () => {
  const { id, key } = await gateway.partner({ origins: [origin] });
  const visitor = await entered(gateway, key, origin, 'c-1');
  const unused = await mintedToken(gateway.url, key);
  assert.equal((await gateway.admin('DELETE', `/api/v1/admin/partners/${id}`)).status, 204);
  await refused(runs(key), 403, 'partner-suspended');
  assert.equal((await answered<{ code: string }>(mintToken(gateway.url, key), 403)).code, 'partner-suspended');
  await refused(visitor.call('GET', '/embed/onboarding'), 403, 'partner-suspended');
  await refused((await createVisitor(gateway.url, origin)).open(unused), 403, 'partner-suspended');
});

test('a revoked key is refused at the very next call; a rotated one works until its overlap is over', async () => {
  const { id, key, keyId } = await gateway.partner({});
  const keys = `/api/v1/admin/partners/${id}/keys`;
  const next = await answered<{ key: string; id: string }>(gateway.admin('POST', `${keys}/${keyId}/rotate`, { overlap: 60 }), 201);
  assert.deepEqual([(await runs(key)).status, (await runs(next.key)).status], [200, 200]);
  gateway.clock.advance(61_000);
  assert.deepEqual([(await runs(key)).status, (await runs(next.key)).status], [401, 200]);
  assert.equal((await gateway.admin('DELETE', `${keys}/${next.id}`)).status, 204);
  assert.equal((await runs(next.key)).status, 401);
});

test('a key rotated without overlap stops at once', async () => {
  const { id, key, keyId } = await gateway.partner({});
  const next = await answered<{ key: string }>(
    gateway.admin('POST', `/api/v1/admin/partners/${id}/keys/${keyId}/rotate`, { overlap: 0 }),
    201,
  );
  assert.deepEqual([(await runs(key)).status, (await runs(next.key)).status], [401, 200]);
});
