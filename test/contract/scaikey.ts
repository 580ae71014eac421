import assert from 'node:assert/strict';
import { pageOf } from './world/pages.ts';
import type { Row } from './world/row.ts';
import { assertLike, assertType } from './world/shape.ts';
import type { Answer, Target } from './world/targets.ts';

/** ScaiKey's page, https://www.scailabs.ai/docs/scaikey/reference/api/partners. The gateway's registry speaks it; the platform does not. */

const page = pageOf('scaikey');
const base = '/api/v1/admin/partners';
const sections = new Map(page.split(/^(?=(?:GET|POST|DELETE|PATCH) \/)/m).map((section) => [section.split('#\n')[0] ?? '', section]));

/** `200 application/jsonany`: the statuses of a section, without those of its faults. */
const statusOf = (endpoint: string): number => Number(/^(2\d\d) /m.exec(sections.get(endpoint) ?? '')?.[1]);

const example = {
  id: 'prt_x',
  name: 'x',
  slug: 'x',
  status: 'ACTIVE',
  contact_email: 'a@b.example',
  max_tenants: null,
  max_users_per_tenant: null,
  max_applications_per_tenant: null,
  created_at: '2026-05-17T12:20:43.000Z',
  updated_at: '2026-05-17T12:20:43.000Z',
};

/** HTTPValidationError, as its two tables say: `loc`, `msg` and `type` required, nothing else. */
function assertInvalid(answer: Answer, ...places: string[]): void {
  assert.equal(answer.status, 422, answer.text);
  assert.match(page, /detail array of ValidationError no/);
  assert.deepEqual(Object.keys(answer.json), ['detail']);
  const detail = answer.json.detail as Record<string, unknown>[];
  for (const fault of detail) {
    assert.deepEqual(Object.keys(fault), ['loc', 'msg', 'type']);
    assertType(fault.loc, 'array', 'loc');
    for (const part of fault.loc as unknown[]) assertType(part, 'string|integer', 'loc');
    for (const name of ['msg', 'type']) assertType(fault[name], 'string', name);
  }
  assert.deepEqual(detail.map(({ loc }) => (loc as string[]).join('.')).toSorted(), places.toSorted());
}

/** Everything else the vendor answers with one sentence. */
function assertRefused(answer: Answer, status: number): void {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['detail']);
  assert.equal(typeof answer.json.detail, 'string');
}

let count = 0;
async function made(target: Target): Promise<Record<string, unknown>> {
  count += 1;
  const answer = await target.admin('POST', `${base}/`, { name: `Partner ${count}`, contact_email: 'ops@partner.example' });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

async function assertGuarded(target: Target, method: string, path: string): Promise<void> {
  for (const token of ['', 'x', 'a.b.c']) assertRefused(await target.admin(method, path, method === 'GET' ? undefined : {}, token), 401);
}

function row(endpoint: string, good: Row['good'], bad: Row['bad']): Row {
  assert.match(sections.get(endpoint) ?? '', /^422 application\/jsonHTTPValidationError$/m);
  return { page: 'scaikey', endpoint, at: ['gateway'], good, bad };
}

const one = `${base}/{partner_id}`;
const nobody = `${base}/prt_${'a'.repeat(24)}`;

export const scaikeyRows: readonly Row[] = [
  row(
    `GET ${base}/`,
    async (target) => {
      const { name } = await made(target);
      const queries = ['', '?page=1', '?per_page=50', `?search=${encodeURIComponent(String(name))}`, '?status=ACTIVE'];
      for (const path of [base, `${base}/`])
        for (const query of queries) {
          const { status, json } = await target.admin('GET', path + query);
          assert.equal(status, statusOf(`GET ${base}/`));
          assertLike(json, { items: [example], total: 1, page: 1, per_page: 20 });
        }
    },
    async (target) => {
      assertInvalid(await target.admin('GET', `${base}/?page=x&per_page=1.5`), 'query.page', 'query.per_page');
      assertInvalid(await target.admin('GET', `${base}?page=0`), 'query.page');
      await assertGuarded(target, 'GET', `${base}/`);
    },
  ),
  row(
    `POST ${base}/`,
    async (target) => {
      for (const path of [base, `${base}/`]) {
        count += 1;
        const answer = await target.admin('POST', path, { name: `Partner ${count}`, contact_email: 'ops@partner.example' });
        assert.equal(answer.status, statusOf(`POST ${base}/`));
        assertLike(answer.json, example);
      }
    },
    async (target) => {
      assertInvalid(await target.admin('POST', `${base}/`, {}), 'body.contact_email', 'body.name');
      assertInvalid(await target.admin('POST', base, []), 'body');
      assertInvalid(await target.admin('POST', base, '{'), 'body');
      assertInvalid(await target.admin('POST', base), 'body');
      const { slug } = await made(target);
      assertRefused(await target.admin('POST', base, { name: 'x', contact_email: 'a@b.example', slug }), 409);
      await assertGuarded(target, 'POST', `${base}/`);
    },
  ),
  row(
    `DELETE ${one}`,
    async (target) => {
      const { id } = await made(target);
      const gone = await target.admin('DELETE', `${base}/${id}`);
      assert.deepEqual([gone.status, gone.text], [statusOf(`DELETE ${one}`), '']);
      assertRefused(await target.admin('GET', `${base}/${id}`), 404);
    },
    async (target) => {
      assertRefused(await target.admin('DELETE', nobody), 404);
      await assertGuarded(target, 'DELETE', nobody);
    },
  ),
  row(
    `GET ${one}`,
    async (target) => {
      const partner = await made(target);
      const answer = await target.admin('GET', `${base}/${partner.id}`);
      assert.deepEqual([answer.status, answer.json], [statusOf(`GET ${one}`), partner]);
    },
    async (target) => {
      assertRefused(await target.admin('GET', nobody), 404);
      assertRefused(await target.admin('PUT', nobody), 405);
      await assertGuarded(target, 'GET', nobody);
    },
  ),
  row(
    `PATCH ${one}`,
    async (target) => {
      const partner = await made(target);
      const answer = await target.admin('PATCH', `${base}/${partner.id}`, { status: 'SUSPENDED', max_tenants: 3 });
      assert.equal(answer.status, statusOf(`PATCH ${one}`));
      assert.deepEqual(answer.json, { ...partner, status: 'SUSPENDED', max_tenants: 3, updated_at: answer.json.updated_at });
    },
    async (target) => {
      const { id } = await made(target);
      assertInvalid(await target.admin('PATCH', `${base}/${id}`, { status: 'gone', name: 7 }), 'body.name', 'body.status');
      assertInvalid(await target.admin('PATCH', `${base}/${id}`, '{'), 'body');
      assertRefused(await target.admin('PATCH', nobody, {}), 404);
      await assertGuarded(target, 'PATCH', nobody);
    },
  ),
];
