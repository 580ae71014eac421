import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countries } from '../../shared/onboarding/countries.ts';
import { Field, type Section, type Values } from '../../shared/onboarding/flow.ts';
import { brokenRule, faultsOf, type RuleCode, ruleCodes } from '../../shared/onboarding/rules.ts';
import { vatForms } from '../../shared/text/vat.ts';

const field = (more: object): Field => Field.parse({ name: 'a', kind: 'text', ...more });
const code = (question: Field, answer: string | boolean | undefined, country?: string): RuleCode | undefined =>
  brokenRule(question, { ...(answer !== undefined && { a: answer }), ...(country !== undefined && { land: country }) })?.code;

const answers: Record<string, { question: Field; good: string[]; bad: Partial<Record<RuleCode, string[]>> }> = {
  'an e-mail': {
    question: field({ kind: 'email', max: 300 }),
    good: ['a@b.se', ' ada+x@sub.example.com ', "o'neil_{x}@x-y.example", `${'a'.repeat(64)}@b.se`],
    bad: {
      'email-no-at': ['ada', 'ada.example'],
      'email-no-name': ['@b.se'],
      'email-no-domain': ['a@b', 'a@', 'a@.se', 'a@b.'],
      'email-characters': [
        'a b@c.se',
        'ä@b.se',
        'a@b_c.se',
        'a@-b.se',
        'a@b..se',
        `${'a'.repeat(65)}@b.se`,
        'a@b@c.se',
        `a@${'b.'.repeat(130)}se`,
      ],
      required: ['', '  '],
    },
  },
  'a phone number': {
    question: field({ kind: 'tel' }),
    good: ['+46 70 123 45 67', '(031) 12-34-56', '123456', '123456789012345'],
    bad: { phone: ['12345', '1234567890123456', '++46701234567', '0701234x67', '+', '٠١٢٣٤٥٦٧'] },
  },
  digits: { question: field({ format: 'digits' }), good: ['0', '0123'], bad: { digits: ['1.0', '-1', '1 2', '１'] } },
  'a text of 2 to 3 characters': {
    question: field({ min: 2, max: 3 }),
    good: ['ab', '  abc ', '👩🏽', 'é́a'],
    bad: { 'too-short': ['a', ' a '], 'too-long': ['abcd'] },
  },
  'one of two options': {
    question: field({ kind: 'select', options: [{ value: 'x' }, { value: 'y' }] }),
    good: ['x', ' y '],
    bad: { 'not-an-option': ['z', 'X', 'xy'] },
  },
  'a country': { question: field({ kind: 'country' }), good: ['SE', 'NO'], bad: { 'not-an-option': ['se', 'SWE', 'S', '__'] } },
};
for (const [what, { question, good, bad }] of Object.entries(answers))
  test(`${what} is taken when it is one, and refused with the rule it breaks`, () => {
    for (const answer of good) assert.equal(code(question, answer), undefined, JSON.stringify(answer));
    for (const [rule, wrong] of Object.entries(bad))
      for (const answer of wrong) assert.equal(code(question, answer), rule, JSON.stringify(answer));
  });

test('a checkbox that must be ticked is, one that need not may be left, and words are of the wrong kind', () => {
  const [must, may] = [field({ kind: 'checkbox' }), field({ kind: 'checkbox', required: false })];
  assert.deepEqual([code(must, true), code(must, false), code(must, undefined)], [undefined, 'required-check', 'required-check']);
  assert.deepEqual([code(may, true), code(may, false), code(may, undefined)], [undefined, undefined, undefined]);
  assert.deepEqual([code(must, 'true'), code(may, 'yes'), code(field({}), true)], ['wrong-kind', 'wrong-kind', 'wrong-kind']);
});

const number = field({ format: 'org-number', country_field: 'land', max: 40 });
const registered: [string, string, RuleCode | undefined][] = [
  ['SE', '556912-4471', undefined],
  ['SE', '5569124471', undefined],
  ['SE', '556912-447', 'org-digits'],
  ['SE', '556912-447x', 'org-digits'],
  ['NO', '923 609 016', undefined],
  ['NO', '92360901', 'org-digits'],
  ['DK', '10 10 10 10', undefined],
  ['FI', '0112038-9', undefined],
  ['FR', '732 829 320', undefined],
  ['PL', '0000012345', undefined],
  ['DE', 'HRB 24817', undefined],
  ['GB', 'SC123456', undefined],
  ['DE', 'x', 'org-characters'],
  ['DE', 'HRB;24817', 'org-characters'],
  ['', '12', undefined],
  ['constructor', '12', undefined],
  ['__proto__', '<b>', 'org-characters'],
];
test('registration numbers are counted where the country counts them', () => {
  for (const [country, answer, rule] of registered) assert.equal(code(number, answer, country), rule, `${country} ${answer}`);
});

