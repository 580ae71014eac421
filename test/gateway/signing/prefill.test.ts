import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { blameOf } from '../../../server/gateway/domain/signing/blame.ts';
import { type Flow, SignStep, Step } from '../../../shared/onboarding/flow.ts';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { RunView } from '../../../shared/registry.ts';
import { formPdf } from '../../fixtures/pdf/form.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada } from '../../visitor.ts';
import { until } from '../onboarding/template-flow.ts';
import { ceremony, pdfWith, putDocument, signState, type Visitor } from '../world/agreement.ts';
import { answered, entered, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
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

const box = { page: 1, x: 0.1, height: 0.03, role: 'Lessee' };
const signature = { ...box, type: 'signature', y: 0.5, width: 0.3, height: 0.05 };
/** Room for one line, and not a long one. */
const company = { ...box, type: 'text', name: 'Company', y: 0.6, width: 0.2, height: 0.011 };
const person = { ...box, type: 'text', name: 'Person', y: 0.7, width: 0.4 };
const step = (over: object = {}) => ({
  id: 'lease',
  kind: 'sign',
  document: 'agreement',
  title: 'Lease',
  signer: { email: 'email', name: ['first_name', 'last_name'], role: 'Lessee' },
  fields: [signature, company, person],
  prefill: { Company: 'company_name', Person: ['first_name', 'last_name'] },
  ...over,
});

let partners = 0;
/** A partner with an account of its own at the vendor, whose flow has this step. */
async function partnerWith(over?: object, document?: Uint8Array, loyva?: string) {
  partners += 1;
  const account = loyva ?? (await platform.seed(`Quay ${partners}`)).loyva;
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: account } });
  await answered(putDocument(gateway, partner.id, document ?? (await pdfWith('Lease'))));
  const path = `/api/v1/admin/partners/${partner.id}/flow`;
  const { flow } = await answered<{ flow: Flow }>(gateway.admin('GET', path));
  const put = (sign: object) => gateway.admin('PUT', path, { steps: [flow.steps[0], sign, flow.steps.at(-1)] });
  if (over) await answered(put(step(over)));
  return { ...partner, put, account };
}

/** What the signer finds filled in, by the fields' names. */
async function filled(visitor: Visitor) {
  const { fields } = await ceremony(visitor, 'GET');
  return Object.fromEntries(
    fields.flatMap(({ name, value }) => (name === null || !value ? [] : [[name, 'text' in value ? value.text : value]])),
  );
}
const runOf = async (key: string, { run_id }: OnboardingView): Promise<RunView> =>
  answered<RunView>(fetch(`${gateway.url}/partner/runs/${run_id}`, { headers: { 'x-api-key': key } }));
const envelopes = async (account: string) => {
  const { json } = await call(platform, 'GET', '/api/v2/partner/envelopes?limit=100', { 'x-api-key': account });
  return (json.data as { status: string }[]).map(({ status }) => status).sort();
};
const asked = async (id: string) =>
  (
    await answered<{ items: { kind: string; run?: string }[] }>(gateway.admin('GET', `/api/v1/admin/partners/${id}/audit?limit=100`))
  ).items.filter(({ kind }) => kind === 'signing.asked').length;

const faulty: readonly [says: string, over: object, at: readonly string[]][] = [
  [
    'from an answer that the flow does not ask for',
    { prefill: { Company: 'firm', Person: ['first_name', 'middle'] } },
    ['Company', 'Person'],
  ],
  ['that the step has not', { prefill: { Firm: 'company_name' } }, ['Firm']],
  ['for a signature', { fields: [{ ...signature, name: 'Sig' }], prefill: { Sig: 'company_name' } }, ['Sig']],
  ['of text from a tick', { prefill: { Company: 'may_sign' } }, ['Company']],
  ['with a tick from a text', { fields: [signature, { ...company, type: 'checkbox' }], prefill: { Company: 'city' } }, ['Company']],
  ['from a tick joined to a text', { document: 'agreement', fields: [], prefill: { 'a/b': ['city', 'may_sign'] } }, ['a~1b']],
];
for (const [says, over, at] of faulty)
  test(`a flow that fills in a field ${says} is refused, and told where`, async () => {
    const { put } = await partnerWith();
    const { errors } = await refused(put(step(over)), 422, 'invalid-input');
    assert.deepEqual(
      pointers(errors),
      at.map((name) => `/steps/1/prefill/${name}`),
    );
  });

test('a flow with one field twice, or with what no mapping can be, is refused', async () => {
  const { put } = await partnerWith();
  const twice = await refused(
    put(step({ fields: [signature, company, { ...person, name: 'Company' }], prefill: {} })),
    422,
    'invalid-input',
  );
  assert.deepEqual(pointers(twice.errors), ['/steps/1/fields/2/name']);
  for (const prefill of [{ Company: [] }, { Company: 7 }, { Company: '/details/company_name' }, { '': 'city' }])
    await refused(put(step({ prefill })), 422, 'invalid-input');
});

