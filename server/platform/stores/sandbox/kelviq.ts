import type { Kysely, Selectable } from 'kysely';
import { cut } from '../../../../shared/list.ts';
import type { SecretBox } from '../../../storage/secret-box.ts';
import { totalOf } from '../../../storage/totals.ts';
import type { KelviqRecord } from '../../domain/records/sandbox.ts';
import type { Stores } from '../../domain/records/stores.ts';
import type { Tables } from '../schema/schema.ts';

/** Kelviq returns the server key with every read, so it is sealed, bound to its organization, rather than hashed. */
export const kelviqBook = (db: Kysely<Tables>, box: SecretBox): Stores['kelviq'] => {
  const about = (identifier: string) => ['kelviq-server-key', identifier];
  const recordOf = (row: Selectable<Tables['kelviq_organizations']>): KelviqRecord => ({
    identifier: row.identifier,
    organizationId: row.organization_id,
    accountId: row.account_id,
    externalId: row.external_id,
    userId: row.user_id,
    slug: row.slug,
    clientKey: row.client_key,
    serverKey: box.open(row.server_key, about(row.identifier)),
  });
  const of = (accountId: string) => db.selectFrom('kelviq_organizations').selectAll().where('account_id', '=', accountId);

  return {
    async byExternalId(accountId, externalId) {
      const row = await of(accountId).where('external_id', '=', externalId).executeTakeFirst();
      return row && recordOf(row);
    },
    async byIdentifier(accountId, identifier) {
      const row = await of(accountId).where('identifier', '=', identifier).executeTakeFirst();
      return row && recordOf(row);
    },
    async list(accountId, limit, after) {
      const total = await totalOf(db, 'kelviq_organizations', accountId);
      const found = of(accountId)
        .where('user_id', '>', after?.[0] ?? 0)
        .orderBy('user_id');
      const { rows, next } = cut(await found.limit(limit + 1).execute(), limit, (row) => [row.user_id]);
      return { items: rows.map(recordOf), total, next };
    },
    async isTaken(accountId, ownerKey) {
      const here = db.selectFrom('kelviq_organizations').select('identifier').where('owner_key', '=', ownerKey);
      const elsewhere = db.selectFrom('organizations').select('id').where('owner_key', '=', ownerKey).where('account_id', '!=', accountId);
      return Boolean((await here.executeTakeFirst()) ?? (await elsewhere.executeTakeFirst()));
    },
    async organizationOf(serverKeyHash) {
      const rows = db.selectFrom('kelviq_organizations').select('organization_id').where('server_key_hash', '=', serverKeyHash);
      return (await rows.executeTakeFirst())?.organization_id;
    },
    async hasSlug(slug) {
      const rows = db.selectFrom('kelviq_organizations').select('identifier').where('slug', '=', slug);
      return (await rows.executeTakeFirst()) !== undefined;
    },
    async nextUserId() {
      const { last } = await db
        .selectFrom('kelviq_organizations')
        .select((e) => e.fn.max('user_id').as('last'))
        .executeTakeFirstOrThrow();
      return (last ?? 1000) + 1;
    },
    async add(it, hashes, at) {
      await db
        .insertInto('kelviq_organizations')
        .values({
          identifier: it.identifier,
          organization_id: it.organizationId,
          account_id: it.accountId,
          external_id: it.externalId,
          user_id: it.userId,
          owner_key: hashes.ownerKey,
          slug: it.slug,
          client_key: it.clientKey,
          server_key: box.seal(it.serverKey, about(it.identifier)),
          server_key_hash: hashes.serverKey,
          created_at: at,
        })
        .execute();
    },
  };
};
