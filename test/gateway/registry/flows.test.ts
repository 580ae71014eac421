import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { answered, type Json, pointers, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let path: string;
before(async () => {
  gateway = await startGateway();
  path = `/api/v1/admin/partners/${(await gateway.partner({ origins: [origin] })).id}/flow`;
});
after(() => gateway.close());

const text = (name: string, more: object = {}) => ({ name, kind: 'text', ...more });
const details = (fields: object[] = [text('nick'), text('mail'), text('first'), text('last'), text('firm')]) => ({
  id: 'details',
  kind: 'details',
  sections: [{ id: 'one', fields }],
});
const scribeless = (mapping: object = { email: 'mail', firstName: 'first', lastName: 'last', companyName: 'firm' }) => ({
  vendor: 'scribeless',
  mapping,
  store: ['scribeless'],
});
const provision = (...accounts: object[]) => ({ id: 'accounts', kind: 'provision', accounts });
const billing = { id: 'billing', kind: 'billing', vendor: 'scribeless' };
const done = { id: 'done', kind: 'done' };
const put = (...steps: object[]) => gateway.admin('PUT', path, { steps });

test('a partner without a flow shows the default one, as version 0, made of the vendors whose keys are stored', async () => {
  const { id } = await gateway.partner({ vendorKeys: { kelviq: 'kvqp_0123456789' } });
  const shown = await answered<{ version: number; flow: { steps: Json[] } }>(gateway.admin('GET', `/api/v1/admin/partners/${id}/flow`));
  assert.equal(shown.version, 0);
  assert.deepEqual(
    shown.flow.steps.map(({ kind }) => kind),
    ['details', 'provision', 'done'],
  );
});

test('a flow that is whole is kept, and each one set is a version more', async () => {
  const first = await answered<Json>(put(details(), provision(scribeless()), billing, done));
  const second = await answered<Json>(put(details(), { ...done, redirect: `${origin}/home`, message: { en: 'Done', sv: 'Klart' } }));
  assert.equal(second.version, Number(first.version) + 1);
  assert.deepEqual(await answered(gateway.admin('GET', path)), second);
});

const faulty: Record<string, { steps: object[]; at: string[] }> = {
  'that does not begin with details': {
    steps: [provision(scribeless()), details(), done],
    at: [
      '/steps',
      '/steps/0/accounts/0/mapping/companyName',
      '/steps/0/accounts/0/mapping/email',
      '/steps/0/accounts/0/mapping/firstName',
      '/steps/0/accounts/0/mapping/lastName',
    ],
  },
  'with details twice': { steps: [details([text('a')]), { ...details([text('b')]), id: 'more' }, done], at: ['/steps'] },
  'that does not end with done': { steps: [details(), provision(scribeless())], at: ['/steps'] },
  'with done in the middle': { steps: [details(), done, { ...done, id: 'again' }], at: ['/steps'] },
  'with one id twice': { steps: [details(), { ...done, id: 'details' }], at: ['/steps/1/id'] },
  'with one field twice': { steps: [details([text('a'), text('a')]), done], at: ['/steps/0/sections/0/fields/1/name'] },
  'with a condition on a later field': {
    steps: [details([text('a', { when: { field: 'b', in: ['x'] } }), text('b')]), done],
    at: ['/steps/0/sections/0/fields/0/when/field'],
  },
  'with the country of a field that is not there': {
    steps: [details([text('a', { format: 'vat', country_field: 'land' })]), done],
    at: ['/steps/0/sections/0/fields/0/country_field'],
  },
  'with a select without options': {
    steps: [details([{ name: 'a', kind: 'select' }]), done],
    at: ['/steps/0/sections/0/fields/0/options'],
  },
  'with one vendor twice': { steps: [details(), provision(scribeless(), scribeless()), done], at: ['/steps/1/accounts/1/vendor'] },
  'that maps what the vendor has not, or from no field': {
    steps: [
      details(),
      provision(scribeless({ email: 'mail', firstName: 'first', lastName: 'last', companyName: 'nothing', phone: 'nick' })),
      done,
    ],
    at: ['/steps/1/accounts/0/mapping/companyName', '/steps/1/accounts/0/mapping/phone'],
  },
  'that does not map what the vendor needs': {
    steps: [details(), provision(scribeless({ email: 'mail', firstName: 'first' })), done],
    at: ['/steps/1/accounts/0/mapping', '/steps/1/accounts/0/mapping'],
  },
  'that maps a thing every object is born with': {
    steps: [details(), provision({ vendor: 'kelviq', mapping: { email: 'mail', constructor: 'nick' }, store: ['kelviq'] }), done],
    at: ['/steps/1/accounts/0/mapping/constructor'],
  },
  'with billing for an account that is not opened': { steps: [details(), billing, done], at: ['/steps/1/vendor'] },
  'with billing twice': { steps: [details(), provision(scribeless()), billing, { ...billing, id: 'again' }, done], at: ['/steps'] },
  'that leads to an unregistered origin': { steps: [details(), { ...done, redirect: 'https://evil.example/' }], at: ['/steps/1/redirect'] },
  'that leads to a script': { steps: [details(), { ...done, redirect: 'javascript:alert(1)' }], at: ['/steps/1/redirect'] },
  'that leads to no address': { steps: [details(), { ...done, redirect: '/home' }], at: ['/steps/1/redirect'] },
};
for (const [name, { steps, at }] of Object.entries(faulty))
  test(`a flow ${name} is refused, and told where`, async () => {
    const before = await answered(gateway.admin('GET', path));
    assert.deepEqual(pointers((await refused(put(...steps), 422, 'invalid-input')).errors).sort(), at);
    assert.deepEqual(await answered(gateway.admin('GET', path)), before);
  });

test('what no flow can hold is refused by its shape: unknown fields, patterns, HTML is text', async () => {
  for (const step of [
    details([text('a', { pattern: '(a+)+$' })]),
    { ...details(), html: '<b>' },
    details([]),
    details([text('Upper')]),
    { id: 'x', kind: 'script' },
  ])
    await refused(put(step, done), 422, 'invalid-input');
  await refused(gateway.admin('PUT', path, { steps: [] }), 422, 'invalid-input');
});
