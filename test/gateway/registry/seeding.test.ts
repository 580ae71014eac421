import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Seed } from '../../../server/gateway/seed.ts';
import { type Flow, vendorNames } from '../../../shared/onboarding/flow.ts';
import { readRuns } from '../../../shared/partner.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { pdfWith } from '../world/agreement.ts';

const field = { role: 'Lessee', page: 1, x: 0.1, width: 0.3, height: 0.05, required: true };
const seedOf = async (keys: Record<string, string>, partnerKey?: string): Promise<Seed> => ({
  name: 'Harbor Leasing',
  slug: 'harbor-leasing',
  contactEmail: 'operations@harbor.example',
  portalOrigin: 'http://127.0.0.1:1',
  vendorKeys: Object.fromEntries(vendorNames.map((name) => [name, keys[name] ?? ''])) as Seed['vendorKeys'],
  partnerKey,
  agreement: {
    document: Buffer.from(await pdfWith('The demo’s agreement'.replace('’', "'"))).toString('base64'),
    step: {
      title: 'Lease',
      fields: [
        { ...field, type: 'signature', y: 0.5 },
        { ...field, type: 'initials', y: 0.6 },
        { ...field, type: 'name', y: 0.7 },
        { ...field, type: 'date_signed', y: 0.8 },
      ],
    },
  },
  customers: (['draft', 'submitted', 'signed', 'declined'] as const).map((stage) => ({
    externalId: stage,
    stage,
    values: { ...ada, email: `${stage}@nordin.example` },
  })),
});

const shown = async ({ url }: StartedGateway, key: string) =>
  Object.fromEntries(
    (await readRuns({ gateway: url, key, fetch: globalThis.fetch }, 100)).map(({ external_id, sign }) => [external_id, sign?.state]),
  );

/** The platform works as long as `work` does, as it would in a process of its own. */
async function beside<T>(platform: StartedPlatform, work: Promise<T>): Promise<T> {
  let working = true;
  const ended = work.finally(() => {
    working = false;
  });
  // A failure is told by what is returned.
  ended.catch(() => undefined);
  while (working) {
    await platform.runJobs();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return ended;
}

test('the demo’s customers are brought to an open, a signed and a declined agreement, once however often it starts', async () => {
  const platform = await startPlatform();
  const gateway = await startGateway({ vendorUrl: platform.url });
  try {
    const seed = await seedOf(platform.keys);
    const { partnerId, partnerKey } = await gateway.verbs.seed(seed);
    const again = async () => {
      const made = await gateway.verbs.seed({ ...seed, partnerKey });
      await beside(platform, gateway.verbs.sign(seed));
      return made;
    };
    const expected = { draft: 'todo', submitted: 'open', signed: 'signed', declined: 'declined' };
    // A machine that is slow needs another start; what a start has begun the next one goes on with.
    await eventually(async () => {
      await again();
      return isDeepStrictEqual(await shown(gateway, partnerKey), expected);
    }, 60_000);
    const envelopes = async () =>
      (await readRuns({ gateway: gateway.url, key: partnerKey, fetch: globalThis.fetch }, 100)).map(({ run_id, sign }) => [
        run_id,
        sign?.envelope_id,
      ]);
    const before = await envelopes();
    assert.deepEqual(await again(), { partnerId, partnerKey });
    assert.deepEqual(await envelopes(), before);
    assert.deepEqual(gateway.reported, []);
  } finally {
    await gateway.close();
    await platform.close();
  }
});

test('the flow of an earlier demo follows the present one; one that somebody set is left alone', async () => {
  const gateway = await startGateway();
  const keys = { loyva: 'lk_of_an_earlier_demo', kelviq: 'kvqp_earlier', scribeless: 'slp_earlier', subscribr: 'sub_earlier' };
  const earlier = { ...(await seedOf(keys)), customers: [] };
  const { partnerId } = await gateway.verbs.seed(earlier);
  const named = { ...field, type: 'text', y: 0.2, name: 'Company' } as const;
  const step = { ...earlier.agreement?.step, title: 'Lease', fields: [named, ...(earlier.agreement?.step.fields ?? [])] };
  const present: Seed = {
    ...earlier,
    agreement: { document: earlier.agreement?.document ?? '', step: { ...step, prefill: { Company: 'company_name' } } },
  };
  const shown = async () => {
    const answer = await gateway.admin('GET', `/api/v1/admin/partners/${partnerId}/flow`);
    const { version, flow } = (await answer.json()) as { version: number; flow: Flow };
    return [version, flow.steps.flatMap((each) => (each.kind === 'sign' ? [each.prefill] : []))];
  };
  await gateway.verbs.seed(earlier);
  assert.deepEqual(await shown(), [1, [undefined]]);
  await gateway.verbs.seed(present);
  assert.deepEqual(await shown(), [2, [{ Company: 'company_name' }]]);
  await gateway.verbs.seed(earlier);
  assert.deepEqual(await shown(), [2, [{ Company: 'company_name' }]]);
  await gateway.close();
});

test('a vendor that is away keeps no demo from starting: the agreements are left to the worker', { timeout: 300_000 }, async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.close());
  const seed = await seedOf({
    loyva: 'lk_of_nobody_there',
    kelviq: 'kvqp_of_nobody',
    scribeless: 'slp_of_nobody',
    subscribr: 'sub_of_nobody',
  });
  const { partnerKey } = await gateway.verbs.seed(seed);
  assert.deepEqual(await shown(gateway, partnerKey), { draft: 'todo', submitted: 'preparing', signed: 'preparing', declined: 'preparing' });
});
