import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import fc from 'fast-check';
import { statusOf } from '../../../server/platform/domain/envelope/envelopes.ts';
import type { Envelope } from '../../../server/platform/domain/records/envelope.ts';
import type { EnvelopeState } from '../../../server/platform/domain/records/moves.ts';
import { moves } from '../../../server/platform/domain/records/moves.ts';
import type { Storage } from '../../../server/platform/domain/records/stores.ts';
import { openStorage } from '../../../server/platform/stores/storage.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';
import type { Listed } from '../../../shared/list.ts';
import { envelopeStatuses } from '../../../shared/vendors/loyva.ts';

/** The lists of the store beside a plain filter over everything that is there. */

const key = randomBytes(32);
let folder: string;
let storage: Storage;
let close: () => Promise<void>;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-totals-'));
  const opened = await openStorage(join(folder, 'platform.db'), secretBox(key));
  storage = opened.storage;
  close = () => opened.database.close();
});
after(async () => {
  await close();
  await rm(folder, { recursive: true });
});

interface World {
  readonly accounts: readonly string[];
  readonly customers: readonly string[];
  readonly envelopes: Envelope[];
  templates: { id: string; accountId: string; createdAt: number }[];
  at: number;
}

let run = 0;
/** Every run has accounts of its own in the one database. */
async function newWorld(): Promise<World> {
  run += 1;
  const accounts = [`acc_${run}a`, `acc_${run}b`];
  const customers: string[] = [];
  await storage.transact(async (stores) => {
    for (const id of accounts) await stores.accounts.add({ id, name: id }, 0);
    for (const id of [0, 0, 1])
      customers.push(await stores.envelopes.customerFor(accounts[id] ?? '', `${customers.length}@a.example`, 'A', 0));
  });
  return { accounts, customers, envelopes: [], templates: [], at: 1_000 };
}

const blank: Omit<Envelope, 'id' | 'accountId' | 'customerId' | 'state' | 'createdAt' | 'updatedAt' | 'expiresAt'> = {
  ...{ kind: 'esign', templateId: null, name: 'Lease', externalId: null, locale: null, metadata: {}, message: null, order: 'parallel' },
  ...{ requiredReading: false, reminders: null, remindAt: null, finishedAt: null, completedAt: null, vaultedAt: null, ended: null },
  ...{ document: null, sealed: null, copy: null, custody: null, controller: null, release: null, compliance: null },
};
const document = { address: 'a', sha256: 's', size: 1, filename: 'f', uploadSha256: 'u', pages: [] };
const newId = (prefix: string) => `${prefix}_${randomBytes(6).toString('hex')}`;

type Step = (world: World) => Promise<void>;
/** Some envelope; two beginnings out of three are of the first customer, and several are of one instant. */
const adding =
  (customer: number, state: EnvelopeState, patience: number | null): Step =>
  async (world) => {
    const accountId = world.accounts[customer === 2 ? 1 : 0] ?? '';
    const times = { createdAt: world.at, updatedAt: world.at, expiresAt: patience === null ? null : world.at + patience };
    const envelope: Envelope = { ...blank, ...times, id: newId('env'), accountId, customerId: world.customers[customer] ?? '', state };
    await storage.transact((stores) => stores.envelopes.add(envelope, [], [], randomBytes(32)));
    world.envelopes.push(envelope);
  };
const moving =
  (which: number, way: number): Step =>
  async (world) => {
    const i = which % Math.max(1, world.envelopes.length);
    const envelope = world.envelopes[i];
    const ways = envelope ? moves[envelope.state] : [];
    const state = ways[way % Math.max(1, ways.length)];
    if (!envelope || !state) return;
    const release = state === 'released' ? ({ acknowledgeBy: world.at + 5 } as NonNullable<Envelope['release']>) : envelope.release;
    assert.ok(await storage.transact((stores) => stores.envelopes.move(envelope, { state, release })));
    world.envelopes[i] = { ...envelope, state, release };
  };
const waiting =
  (ms: number): Step =>
  async (world) => {
    world.at += ms;
  };
const templating =
  (account: number): Step =>
  async (world) => {
    const template = { id: newId('tmpl'), accountId: world.accounts[account] ?? '', createdAt: world.at };
    await storage.transact((stores) =>
      stores.templates.add({ ...template, name: 'T', order: 'parallel', document, fields: [] }, randomBytes(32)),
    );
    world.templates.push(template);
  };
