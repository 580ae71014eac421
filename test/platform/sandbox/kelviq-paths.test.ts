import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const base = '/api/v1/partner/organizations';
const ask = (method: string, rest: string, body?: unknown) =>
  call(platform, method, base + rest, { 'X-Kelviq-Partner-Key': platform.keys.kelviq }, body);
const open = async (externalId: string, email: string, rest = '/') => {
  const opened = await ask('POST', rest, { externalId, email, businessName: 'Shop' });
  assert.equal(opened.status, 201, opened.text);
  return opened.json;
};

test('every call is answered with the slash at its end and without', async () => {
  const slashed = await open('slash', 'slash@path.example');
  const plain = await open('plain', 'plain@path.example', '');
  for (const slash of ['', '/']) {
    for (const each of [slashed, plain]) {
      for (const rest of [`/${each.organizationIdentifier}`, `/by-external-id/${each.partnerExternalId}`]) {
        const read = await ask('GET', rest + slash);
        assert.deepEqual([read.status, read.json], [200, each], rest + slash);
      }
      const found = await ask('GET', `${slash}?external_id=${each.partnerExternalId}`);
      assert.deepEqual(found.json, { results: [each], count: 1 });
    }
    assert.deepEqual((await ask('GET', slash)).json, { results: [slashed, plain], count: 2 });
  }
});

test('an organization is found by its UUID, however that is written', async () => {
  const made = await open('uuid', 'uuid@path.example');
  const read = await ask('GET', `/${String(made.organizationIdentifier).toUpperCase()}/`);
  assert.deepEqual([read.status, read.json], [200, made]);
});

const odd = [
  'a/b',
  'a/b/',
  '/a',
  'a%2Fb',
  '100%',
  '%',
  '%zz',
  'a?b=c&d#e',
  'a+b c',
  'Ünïcødé 株式会社 🎬',
  'quo\'te"s',
  'by-external-id',
  '\u00e9',
  'e\u0301',
];

test('an external id is any text: each is found by its path and by the query, and by no other spelling', async () => {
  const made = [];
  for (const [i, externalId] of odd.entries()) made.push(await open(externalId, `odd${i}@path.example`));
  for (const [i, externalId] of odd.entries()) {
    const encoded = encodeURIComponent(externalId);
    const listed = await ask('GET', `/?external_id=${encoded}`);
    assert.deepEqual(listed.json, { results: [made[i]], count: 1 }, externalId);
    for (const slash of ['', '/']) {
      const read = await ask('GET', `/by-external-id/${encoded}${slash}`);
      assert.deepEqual([read.status, read.json], [200, made[i]], externalId + slash);
    }
  }
});

test('half a character is no external id: it could not be found again', async () => {
  const refused = await ask('POST', '/', '{"externalId":"a\\ud800","email":"half@path.example"}');
  assert.deepEqual([refused.status, refused.json], [400, { detail: { externalId: ['Control characters are not allowed.'] } }]);
});

test('what is not there is 404, in one sentence; a filter that nothing fits is an empty list', async () => {
  for (const rest of [
    '/8e1d7b1a-6c4d-4e3a-9b2d-3f6e4c2b1ad0/',
    '/no-uuid/',
    '/by-external-id/nobody/',
    '/by-external-id/',
    '/by-external-id/not/encoded/',
    '/by-external-id/%yy/',
    `/${'x'.repeat(4_000)}/`,
    '/slash/more/',
  ])
    assert.deepEqual([(await ask('GET', rest)).status, (await ask('GET', rest)).json], [404, { detail: 'Not found.' }], rest);
  for (const filter of ['nobody', '', '%00', '%yy'])
    assert.deepEqual((await ask('GET', `/?external_id=${filter}`)).json, { results: [], count: 0 }, filter);
});

test('a method the vendor does not document is 405 and says which are known', async () => {
  const made = await open('methods', 'methods@path.example');
  for (const [rest, methods, allowed] of [
    ['/', ['PUT', 'PATCH', 'DELETE'], /^(?=.*GET)(?=.*POST)/],
    [`/${made.organizationIdentifier}/`, ['POST', 'PUT', 'PATCH', 'DELETE'], /GET/],
    ['/by-external-id/methods/', ['POST', 'PUT', 'PATCH', 'DELETE'], /GET/],
  ] as const)
    for (const method of methods) {
      const { status, json, headers } = await ask(method, rest);
      assert.deepEqual([status, json], [405, { detail: `Method "${method}" not allowed.` }], `${method} ${rest}`);
      assert.match(headers.get('allow') ?? '', allowed);
    }
  assert.deepEqual((await ask('GET', '/by-external-id/methods/')).json, made);
  assert.deepEqual(platform.reported, []);
});