test('the fields of the step are filled in from the answers, and an answer that was not given leaves its field empty', async () => {
  const more = ['VAT', 'Phone'].map((name, n) => ({ ...company, name, y: 0.8 + n / 20 }));
  const { key } = await partnerWith({
    fields: [signature, company, person, ...more],
    prefill: { Company: 'company_name', Person: ['first_name', 'last_name'], VAT: 'vat_number', Phone: 'phone' },
  });
  const visitor = await entered(gateway, key, origin, 'own');
  // Of the United States no VAT number is asked: what was typed before counts no more.
  await answered(visitor.submit({ ...ada, company_name: 'Nordin AB', country: 'US', registration_number: '123456789' }));
  await signState(visitor, 'open');
  assert.deepEqual(await filled(visitor), { Company: 'Nordin AB', Person: 'Ada Nordin' });
});

test('so are those of a form, and of a template', async () => {
  const form = await formPdf();
  const { loyva } = await platform.seed('Quay with a template');
  const document = { filename: 'sale.pdf', content_base64: form.toString('base64') };
  const made = await call(platform, 'POST', '/api/v2/partner/templates', { 'x-api-key': loyva }, { name: 'Sale', document });
  const { template_id } = made.json.data as { template_id: string };
  const role = { signer: { ...step().signer, role: 'Buyer' }, fields: [] };
  const prefill = { 'Buyer.name': ['first_name', 'last_name'], 'Buyer.agree': 'may_sign', 'Buyer.remarks': 'company_name' };
  for (const [over, account] of [
    [{ ...role, prefill }, undefined],
    [{ ...role, prefill, document: undefined, template_id }, loyva],
  ] as const) {
    const { key } = await partnerWith(over, form, account);
    const visitor = await entered(gateway, key, origin, 'named');
    await answered(visitor.submit({ ...ada, company_name: 'Nordin AB' }));
    await signState(visitor, 'open');
    const { 'Buyer.name': name, 'Buyer.agree': agree, 'Buyer.remarks': remarks, pay } = await filled(visitor);
    assert.deepEqual([name, agree, remarks], ['Ada Nordin', { kind: 'checked', checked: true }, 'Nordin AB']);
    assert.deepEqual(pay, { kind: 'chosen', option: 'invoice' });
  }
});

test('an answer that the document cannot hold leads back to its question, and is asked for once; the next one is taken', async () => {
  const { id, key, account } = await partnerWith({});
  const visitor = await entered(gateway, key, origin, 'long');
  await answered(visitor.submit({ ...ada, company_name: 'Nordin Tryck & Papper i Göteborg Aktiebolag' }));
  const back = await until(gateway, visitor, ({ details }) => details.faults.length > 0);
  assert.deepEqual(back?.details.faults, [{ pointer: '/values/company_name', code: 'does-not-fit' }]);
  assert.deepEqual([back?.details.editable, back?.step, back?.sign?.state, back?.status], [true, 'details', 'todo', 'in_progress']);
  assert.ok(back);
  assert.deepEqual((await runOf(key, back)).sign?.faults, [{ pointer: '/prefill/Company', code: 'does-not-fit' }]);
  gateway.clock.advance(120_000);
  await visitor.run();
  assert.deepEqual([await asked(id), await envelopes(account)], [1, []]);
  await answered(visitor.submit({ ...ada, company_name: 'Nordin AB' }));
  const run = await signState(visitor, 'open');
  assert.deepEqual([await asked(id), run.details.faults, (await runOf(key, run)).sign?.faults], [2, [], []]);
  assert.equal((await filled(visitor)).Company, 'Nordin AB');
});

test('an answer that is too long for a form’s field is told with its length, of several the longest', async () => {
  const { key } = await partnerWith(
    { signer: { ...step().signer, role: 'Buyer' }, fields: [], prefill: { 'Buyer.name': ['first_name', 'last_name'], country: 'city' } },
    await formPdf(),
  );
  const visitor = await entered(gateway, key, origin, 'counted');
  await answered(visitor.submit({ ...ada, first_name: 'Ada', last_name: 'N'.repeat(50), city: 'Göteborg' }));
  const back = await until(gateway, visitor, ({ details }) => details.faults.length > 0);
  assert.deepEqual(back?.details.faults, [
    { pointer: '/values/last_name', code: 'too-long', params: { max: 36, typed: 50 } },
    { pointer: '/values/city', code: 'not-an-option' },
  ]);
  await answered(visitor.submit({ ...ada, last_name: 'N'.repeat(36), city: 'Sweden' }));
  await signState(visitor, 'open');
});

