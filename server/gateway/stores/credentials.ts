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
          c.columns(['partner_id', 'customer_id', 'vendor', 'mode']).doUpdateSet({
            id: row.id,
            box: row.box,
            fingerprint: row.fingerprint,
            vendor_ref: row.vendor_ref,
            updated_at: row.updated_at,
          }),
        )
        .execute();
    },
    find: (partnerId, id) => all.where('partner_id', '=', partnerId).where('id', '=', id).executeTakeFirst(),
    findFor: (partnerId, customerId, vendor, mode) =>
      all
        .where('partner_id', '=', partnerId)
        .where('customer_id', '=', customerId)
        .where('vendor', '=', vendor)
        .where('mode', '=', mode)
        .executeTakeFirst(),
    findByRef: (partnerId, vendor, mode, ref) =>
      all
        .where('partner_id', '=', partnerId)
        .where('vendor', '=', vendor)
        .where('mode', '=', mode)
        .where('vendor_ref', '=', ref)
        .executeTakeFirst(),
    async list(partnerId, limit, after) {
      let query = db
        .selectFrom('credential')
        .leftJoin('customer', 'customer.id', 'credential.customer_id')
        .selectAll('credential')
        .select('customer.external_id')
        .where('credential.partner_id', '=', partnerId);
      if (after) query = query.where((e) => e(e.refTuple('credential.created_at', 'credential.id'), '>', e.tuple(...after)));
      const oldest = query
        .orderBy('credential.created_at')
        .orderBy('credential.id')
        .limit(limit + 1);
      const { rows, next } = cut(await oldest.execute(), limit, (row) => [row.created_at, row.id]);
      return { items: rows, next };
    },
    heldByAnother: async (partnerId, fingerprint) =>
      (await all
        .innerJoin('partner', 'partner.id', 'credential.partner_id')
        .where('fingerprint', '=', fingerprint)
        .where('partner_id', '!=', partnerId)
        .where('partner.deleted_at', 'is', null)
        .executeTakeFirst()) !== undefined,
    async delete(partnerId, id) {
      const { numDeletedRows } = await db
        .deleteFrom('credential')
        .where('partner_id', '=', partnerId)
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
        .where('partner_id', '=', partnerId)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && { version: row.version, flow: Flow.parse(JSON.parse(row.body)) };
    },
    async insert(partnerId, version, flow, at) {
      await db
        .insertInto('flow')
        .values({ partner_id: partnerId, version, body: JSON.stringify(flow), created_at: at })
        .execute();
    },
  };
}
