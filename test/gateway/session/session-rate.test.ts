import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let key: string;
before(async () => {
  gateway = await startGateway();
  gateway.clock.hold();
  key = (await gateway.partner({ origins: [origin] })).key;
});
after(() => gateway.close());

const ask = (token: string) => fetch(`${gateway.url}/embed/onboarding`, { headers: { Authorization: `DPoP ${token}`, Origin: origin } });

test('a session has 300 calls a minute, says what is left, and another session has its own', async () => {
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  assert.equal((await visitor.open(await mintedToken(gateway.url, key))).status, 201);
  const statuses: number[] = [];
  for (let i = 0; i < 15; i++)
    for (const { status } of await Promise.all(Array.from({ length: 20 }, () => ask(visitor.token)))) statuses.push(status);
  // Without a proof they are refused, and count.
  assert.deepEqual([statuses.length, new Set(statuses)], [300, new Set([401])]);
  const refused = await visitor.call('GET', '/embed/onboarding');
  assert.equal(refused.status, 429);
  assert.deepEqual(
    ['retry-after', 'ratelimit', 'ratelimit-policy', 'access-control-allow-origin'].map((name) => refused.headers.get(name)),
    ['60', '"minute";r=0;t=60', '"minute";q=300;w=60', origin],
  );
  const other = await createVisitor(gateway.url, origin, gateway.clock.now);
  assert.equal((await other.open(await mintedToken(gateway.url, key))).status, 201);
  gateway.clock.advance(60_000);
  assert.equal((await visitor.call('GET', '/embed/onboarding')).status, 200);
});