test('an answer that the partner has fixed is told as fixed, since its customer cannot help it', async () => {
  const { key } = await partnerWith({});
  const customer = { company_name: 'Nordin Tryck & Papper i Göteborg Aktiebolag', locked: ['company_name'] };
  const visitor = await entered(gateway, key, origin, 'locked', customer);
  const { company_name: _, ...rest } = ada;
  await answered(visitor.submit(rest));
  const back = await until(gateway, visitor, ({ details }) => details.faults.length > 0);
  assert.deepEqual(back?.details.faults, [{ pointer: '/values/company_name', code: 'locked' }]);
});

test('a mapping that the document does not have waits for the partner, who is told the field’s name and says when to ask again', async () => {
  const { id, key } = await partnerWith(
    { signer: { ...step().signer, role: 'Buyer' }, fields: [], prefill: { 'Buyer.name': 'company_name', 'Buyer.seal': 'city' } },
    await formPdf(),
  );
  const visitor = await entered(gateway, key, origin, 'mapped');
  await answered(visitor.submit({ ...ada, company_name: 'x'.repeat(60) }));
  const run = await until(gateway, visitor, ({ sign }) => sign?.state === 'refused');
  assert.ok(run);
  assert.deepEqual([run.details.faults, run.details.editable], [[], false]);
  assert.deepEqual((await runOf(key, run)).sign, {
    state: 'refused',
    envelope_id: null,
    faults: [
      { pointer: '/prefill/Buyer.seal', code: 'no-such-field' },
      { pointer: '/prefill/Buyer.name', code: 'too-long' },
    ],
    refusal: { reason: 'answers', said: (await runOf(key, run)).sign?.refusal?.said },
  });
  assert.match(String((await runOf(key, run)).sign?.refusal?.said), /Buyer|field/);
  gateway.clock.advance(120_000);
  await visitor.run();
  assert.equal(await asked(id), 1);
  const again = () =>
    fetch(`${gateway.url}/partner/runs/${run.run_id}/retry`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ vendor: 'loyva' }),
    });
  assert.equal((await answered<RunView>(again())).sign?.state, 'preparing');
  await until(gateway, visitor, ({ sign }) => sign?.state === 'refused');
  assert.equal(await asked(id), 2);
});

test('details sent anew with another company make a new envelope in place of the unsigned one', async () => {
  const { key, account } = await partnerWith({});
  const visitor = await entered(gateway, key, origin, 'renamed');
  await answered(visitor.submit({ ...ada, company_name: 'Nordin AB' }));
  const first = await signState(visitor, 'open');
  const { default: SqliteFile } = await import('better-sqlite3');
  const db = new SqliteFile(`${gateway.dataDir}/gateway.db`);
  db.prepare('update run set submitted_at = null where id = ?').run(first.run_id);
  db.close();
  await answered(visitor.submit({ ...ada, company_name: 'Berg AB' }));
  await until(gateway, visitor, ({ sign }) => sign?.state === 'open' && sign.envelope_id !== first.sign?.envelope_id);
  assert.equal((await filled(visitor)).Company, 'Berg AB');
  assert.deepEqual(await envelopes(account), ['sent', 'voided']);
});

test('a step of an earlier flow, without names and mapping, is as it was', () => {
  const { prefill: _, ...earlier } = step({ fields: [signature] });
  assert.deepEqual(Object.keys(Step.parse(earlier)).sort(), ['document', 'fields', 'id', 'kind', 'signer', 'title']);
});

test('of a refusal the customer is told only what an answer can mend, and the partner never what was answered', () => {
  const values = { first_name: 'Ada 𒀀', last_name: 'Nordin', city: 'Göteborg' };
  const name = { field: 'Name', answers: ['first_name', 'last_name'], value: 'Ada 𒀀 Nordin' };
  const place = { field: 'Place', answers: ['city'], value: 'Göteborg' };
  const glyph = { part: { field: 'Name' }, code: 'glyph', params: { characters: '𒀀' } };
  const given = { step: SignStep.parse(step()), prefilled: [name, place], values, locked: [] };
  assert.deepEqual(blameOf([glyph], given), {
    faults: [{ pointer: '/prefill/Name', code: 'glyph' }],
    told: [{ pointer: '/values/first_name', code: 'characters', params: { characters: '𒀀' } }],
  });
  // A code that nobody knows, and a document that is refused besides, are not for the customer to mend.
  for (const other of [
    { part: { field: 'Place' }, code: 'constructor' },
    { part: null, code: 'encrypted' },
  ])
    assert.equal(blameOf([glyph, other], given)?.told, undefined);
  assert.equal(blameOf([{ part: null, code: 'encrypted' }], given), undefined);
  assert.equal(blameOf([], given), undefined);
  // A name is nothing but answers: whatever the vendor has against it, they are shown where it is typed.
  assert.deepEqual(blameOf([{ part: { signer: 'name' }, code: 'constructor' }], given), {
    faults: [{ pointer: '/signer/name', code: 'constructor' }],
    told: [{ pointer: '/values/last_name', code: 'vendor-refused', params: { vendor: 'loyva' } }],
  });
});
