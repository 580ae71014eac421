import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import { type CeremonyField, ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { formPdf } from '../../fixtures/pdf/form.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ada, embedToken, signerWith } from '../ceremony/ceremony-stage.ts';
import { dataOf, partner, request } from '../world/envelopes.ts';
import { judges } from '../world/judges.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const form = { filename: 'sale.pdf', content_base64: (await formPdf()).toString('base64') };
const buyer = { email: ada.email, name: ada.name, role: 'buyer' };
const seller = { email: 'cy@shop.example', name: 'Cy Carlsson', role: 'Seller' };
const names = (fields: readonly { name: string | null; type: string }[]) => fields.map(({ name, type }) => `${name} ${type}`);

/** A signer who has agreed, and the fields that are theirs. */
async function standing(id: string, email: string) {
  const token = await embedToken(platform, id, email);
  const signer = signerWith(platform, token);
  await signer.consent();
  const { fields } = await signer.read();
  const document = async () => {
    const answer = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
    return Buffer.from(await answer.arrayBuffer());
  };
  return { signer, document, own: fields.filter(({ mine }) => mine), all: fields };
}
const id = (fields: readonly CeremonyField[], name: string) => fields.find((field) => field.name === name)?.id ?? assert.fail(name);

test('a form is an envelope at once: its fields, each with its present value, its signer’s by name; what is signed is sealed without a form', async (t) => {
  const made = await partner(platform, 'POST', '', await request({ document: form, signers: [seller, buyer] }));
  assert.equal(made.status, 201, made.text);
  const { envelope_id } = dataOf(made);
  const one = await standing(envelope_id, buyer.email);
  const two = await standing(envelope_id, seller.email);
  assert.deepEqual(names(one.own).sort(), ['Buyer.agree checkbox', 'Buyer.name text', 'Buyer.remarks text', 'Buyer.signature signature']);
  assert.deepEqual(
    names(two.own).sort(),
    ['country dropdown', 'null date_signed', 'null name', 'null signature', 'pay radio'],
    'the first signer has what is nobody’s, and a page to sign on',
  );
  const known = one.own.find(({ name }) => name === 'Buyer.name');
  assert.deepEqual(
    [known?.label, known?.required, known?.max_length, known?.value],
    ['Your full name', true, 40, { kind: 'text', text: 'Ada Lovelace' }],
  );
  const remarks = one.own.find(({ name }) => name === 'Buyer.remarks');
  assert.deepEqual([remarks?.multiline, remarks?.value], [true, { kind: 'text', text: 'A first line\nand a second' }]);
  const pay = two.own.find(({ name }) => name === 'pay');
  assert.deepEqual([pay?.value, pay?.places.map(({ option }) => option)], [{ kind: 'chosen', option: 'invoice' }, ['card', 'invoice']]);

  const typed = { kind: 'typed', text: 'Ada' } as const;
  await one.signer.save({ [id(one.own, 'Buyer.signature')]: typed, [id(one.own, 'Buyer.name')]: { kind: 'text', text: 'Ada Nordin' } });
  assert.equal((await one.signer.finish()).status, 200);
  const signature = two.own.find(({ type }) => type === 'signature')?.id ?? '';
  await two.signer.save({ [signature]: typed, [id(two.own, 'country')]: { kind: 'chosen', option: 'Sweden' } });
  assert.equal((await two.signer.finish()).status, 200);
  await platform.runJobs();
  const judge = judges(t);
  if (!judge) return;
  const sealed = await two.document();
  const said = judge.pdftotext('-layout', judge.keep('form.pdf', sealed), '-');
  for (const word of ['Ada Nordin', 'A first line', 'and a second', 'Sweden', 'Read only']) assert.match(said, new RegExp(word));
  for (const word of ['Ada Lovelace', 'Norway', 'Not to be seen']) assert.doesNotMatch(said, new RegExp(word));
  const fields = (await PDFDocument.load(sealed)).getForm().getFields();
  assert.deepEqual(
    fields.map((field) => field.constructor.name),
    ['PDFSignature'],
    'the seal’s own, and no other',
  );
});

test('a template of a form has its fields and the roles that they name, and is signed as any other', async () => {
  const path = '/api/v2/partner/templates';
  const made = await partner(platform, 'POST', path, { name: 'Sale', document: form });
  assert.equal(made.status, 201, made.text);
  const template = dataOf<
    { template_id: string; roles: string[]; fields: { name: string | null; type: string }[] } & Record<string, unknown>
  >(made);
  assert.deepEqual(template.roles, ['Buyer']);
  assert.deepEqual(names(template.fields).sort(), [
    'Buyer.agree checkbox',
    'Buyer.name text',
    'Buyer.remarks text',
    'Buyer.signature signature',
    'country dropdown',
    'pay radio',
  ]);
  const sent = await partner(platform, 'POST', '', {
    customer_email: ada.email,
    customer_name: ada.name,
    template_id: template.template_id,
  });
  assert.equal(sent.status, 201, sent.text);
  const { signer, own } = await standing(dataOf(sent).envelope_id, ada.email);
  await signer.save({ [id(own, 'Buyer.signature')]: { kind: 'typed', text: 'Ada' } });
  assert.equal((await signer.finish()).status, 200);
});

test('fields of the caller’s own win: the form stays on the page as it was filled in', async (t) => {
  const fields = [{ type: 'signature', signer: ada.email, page: 1, x: 0.1, y: 0.8, width: 0.3, height: 0.05 }];
  const made = await partner(platform, 'POST', '', await request({ document: form, signers: [buyer], fields }));
  assert.equal(made.status, 201, made.text);
  const { all, document } = await standing(dataOf(made).envelope_id, ada.email);
  assert.deepEqual(names(all), ['null signature']);
  const judge = judges(t);
  if (!judge) return;
  const said = judge.pdftotext('-layout', judge.keep('flat.pdf', await document()), '-');
  for (const word of ['Ada Lovelace', 'A first line', 'Norway']) assert.match(said, new RegExp(word));
});