const untemplating =
  (which: number): Step =>
  async (world) => {
    const template = world.templates[which % Math.max(1, world.templates.length)];
    if (!template) return;
    await storage.transact((stores) => stores.templates.remove(template.accountId, template.id));
    world.templates = world.templates.filter(({ id }) => id !== template.id);
  };

const small = fc.nat(100);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.nat(2), fc.constantFrom<EnvelopeState>('sent', 'pending', 'uploaded'), fc.option(fc.nat(9)))
      .map((it) => adding(...it)),
  },
  { weight: 6, arbitrary: fc.tuple(small, small).map((it) => moving(...it)) },
  { weight: 1, arbitrary: fc.nat(4).map(waiting) },
  { weight: 1, arbitrary: fc.nat(1).map(templating) },
  { weight: 1, arbitrary: small.map(untemplating) },
);

type Made = { id: string; createdAt: number };
const newest = <T extends Made>(all: readonly T[]): string[] =>
  all.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).map(({ id }) => id);

/** Everything that the list holds, by cursor and by page; both must say the same, and every page the same total. */
async function walked(list: (of: { page: number; limit: number; after?: readonly [number, string] }) => Promise<Listed<Made>>) {
  const [ids, totals, numbered]: [string[], Set<number>, string[]] = [[], new Set(), []];
  let after: readonly [number, string] | undefined;
  for (let page = 1; ; page += 1) {
    const listed = await list({ page: 1, limit: 3, ...(after && { after }) });
    ids.push(...listed.items.map(({ id }) => id));
    totals.add(listed.total);
    numbered.push(...(await list({ page, limit: 3 })).items.map(({ id }) => id));
    if (!listed.next) break;
    after = listed.next as unknown as [number, string];
  }
  assert.deepEqual(numbered, ids);
  return { ids, totals: [...totals] };
}

async function assertExact(world: World): Promise<void> {
  for (const accountId of world.accounts) {
    const templates = world.templates.filter((each) => each.accountId === accountId);
    const told = await walked((wanted) => storage.read.templates.list(accountId, wanted));
    assert.deepEqual(told, { ids: newest(templates), totals: [templates.length] });
    for (const customerId of [undefined, ...world.customers])
      for (const status of [undefined, ...envelopeStatuses]) {
        const wanted = world.envelopes.filter(
          (each) =>
            each.accountId === accountId &&
            (customerId === undefined || each.customerId === customerId) &&
            (status === undefined || statusOf(each, world.at) === status),
        );
        const listed = await walked((of) => storage.read.envelopes.list(accountId, { ...of, customerId, status }, world.at));
        assert.deepEqual(listed, { ids: newest(wanted), totals: [wanted.length] }, `${accountId} ${customerId} ${status}`);
      }
  }
}

/** What is kept of the totals beside what is there. */
function assertCounted(): void {
  const db = new SqliteFile(join(folder, 'platform.db'), { readonly: true });
  const all = (text: string) => db.prepare(text).all();
  const kept = all(`select list, owner, part, n from totals where n <> 0 order by 1, 2, 3`);
  const counted = all(`select 'envelopes' as list, account_id as owner, status as part, count(*) as n from envelopes group by 1, 2, 3
    union all select 'customer_envelopes', account_id || '/' || customer_id, status, count(*) from envelopes group by 1, 2, 3
    union all select 'templates', account_id, '', count(*) from templates group by 1, 2, 3 order by 1, 2, 3`);
  db.close();
  assert.deepEqual(kept, counted);
}

test('after whatever was made, moved, deleted and waited for, every list holds what it should, and its total is exact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40, size: 'max' }), async (way) => {
      const world = await newWorld();
      for (const step of way) await step(world);
      await assertExact(world);
      assertCounted();
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

test('a statement over many rows, and a repair by hand, are counted too', async () => {
  const world = await newWorld();
  for (let i = 0; i < 5; i += 1) await adding(0, 'sent', null)(world);
  const db = new SqliteFile(join(folder, 'platform.db'));
  db.prepare(`update envelopes set state = 'voided' where account_id = ?`).run(world.accounts[0]);
  db.prepare('update envelopes set customer_id = ? where id = ?').run(world.customers[1], world.envelopes[0]?.id);
  db.prepare('delete from envelopes where id = ?').run(world.envelopes[1]?.id);
  db.close();
  const total = async (customerId?: string) =>
    (await storage.read.envelopes.list(world.accounts[0] ?? '', { page: 1, limit: 1, status: 'voided', customerId }, world.at)).total;
  assert.deepEqual([await total(), await total(world.customers[0]), await total(world.customers[1])], [4, 3, 1]);
  assertCounted();
});
