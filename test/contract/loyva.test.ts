import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { complete, create, dataOf, envelopesPath, partner, request } from '../platform/envelopes.ts';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface Row {
  readonly method: string;
  readonly path: string;
}

/** The rows of the vendor's page as it was handed to us: `| GET | /partner/envelopes/:id | envelopes:read | … |`. */
const rowsOfThePage = async (): Promise<Row[]> => {
  const page = await readFile(new URL('./seeds/loyva.txt', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| (GET|POST|PATCH) \| (\S+) \|/gm)].map(([, method = '', path = '']) => ({ method, path: `/api/v2${path}` }));
};

/** What the platform does not do yet; each is 404, never a wrong answer. */
const later = /\/(upload|remind|vault-in-upload|vault\/certificate|compliance|vault-out|partner\/webhook)$/;

test("Loyva: every row of its page is there or is plainly not there yet, and knows the account's envelopes only", async () => {
  const rows = await rowsOfThePage();
  assert.equal(rows.length, 17);
  assert.equal(rows.filter(({ path }) => later.test(path)).length, 7);
  for (const { method, path } of rows) {
    const body = method === 'GET' ? undefined : { envelope_id: 'env_aaaaaaaaaaaa', user_email: 'a@b.example', widget_type: 'sign' };
    const { status, json } = await partner(platform, method, path.replace(':id', 'env_aaaaaaaaaaaa'), body);
    const expected = path === envelopesPath ? (method === 'GET' ? 200 : 422) : 404;
    assert.equal(status, expected, `${method} ${path}`);
    if (status === 404)
      assert.equal(json.error, later.test(path) ? 'There is nothing at this address.' : 'There is no such envelope.', `${method} ${path}`);
  }
});

/** The same keys in the same order with values of the same kind, and texts of the same form, all the way down. */
function assertSameShape(answer: unknown, example: unknown, at = ''): void {
  assert.equal(typeof answer, typeof example, `${at} is of another kind`);
  if (typeof example === 'string' && /^\d{4}-/.test(example)) assert.match(String(answer), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, at);
  if (example === null || typeof example !== 'object') return;
  assert.deepEqual(Object.keys(answer as object), Object.keys(example), `${at} has other keys`);
  for (const [key, value] of Object.entries(example)) assertSameShape((answer as Record<string, unknown>)[key], value, `${at}/${key}`);
}

/** Answers as Loyva's documentation shows them, written out; `signing-links` and `status` have none there and are as our specification says. */
const examples = {
  list: {
    data: [
      {
        envelope_id: 'env_0a1b2c3d4e5f',
        envelope_name: 'Lease 7',
        status: 'sent',
        customer_id: 'cust_77',
        external_id: 'deal-7',
        created_at: '2026-04-11T10:00:00.000Z',
        updated_at: '2026-04-11T10:00:00.000Z',
      },
    ],
    meta: { page: 1, limit: 20, total: 1 },
  },
  status: {
    data: { envelope_id: 'env_0a1b2c3d4e5f', status: 'sent', vaulted: false, signers: [{ email: 'a@b.example', status: 'asked' }] },
  },
  links: {
    data: [
      {
        email: 'a@b.example',
        name: 'A',
        role: 'Buyer',
        status: 'asked',
        signing_url: 'https://x',
        expires_at: '2026-04-11T10:00:00.000Z',
      },
    ],
  },
  token: {
    data: {
      token: 'eyJ',
      expires_at: '2026-04-11T10:15:00.000Z',
      embed_url: 'https://embed.stg.loyva.net/sign/env_0a1b2c3d4e5f#token=eyJ',
      widget_type: 'sign',
      envelope_id: 'env_0a1b2c3d4e5f',
    },
  },
  file: {
    data: { signed_url: 'https://x', filename: 'env_x_authoritative.pdf', expires_in: 300, expires_at: '2026-04-11T10:05:00.000Z' },
  },
  refusal: { error: 'x', details: [{ pointer: '/x', code: 'x', message: 'x' }] },
} as const;

test('Loyva: every answer has the shape that its documentation shows', async () => {
  const signers = [{ email: 'ada@shop.example', name: 'Ada Nordin', role: 'Buyer' }];
  const id = await create(platform, { envelope_name: 'Lease 7', external_id: 'deal-7', signers });
  const get = async (path: string) => (await partner(platform, 'GET', path)).json;
  assertSameShape(await get(''), examples.list);
  assertSameShape(await get(`${id}/status`), examples.status);
  assertSameShape(await get(`${id}/signing-links`), examples.links);
  const token = { envelope_id: id, user_email: 'ada@shop.example', widget_type: 'sign' };
  const minted = await partner(platform, 'POST', '/api/v2/embed/token', token);
  assert.equal(minted.status, 200);
  assertSameShape(minted.json, examples.token);
  const refused = await partner(platform, 'POST', '', await request({ customer_name: '' }));
  assert.equal(refused.status, 422);
  assertSameShape(refused.json, examples.refusal);
  const one = dataOf(await partner(platform, 'GET', id));
  assert.deepEqual(Object.keys(one).slice(0, 11), [
    ...Object.keys(examples.list.data[0]),
    'template_id',
    'vaulted',
    'compliant',
    'metadata',
  ]);
  await complete(platform, id);
  assert.equal(dataOf(await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 'vaulted');
  const file = await get(`${id}/vault/signed-url`);
  assertSameShape(file, examples.file);
  assert.equal((file.data as { filename: string }).filename, `${id}_authoritative.pdf`);
  const copy = await get(`${id}/vault/copy/signed-url`);
  assertSameShape(copy, examples.file);
  assert.equal((copy.data as { filename: string }).filename, `${id}_copy.pdf`);
});
