import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada, createVisitor, mintedToken, proof } from '../../visitor.ts';
import { pdfWith, putDocument } from '../world/agreement.ts';
import { answered, entered, refused } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const hour = 3_600_000;
let gateway: StartedGateway;
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let document: Uint8Array;
before(async () => {
  loyva = await startStubLoyva();
  document = await pdfWith('An agreement');
});
after(() => loyva.close());

let partners = 0;
/** A gateway of its own, since its clock is set; its partner's document is signed. */
async function begun(external_id: string) {
  partners += 1;
  gateway = await startGateway({ vendorUrl: loyva.origin });
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: `lk_clock_secret_${partners}` } });
  await answered(putDocument(gateway, partner.id, document));
  return { partner, visitor: await entered(gateway, partner.key, origin, external_id) };
}

for (const by of [-hour, hour])
  test(`a clock set ${by < 0 ? 'back' : 'forward'} by an hour makes no proof stale, and one that was used stays so`, async (t) => {
    const { partner, visitor } = await begun('proved');
    t.after(() => gateway.close());
    const url = `${gateway.url}/embed/onboarding`;
    const iat = Math.floor(gateway.clock.now() / 1000);
    const used = await proof({ method: 'GET', url, token: visitor.token, pair: visitor.pair, iat });
    const present = () => fetch(url, { headers: { authorization: `DPoP ${visitor.token}`, dpop: used, origin } });
    await answered(present());
    gateway.clock.set(by);
    // What was handed out before lives by the clock it was dated by; who comes now is let in at once.
    const comes = async (external_id: string) => {
      const fresh = await createVisitor(gateway.url, origin, gateway.clock.now);
      await answered(fresh.open(await mintedToken(gateway.url, partner.key, { customer: { external_id } })), 201);
      return fresh;
    };
    await comes('at once');
    // A session that begins before the set clock is taken on is of the time before: an hour forward ends it.
    await eventually(async () => {
      const { headers } = await fetch(`${gateway.url}/livez`);
      return Math.abs(Date.parse(headers.get('date') ?? '') - gateway.clock.now()) < 5_000;
    });
    await answered((await comes('later')).call('GET', '/embed/onboarding'));
    if (by > 0) return;
    await refused(present(), 401, 'proof-stale');
    // The hour passes again, and with it the minute of the proof: it was seen, whatever the clock did.
    for (let passed = 0; passed < 12; passed += 1) {
      gateway.clock.advance(hour / 12 - 1_000);
      const next = await createVisitor(gateway.url, origin, gateway.clock.now);
      await answered(next.open(await mintedToken(gateway.url, partner.key, { customer: { external_id: `n-${passed}` } })), 201);
    }
    gateway.clock.set(iat * 1000 - gateway.clock.now() + 10_000);
    await refused(present(), 401, 'proof-replayed');
  });

test('a clock set back by an hour keeps nobody waiting for it', async (t) => {
  const { visitor } = await begun('waits');
  t.after(() => gateway.close());
  loyva.at('POST ', json({ error: 'busy' }, 429));
  const asked = loyva.count('POST ');
  await answered(visitor.submit(ada));
  await eventually(async () => loyva.count('POST ') > asked);
  await eventually(async () => (await visitor.run()).sign?.unreachable);
  gateway.clock.set(-hour);
  loyva.at('POST ');
  gateway.clock.advance(30_000);
  await eventually(async () => loyva.count('POST ') > asked + 1, 10_000);
});

test('a clock set forward by an hour asks for nothing early: an envelope whose answer was lost is not made twice', async (t) => {
  const { visitor } = await begun('lost');
  t.after(() => gateway.close());
  loyva.at('POST ', (response) => response.destroy());
  await answered(visitor.submit(ada));
  const looked = loyva.count('GET ');
  await eventually(async () => loyva.count('GET ') > looked);
  loyva.at('POST ');
  const asked = loyva.count('POST ');
  gateway.clock.set(hour);
  for (const seconds of [3, 9, 27]) {
    const before = loyva.count('GET ');
    gateway.clock.advance(seconds * 1_000);
    await eventually(async () => loyva.count('GET ') > before);
  }
  assert.equal(loyva.count('POST '), asked);
  gateway.clock.advance(90_000);
  await eventually(async () => loyva.count('POST ') > asked);
});
