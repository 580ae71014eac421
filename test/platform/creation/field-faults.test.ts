import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fieldsOn } from '../../fields.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { dataOf, inBase64, partner, pdfOf, request, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const {
  signature: signatureField,
  radio: radioField,
  dropdown: dropdownField,
  prose: proseField,
  twice: twiceField,
  box: boxField,
} = fieldsOn(1);
const everyField = Object.values(fieldsOn(1));
const templates = '/api/v2/partner/templates';
const by = (signer: string, fields: readonly object[]) => fields.map((field) => ({ signer, ...field }));
const send = async (fields: readonly object[]) =>
  partner(platform, 'POST', '', await request({ fields: by('ada@shop.example', [signatureField, ...fields]) }));
const makeTemplate = async (fields: readonly object[] | undefined, signer = 'Signer') =>
  partner(platform, 'POST', templates, { name: 'Form', document: inBase64(await pdfOf('Form')), fields: fields && by(signer, fields) });
const codes = ({ json }: { json: Record<string, unknown> }) =>
  (json.details as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
const own = (rest: object, ...without: string[]) => Object.fromEntries(Object.entries(rest).filter(([name]) => !without.includes(name)));

const [whole, parts, none] = radioField.options;
const options = (...given: unknown[]) => [{ ...radioField, options: given }];
const many = <T>(n: number, item: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => item(i));
const refused: readonly [says: string, fields: readonly object[], faults: readonly string[]][] = [
  ['a name twice', [proseField, { ...twiceField, name: 'notes' }], ['/fields/2/name duplicate']],
  ['an empty name', [{ ...proseField, name: ' ' }], ['/fields/1/name too_small']],
  ['a radio without options', [own(radioField, 'options')], ['/fields/1/options invalid_type']],
  ['a radio whose options have no places', options('whole'), ['/fields/1/options/0 invalid_type']],
  [
    'a radio with half a place',
    options(whole, own(parts ?? {}, 'x', 'page')),
    ['/fields/1/options/1/page invalid_type', '/fields/1/options/1/x invalid_type'],
  ],
  ['an option on no page', options(whole, { ...parts, page: 2 }), ['/fields/1/options/1/page no-such-page']],
  ['an option past the edge', options(whole, { ...parts, x: 0.99 }), ['/fields/1/options/1/width outside']],
  ['an option too small to press', options(whole, { ...parts, height: 0.001 }), ['/fields/1/options/1/height too-small']],
  ['the same option twice', options(whole, parts, { ...none, value: 'whole' }), ['/fields/1/options/2/value duplicate']],
  ['no options', [{ ...dropdownField, options: [] }], ['/fields/1/options too_small']],
  [
    'options that say nothing',
    [{ ...dropdownField, options: ['B7', '', { label: 'x' }, 8] }],
    ['/fields/1/options/1 too_small', '/fields/1/options/2/value invalid_type', '/fields/1/options/3 invalid_type'],
  ],
  ['too many options', [{ ...dropdownField, options: many(301, String) }], ['/fields/1/options too_big']],
  ['a dropdown without options', [own(dropdownField, 'options')], ['/fields/1/options required']],
  [
    'an option nobody can print',
    [{ ...dropdownField, options: ['B7', { value: 'B8', label: '😀' }] }],
    ['/fields/1/options/1/label glyph'],
  ],
  ['a value that is no option', [{ ...dropdownField, value: 'B1' }], ['/fields/1/value no-such-option']],
  ['a value that is a label', [{ ...radioField, value: 'Collected' }], ['/fields/1/value no-such-option']],
  ['a ticked text', [{ ...proseField, value: true }], ['/fields/1/value wrong-kind']],
  ['a box with a text', [{ ...boxField, value: 'Yes' }], ['/fields/1/value wrong-kind']],
  ['a number as value', [{ ...proseField, value: 7 }], ['/fields/1/value invalid_type']],
  ['a value that is too long', [{ ...twiceField, value: 'ABC 12' }], ['/fields/1/value too-long']],
  ['six letters of two UTF-16 units each', [{ ...twiceField, value: '𐐀𐐀𐐀𐐀𐐀𐐀' }], ['/fields/1/value too-long', '/fields/1/value glyph']],
  ['five of them are short enough, though no font has them', [{ ...twiceField, value: '𐐀𐐀𐐀𐐀𐐀' }], ['/fields/1/value glyph']],
  ['a value of two lines', [{ ...twiceField, value: 'a\nb' }], ['/fields/1/value control-characters']],
  ['no length', [{ ...twiceField, max_length: 0 }], ['/fields/1/max_length too_small']],
  ['a length too long', [{ ...twiceField, max_length: 1_001 }], ['/fields/1/max_length too_big']],
  [
    'what a box cannot carry',
    [{ ...boxField, multiline: true, max_length: 3, options: ['a'] }],
    ['/fields/1/options not-allowed', '/fields/1/multiline not-allowed', '/fields/1/max_length not-allowed'],
  ],
  ['what a text cannot carry', [{ ...proseField, export_value: 'Yes' }], ['/fields/1/export_value not-allowed']],
  ['no places', [{ ...twiceField, places: [] }], ['/fields/1/places too_small']],
  ['too many places', [{ ...twiceField, places: many(301, () => twiceField.places[0]) }], ['/fields/1/places too_big']],
  [
    'too many places in all',
    many(7, (i) => ({ ...twiceField, name: `n${i}`, places: many(300, () => twiceField.places[0]) })),
    ['/fields too-many-places'],
  ],
  [
    'a second place past the foot',
    [{ ...twiceField, places: [twiceField.places[0], { ...twiceField.places[1], y: 0.99 }] }],
    ['/fields/1/places/1/height outside'],
  ],
  [
    'places that name other options, or none',
    [
      {
        ...radioField,
        options: ['a', 'b'],
        places: [{ ...twiceField.places[0], option: 'a' }, { ...twiceField.places[0], option: 'c' }, twiceField.places[0]],
      },
    ],
    ['/fields/1/places/1/option no-such-option', '/fields/1/places/2/option no-such-option', '/fields/1/options/1 place-missing'],
  ],
  [
    'an option at a place of a text',
    [{ ...twiceField, places: [{ ...twiceField.places[0], option: 'a' }] }],
    ['/fields/1/places/0/option not-allowed'],
  ],
];
for (const [says, fields, faults] of refused)
  test(`refused, for an envelope as for a template: ${says}`, async () => {
    const envelope = await send(fields);
    assert.equal(envelope.status, 422, envelope.text.slice(0, 500));
    assert.deepEqual(codes(envelope), faults);
    assert.deepEqual(codes(await makeTemplate([signatureField, ...fields])), faults);
  });

test('a name that is there twice is said', async () => {
  const { text } = await send([proseField, { ...twiceField, name: 'notes' }]);
  assert.match(text, /must not be that of another field: notes/);
});

test('fields of every kind are taken, each with a value where it can have one', async () => {
  const values: Record<string, string | boolean> = { radio: 'parts', dropdown: 'B8', checkbox: true };
  const fields = everyField.map((field) => ({ ...field, ...(values[field.type] !== undefined && { value: values[field.type] }) }));
  const made = await send([...fields.slice(1), { ...proseField, name: 'more', value: 'one\r\ntwo' }]);
  assert.equal(made.status, 201, made.text);
  const kept = rows<{ value: string | null }>(
    platform,
    'select value from fields where envelope_id = ? order by ordinal',
    dataOf(made).envelope_id,
  );
  assert.deepEqual(
    kept.map(({ value }) => value && JSON.parse(value)),
    [
      null,
      { kind: 'chosen', option: 'parts' },
      { kind: 'chosen', option: 'B8' },
      null,
      null,
      { kind: 'checked', checked: true },
      { kind: 'text', text: 'one\ntwo' },
    ],
  );
});

test('a template tells its fields so that they can be asked for again', async () => {
  const made = await makeTemplate(everyField);
  assert.equal(made.status, 201, made.text);
  const { fields } = dataOf<
    { fields: { type: string; places: object[]; options: object[] | null; page: number }[] } & Record<string, unknown>
  >(made);
  const radio = fields.find(({ type }) => type === 'radio');
  assert.deepEqual(radio?.options, [
    { value: 'whole', label: 'In one piece' },
    { value: 'parts', label: 'parts' },
    { value: 'none', label: 'Collected' },
  ]);
  assert.equal(radio?.places.length, 3);
  const again = await makeTemplate(fields);
  assert.equal(again.status, 201, again.text);
  assert.deepEqual(dataOf<Record<string, unknown>>(again).fields, fields);
});

test('a template needs fields, its own or those of its document', async () => {
  const made = await makeTemplate(undefined);
  assert.deepEqual([made.status, ...codes(made)], [422, '/fields required']);
});