const vat = field({ format: 'vat', country_field: 'land', max: 40 });
test('VAT numbers of every country of VIES are taken in every form, and refused without the prefix or a sign too long', () => {
  for (const [country, { prefix, forms }] of Object.entries(vatForms))
    for (const form of forms) {
      const good = prefix + form.replaceAll('9', '1').replaceAll('A', 'X').replaceAll('*', '2');
      assert.equal(code(vat, good, country), undefined, good);
      assert.equal(code(vat, good.toLowerCase().replace(/(..)/g, '$1 '), country), undefined, good);
      assert.match(String(code(vat, good.slice(prefix.length), country)), /^vat-/, `without prefix: ${good}`);
      assert.match(String(code(vat, `${prefix}${'1'.repeat(20)}`, country)), /^vat-/);
    }
});
test('a VAT number says which rule it breaks', () => {
  assert.deepEqual(brokenRule(vat, { a: '556912447101', land: 'SE' }), {
    code: 'vat-prefix',
    params: { prefix: 'SE', digits: 12, typed: 12 },
  });
  assert.deepEqual(brokenRule(vat, { a: 'SE5569124471', land: 'SE' }), {
    code: 'vat-digits',
    params: { prefix: 'SE', digits: 12, typed: 10 },
  });
  assert.equal(code(vat, 'ATX12345678', 'AT'), 'vat-form');
  assert.equal(code(vat, 'EL123456789', 'GR'), undefined, 'Greece writes EL');
  for (const country of ['constructor', '__proto__', 'toString', 'XX']) assert.equal(code(vat, 'AB123456', country), undefined, country);
});

test('every country that is offered and has VAT has its forms', () => {
  for (const country of countries) if (!['US', 'CA', 'AU', 'NZ', 'IS'].includes(country)) assert.ok(country in vatForms, country);
});

test('a field that is not asked is never at fault, and unknown answers are', () => {
  const sections: Section[] = [
    { id: 's', fields: [field({ name: 'land', required: false }), field({ name: 'a', when: { field: 'land', in: ['SE'] } })] },
  ];
  assert.deepEqual(faultsOf(sections, { land: 'NO' }), []);
  assert.deepEqual(faultsOf(sections, { land: 'SE', b: '1' }), [
    { pointer: '/values/a', code: 'required' },
    { pointer: '/values/b', code: 'unknown-field' },
  ]);
});

test('whatever is answered to whatever form: no exception, and only codes of the list', () => {
  const names = fc.constantFrom('a', 'b', 'land', 'constructor', 'toString', '__proto__');
  const questions = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'land', 'constructor'),
      kind: fc.constantFrom('text', 'email', 'tel', 'select', 'country', 'checkbox'),
      format: fc.option(fc.constantFrom('email', 'phone', 'org-number', 'vat', 'digits'), { nil: undefined }),
      country_field: fc.option(fc.constantFrom('land', 'constructor'), { nil: undefined }),
      required: fc.boolean(),
      min: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      max: fc.integer({ min: 1, max: 60 }),
      when: fc.option(fc.constant({ field: 'constructor', in: ['SE', true] }), { nil: undefined }),
    }),
    { selector: ({ name }) => name, minLength: 1 },
  );
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('SE', 'constructor', '__proto__', 'SE556912447101', 'a@b.se'),
    fc.boolean(),
  );
  fc.assert(
    fc.property(questions, fc.array(fc.tuple(names, word)), (fields, pairs) => {
      const values = Object.fromEntries(pairs) as Values;
      for (const { code: rule, pointer } of faultsOf([{ id: 's', fields: fields.map((each) => Field.parse(each)) }], values)) {
        assert.ok((ruleCodes as readonly string[]).includes(rule), rule);
        assert.match(pointer, /^\/values\//);
      }
    }),
    { numRuns: 500 },
  );
});
