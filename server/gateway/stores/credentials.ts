import type { Kysely } from 'kysely';
import { cut } from '../../../shared/list.ts';
import { Flow } from '../../../shared/onboarding/flow.ts';
import type { CredentialStore, FlowStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function credentialStore(db: Kysely<Tables>): CredentialStore {
  const all = db.selectFrom('credential').selectAll('credential');
  return {
    async put(row) {
      await db
        .insertInto('credential')
        .values(row)
        .onConflict((c) =>
          c.columns(['partnerId', 'customerId', 'vendor', 'mode']).doUpdateSet({
            id: row.id,
            box: row.box,
            fingerprint: row.fingerprint,
            vendorRef: row.vendorRef,
            updatedAt: row.updatedAt,
          }),
        )
        .execute();
    },
    find: (partnerId, id) => all.where('partnerId', '=', partnerId).where('id', '=', id).executeTakeFirst(),
    findFor: (partnerId, customerId, vendor, mode) =>
      all
        .where('partnerId', '=', partnerId)
        .where('customerId', '=', customerId)
        .where('vendor', '=', vendor)
        .where('mode', '=', mode)
        .executeTakeFirst(),
    findByRef: (partnerId, vendor, mode, ref) =>
      all
        .where('partnerId', '=', partnerId)
        .where('vendor', '=', vendor)
        .where('mode', '=', mode)
        .where('vendorRef', '=', ref)
        .executeTakeFirst(),
    async list(partnerId, limit, after) {
      let query = db
        .selectFrom('credential')
        .leftJoin('customer', 'customer.id', 'credential.customerId')
        .selectAll('credential')
        .select('customer.externalId')
        .where('credential.partnerId', '=', partnerId);
      if (after) query = query.where((e) => e(e.refTuple('credential.createdAt', 'credential.id'), '>', e.tuple(...after)));
      const oldest = query
        .orderBy('credential.createdAt')
        .orderBy('credential.id')
        .limit(limit + 1);
      const { rows, next } = cut(await oldest.execute(), limit, (row) => [row.createdAt, row.id]);
      return { items: rows, next };
    },
    heldByAnother: async (partnerId, fingerprint) =>
      (await all
        .innerJoin('partner', 'partner.id', 'credential.partnerId')
        .where('fingerprint', '=', fingerprint)
        .where('partnerId', '!=', partnerId)
        .where('partner.deletedAt', 'is', null)
        .executeTakeFirst()) !== undefined,
    async delete(partnerId, id) {
      const { numDeletedRows } = await db
        .deleteFrom('credential')
        .where('partnerId', '=', partnerId)
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

export function flowStore(db: Kysely<Tables>): FlowStore {
  return {
    async newest(partnerId) {
      const row = await db
        .selectFrom('flow')
        .selectAll()
        .where('partnerId', '=', partnerId)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && { version: row.version, flow: Flow.parse(JSON.parse(row.body)) };
    },
    async insert(partnerId, version, flow, at) {
      await db
        .insertInto('flow')
        .values({ partnerId, version, body: JSON.stringify(flow), createdAt: at })
        .execute();
    },
  };
}
