import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formPdf } from '../../fixtures/pdf/form.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { embedToken, signerWith } from '../ceremony/ceremony-stage.ts';
import { dataOf, inBase64, partner, pdfOf, request } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const buyer = { email: 'ada@shop.example', name: 'Ada Nordin', role: 'Buyer' };
const form = inBase64(await formPdf(), 'sale.pdf');
const details = ({ json }: { json: Record<string, unknown> }) =>
  json.details as { pointer: string; code: string; message: string; params?: object }[];
const codes = (answer: { json: Record<string, unknown> }) => details(answer).map(({ pointer, code }) => `${pointer} ${code}`);

/** What the buyer finds filled in, by name. */
async function filled(made: { json: Record<string, unknown>; status: number; text: string }) {
  assert.equal(made.status, 201, made.text);
  const { fields } = await signerWith(platform, await embedToken(platform, dataOf(made).envelope_id, buyer.email)).read();
  return Object.fromEntries(fields.flatMap(({ name, value }) => (name === null ? [] : [[name, value]])));
}

const values = { 'Buyer.name': 'Åsa Öberg', 'Buyer.remarks': 'One\r\ntwo', 'Buyer.agree': false, pay: 'card', country: '' };
const expected = {
  'Buyer.name': { kind: 'text', text: 'Åsa Öberg' },
  'Buyer.remarks': { kind: 'text', text: 'One\ntwo' },
  'Buyer.agree': { kind: 'checked', checked: false },
  'Buyer.signature': null,
  pay: { kind: 'chosen', option: 'card' },
  country: null,
};

test('the fields of a form are filled with the values that an envelope is made with, by their names', async () => {
  assert.deepEqual(
    await filled(await partner(platform, 'POST', '', await request({ document: form, signers: [buyer], values }))),
    expected,
  );
});

test('so are those of a template, which itself stays as it was', async () => {
  const template = dataOf<{ template_id: string }>(
    await partner(platform, 'POST', '/api/v2/partner/templates', { name: 'Sale', document: form }),
  );
  const of = { template_id: template.template_id, signers: [buyer], document: undefined };
  assert.deepEqual(await filled(await partner(platform, 'POST', '', await request({ ...of, values }))), expected);
  const { 'Buyer.name': name } = await filled(await partner(platform, 'POST', '', await request(of)));
  assert.deepEqual(name, { kind: 'text', text: 'Ada Lovelace' });
});

test('values that cannot stand in their fields are refused all at once, by the names of the fields, and nothing is made', async () => {
  const wrong = {
    'Buyer.name': 'x'.repeat(41),
    'Buyer.remarks': true,
    'Buyer.agree': 'yes',
    'Buyer.signature': 'Ada',
    pay: 'cheque',
    'no/such~field': 'x',
  };
  const answer = await partner(platform, 'POST', '', await request({ document: form, signers: [buyer], values: wrong }));
  assert.equal(answer.status, 422);
  assert.deepEqual(codes(answer), [
    '/values/no~1such~0field no-such-field',
    '/values/Buyer.name too-long',
    '/values/Buyer.remarks wrong-kind',
    '/values/Buyer.agree wrong-kind',
    '/values/Buyer.signature not-allowed',
    '/values/pay no-such-option',
  ]);
  assert.match(details(answer)[0]?.message ?? '', /Buyer\.name, Buyer\.remarks/);
  assert.deepEqual(details(answer)[1]?.params, { max: 40 });
  const unseen = { 'Buyer.name': 'Ada 😀', 'Buyer.remarks': 'A\u202eb' };
  assert.deepEqual(codes(await partner(platform, 'POST', '', await request({ document: form, signers: [buyer], values: unseen }))), [
    '/values/Buyer.remarks custom',
  ]);
  const glyphs = await partner(
    platform,
    'POST',
    '',
    await request({ document: form, signers: [buyer], values: { 'Buyer.name': 'Ada 😀' } }),
  );
  assert.deepEqual(
    details(glyphs).map(({ pointer, code, params }) => ({ pointer, code, params })),
    [{ pointer: '/values/Buyer.name', code: 'glyph', params: { characters: '😀' } }],
  );
  const small = await partner(
    platform,
    'POST',
    '',
    await request({ document: form, signers: [buyer], values: { 'Buyer.remarks': 'word '.repeat(180) } }),
  );
  assert.deepEqual(codes(small), ['/values/Buyer.remarks does-not-fit']);
});

test('where fields are given, each has its own value; without fields of a name, and on paper, there is nothing to fill', async () => {
  const signature = { type: 'signature', signer: buyer.email, page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.1 };
  const send = async (over: object) => partner(platform, 'POST', '', await request({ values: { company: 'Nordin AB' }, ...over }));
  assert.deepEqual(codes(await send({ fields: [signature] })), ['/values not-allowed']);
  const nameless = await send({ document: inBase64(await pdfOf('No form')) });
  assert.deepEqual(codes(nameless), ['/values/company no-such-field']);
  assert.match(details(nameless)[0]?.message ?? '', /none has a name/);
  assert.deepEqual(codes(await send({ envelope_kind: 'paper', document: undefined })), ['/values invalid_type']);
  assert.deepEqual(codes(await send({ values: ['Nordin AB'] })), ['/values invalid_type']);
  assert.deepEqual(codes(await send({ values: { company: 7 } })), ['/values/company invalid_type']);
});
