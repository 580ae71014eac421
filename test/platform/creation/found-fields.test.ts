import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openDocuments } from '../../../server/platform/documents/documents.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { ownerOf, ownFields, rolesIn } from '../../../server/platform/domain/creation/found-fields.ts';
import type { FoundField, TakenIn } from '../../../server/platform/domain/files/documents.ts';
import { Failure } from '../../../shared/problem.ts';
import { documentOf } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const documents = openDocuments({ identity: () => identity });
after(() => documents.close());

const found = (name: string, over: Partial<FoundField> = {}): FoundField => ({
  name,
  role: null,
  type: 'text',
  places: [{ page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.05, option: null }],
  required: false,
  label: null,
  multiline: false,
  maxLength: null,
  options: null,
  exportValue: null,
  value: null,
  ...over,
});
const named = (name: string) => found(name, { type: 'signature' });
const text = (said: string) => ({ kind: 'text', text: said }) as const;
const taken = async (...fields: FoundField[]): Promise<TakenIn> => ({ ...(await documentOf(['A form'])), fields });
const parties = [
  { signer: 'sig_1', name: 'Bo Berg', role: 'Buyer' },
  { signer: 'sig_2', name: 'Cy Carlsson', role: 'Buyer.Agent' },
  { signer: 'sig_3', name: 'Di Dahl', role: null },
];
const become = async (...fields: FoundField[]) => ownFields(documents.of('one'), await taken(...fields), { title: 'A form' }, parties);
const owner = (name: string) => ownerOf({ name }, parties)?.signer;

test('a field belongs to the signer whose role or number begins its name, however it is written; else to the first', () => {
  assert.deepEqual(['Buyer.name', 'buyer.NAME', 'BUYER', 'Buyer.Agent.name', 'signer2.name', 'Signer3.x.y', 'signer3'].map(owner), [
    'sig_1',
    'sig_1',
    'sig_1',
    'sig_2',
    'sig_2',
    'sig_3',
    'sig_3',
  ]);
  assert.deepEqual(
    ['name', 'Buyers.name', 'Buyer name', 'signer4.name', 'signer0.name', 'signer23.name', 'assigner2.name', ''].map(owner),
    Array.from({ length: 8 }, () => 'sig_1'),
  );
});

test('whoever signs nowhere in the document signs on a page that is added, and nobody else does', async () => {
  const { file, fields } = await become(named('Buyer.signature'), found('signer2.city'));
  assert.equal(file.pages.length, 2);
  assert.deepEqual(
    fields.map(({ type, signer, name, places }) => [type, signer, name, places[0]?.page]),
    [
      ['signature', 'sig_1', 'Buyer.signature', 1],
      ['text', 'sig_2', 'signer2.city', 1],
      ...['sig_2', 'sig_3'].flatMap((signer) => ['signature', 'name', 'date_signed'].map((type) => [type, signer, null, 2])),
    ],
  );
  const whole = await become(named('Buyer.signature'), named('signer2.signature'), named('signer3.signature'));
  assert.equal(whole.file.pages.length, 1);
  assert.equal(whole.fields.length, 3);
});

test('what a document asks for stays as it is: places, length, options, label, and the present value', async () => {
  const places = [1, 2].map((n) => ({ page: 1, x: 0.1, y: 0.1 * n, width: 0.3, height: 0.05, option: null }));
  const buttons = ['a', 'b'].map((option, n) => ({ page: 1, x: 0.5, y: 0.1 * n, width: 0.01, height: 0.005, option }));
  const options = [
    { value: ' ', label: '' },
    { value: 'a', label: 'First' },
    { value: 'b', label: 'Second' },
  ];
  const { fields } = await become(
    named('Buyer.signature'),
    found('Buyer.city', { places, required: true, label: ' Where\tyou\nlive ', maxLength: 4, value: text(' Oslo, Norway\r') }),
    found('notes', { multiline: true, value: text('one\r\ntwo\rthree') }),
    found('line', { value: text('one\rtwo') }),
    found('pick', { type: 'dropdown', options, value: { kind: 'chosen', option: 'c' } }),
    found('way', { type: 'radio', options, places: buttons, value: { kind: 'chosen', option: 'b' } }),
    found('agreed', { type: 'checkbox', exportValue: 'Yes', value: { kind: 'checked', checked: true }, maxLength: 3, multiline: true }),
    found('nothing to choose', { type: 'dropdown', options: options.slice(0, 1) }),
    found('empty', { value: text('  ') }),
  );
  const by = (name: string) => fields.find((field) => field.name === name) ?? assert.fail(name);
  const city = by('Buyer.city');
  assert.deepEqual([city.places, city.required, city.label, city.value], [places, true, 'Where you live', text('Oslo, Norway')]);
  assert.equal(city.maxLength, 12, 'what it is filled in with is not too long for it');
  assert.deepEqual([by('notes').value, by('line').value, by('empty').value], [text('one\ntwo\nthree'), text('one two'), null]);
  assert.deepEqual(
    by('pick').options?.map(({ value }) => value),
    ['a', 'b', 'c'],
    'a blank option asks for nothing, and a word that is not on the list is one',
  );
  assert.deepEqual([by('way').places, by('way').value], [buttons, { kind: 'chosen', option: 'b' }], 'small buttons stay');
  const { exportValue, maxLength, multiline } = by('agreed');
  assert.deepEqual([exportValue, maxLength, multiline], ['Yes', null, false]);
  assert.ok(!fields.some(({ name }) => name === 'nothing to choose'));
});

test('what cannot be taken over is refused with every reason: a name twice, too much, a value that cannot be printed', async () => {
  const faults = (...fields: FoundField[]) =>
    become(...fields).then(
      () => assert.fail('it was taken'),
      (error: unknown) =>
        error instanceof Failure ? (error.errors ?? []).map(({ code, message }) => `${code}: ${message}`) : assert.fail(String(error)),
    );
  const said = await faults(
    found('a'),
    found('b', { value: text('x\u0007') }),
    found('d', { value: text('😀') }),
    found('a'),
    named('c'),
    named('c'),
    found('c'),
  );
  assert.equal(said.length, 4, said.join('\n'));
  assert.match(said[0] ?? '', /^duplicate: has two fields named a\./);
  assert.match(said[1] ?? '', /^duplicate: has two fields named c\./);
  assert.match(said[2] ?? '', /^control-characters: has a field b whose value /);
  assert.match(said[3] ?? '', /^glyph: has a field d whose value .*😀/);
  const many = Array.from({ length: 501 }, (_, i) => found(`f${i}`));
  assert.match((await faults(...many))[0] ?? '', /^too-many-fields: has 501 fields/);
});

test('the roles of a template are those of its tags, what begins the names of its signature fields, and signers that are counted', () => {
  assert.deepEqual(
    rolesIn([found('Address.street'), named('Buyer.signature'), found('Seller.name'), named('SELLER.sign'), named('buyer.again')]),
    ['Buyer', 'SELLER'],
  );
  assert.deepEqual(rolesIn([named('Buyer.signature'), found('Seller.name', { role: 'Seller' }), found('name')]), ['Buyer', 'Seller']);
  assert.deepEqual(rolesIn([found('signer2.name'), found('Signer1.name')]), ['signer2', 'Signer1']);
  assert.deepEqual(rolesIn([named('Signature1'), found('Address.street'), named('form[0].page[0].sign')]), ['Signer']);
});
