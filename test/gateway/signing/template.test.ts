import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { signByTemplate } from '../onboarding/template-flow.ts';
import { ceremony, pdfWith, sign, signState, type Visitor } from '../world/agreement.ts';
import { answered, entered } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const jonas = { email: 'jonas@harbor.example', name: 'Jonas Ek', role: 'Partner' };
let platform: StartedPlatform;
let gateway: StartedGateway;
before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

/** A template that both parties sign. */
async function makeTemplate(key: string): Promise<string> {
  const box = { type: 'signature', page: 1, x: 0.1, width: 0.3, height: 0.05 };
  const body = {
    name: 'Agreement',
    signing_order: 'sequential',
    document: { filename: 'agreement.pdf', content_base64: Buffer.from(await pdfWith('An agreement')).toString('base64') },
    fields: [
      { ...box, y: 0.5, signer: 'Customer' },
      { ...box, y: 0.7, signer: 'Partner' },
    ],
  };
  const made = await call(platform, 'POST', '/api/v2/partner/templates', { 'x-api-key': key }, body);
  assert.equal(made.status, 201, made.text);
  return (made.json.data as { template_id: string }).template_id;
}

test('a flow’s template is signed by the customer in the page and then by the partner, and ends in the vault', async () => {
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: platform.keys.loyva } });
  await signByTemplate(gateway, partner.id, await makeTemplate(platform.keys.loyva), { countersigner: jonas });
  const visitor = await entered(gateway, partner.key, origin, 'by-template');
  await answered(visitor.submit(ada));
  const { sign: shown, run_id } = await signState(visitor, 'open');
  const envelope_id = String(shown?.envelope_id);
  const { signers, fields } = await ceremony(visitor, 'GET');
  assert.deepEqual(
    signers.map(({ name, role }) => [name, role]),
    [
      ['Ada Nordin', 'Customer'],
      ['Jonas Ek', 'Partner'],
    ],
  );
  assert.equal(fields.length, 2, 'the template’s fields, and none of ours');
  await sign(visitor);
  await signState(visitor, 'waiting', platform);
  const token = await mintedToken(gateway.url, partner.key, {
    widget_type: 'sign',
    envelope_id,
    user_email: jonas.email,
    customer: undefined,
  });
  const other: Visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  await answered(other.open(token), 201);
  await sign(other);
  await signState(visitor, 'signed', platform);
  const run = await eventually(async () => {
    const now = await visitor.run();
    return now.sign?.vaulted_at ? now : undefined;
  });
  assert.deepEqual([run.status, run.sign?.envelope_id], ['done', envelope_id]);
  const { json } = await call(platform, 'GET', `/api/v2/partner/envelopes/${envelope_id}`, { 'x-api-key': platform.keys.loyva });
  const { status, external_id } = json.data as Record<string, unknown>;
  assert.deepEqual([status, external_id], ['vaulted', run_id]);
});
