import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import fc from 'fast-check';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { answered } from '../world/answers.ts';

let gateway: StartedGateway;
before(async () => {
  gateway = await startGateway();
});
after(async () => {
  await gateway.close();
  assert.deepEqual(gateway.reported, []);
});

const path = '/api/v1/admin/partners/';
interface Page {
  items: { id: string; name: string }[];
  total: number;
  page?: number;
  next_cursor?: string;
}
const list = (query: string) => answered<Page>(gateway.admin('GET', `${path}?${query}`), 200);
/** All of them by cursor, and what each page said of how many there are. */
async function walked(query: string): Promise<{ names: string[]; totals: number[] }> {
  const [names, totals]: [string[], Set<number>] = [[], new Set()];
  for (let cursor = ''; ; ) {
    const { items, total, next_cursor } = await list(`per_page=2&${query}${cursor && `&cursor=${cursor}`}`);
    names.push(...items.map(({ name }) => name));
    totals.add(total);
    if (next_cursor === undefined) return { names, totals: [...totals] };
    cursor = next_cursor;
  }
}

test('after whatever was made, suspended and deleted, the registry’s list holds every partner once and its totals are exact', async () => {
  const known: { id: string; name: string; status: string }[] = [];
  const act = fc.oneof(fc.constant('make'), fc.tuple(fc.constantFrom('SUSPENDED', 'ACTIVE', 'delete'), fc.nat(20)));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
      for (const one of acts) {
        if (one === 'make') {
          const name = `Partner ${known.length}`;
          known.push({ id: (await gateway.partner({ name })).id, name, status: 'ACTIVE' });
          continue;
        }
        const [what, which] = one as [string, number];
        const partner = known[which % Math.max(1, known.length)];
        if (!partner || partner.status === 'delete') continue;
        const sent =
          what === 'delete' ? gateway.admin('DELETE', path + partner.id) : gateway.admin('PATCH', path + partner.id, { status: what });
        assert.ok((await sent).ok);
        partner.status = what;
      }
      for (const status of ['', 'ACTIVE', 'SUSPENDED']) {
        const wanted = known.filter((each) => each.status !== 'delete' && (!status || each.status === status)).map(({ name }) => name);
        assert.deepEqual(await walked(status && `status=${status}`), { names: wanted, totals: [wanted.length] });
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test('a page of partners by number is what it was, and a cursor that is none is refused', async () => {
  for (let i = 0; i < 3; i += 1) await gateway.partner({ name: `Page ${i}` });
  const { total } = await list('search=page');
  const { next_cursor, ...first } = await list('search=page&per_page=2');
  assert.deepEqual([first.items.map(({ name }) => name), first.page, first.total, total], [['Page 0', 'Page 1'], 1, 3, 3]);
  const second = await list('search=page&per_page=2&page=2');
  assert.deepEqual([second.items.map(({ name }) => name), second.page, second.next_cursor], [['Page 2'], 2, undefined]);
  assert.deepEqual(await list('page=900&per_page=100'), { items: [], total: (await list('')).total, page: 900, per_page: 100 });
  assert.equal((await gateway.admin('GET', `${path}?cursor=x`)).status, 422);
});

test('how many customers and users a partner has is known without counting them, and stays exact', async () => {
  const { id, key } = await gateway.partner({ origins: ['https://a.example'], limits: { max_tenants: 3, max_users_per_tenant: 2 } });
  const mint = async (external_id: string, user_email: string) => {
    const body = JSON.stringify({ widget_type: 'onboarding', user_email, customer: { external_id } });
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    return (await fetch(`${gateway.url}/embed/token`, { method: 'POST', headers, body })).status;
  };
  const said: number[] = [];
  for (const [customer, user] of [
    ...[
      ['a', 1],
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['c', 1],
      ['d', 1],
      ['a', 2],
    ],
  ] as [string, number][])
    said.push(await mint(customer, `u${user}@a.example`));
  assert.deepEqual(said, [200, 200, 200, 403, 200, 200, 403, 200]);
  const db = new SqliteFile(join(gateway.dataDir, 'gateway.db'), { readonly: true });
  const kept = db.prepare(
    `select list, sum(n) as n from totals where n > 0 and (owner = ? or owner in (select id from customer where partner_id = ?)) group by list`,
  );
  assert.deepEqual(kept.all(id, id), [
    { list: 'customer', n: 3 },
    { list: 'customer_user', n: 4 },
  ]);
  db.close();
});
