import type { Kysely, Selectable } from 'kysely';
import type { Invitation, Organization, Team } from '../../domain/records/sandbox.ts';
import type { Dialect } from '../../domain/records/secrets.ts';
import type { Stores } from '../../domain/records/stores.ts';
import type { Tables } from '../schema/schema.ts';

export const organizationBook = (db: Kysely<Tables>): Stores['organizations'] => ({
  async ofOwner(accountId, ownerKey) {
    const rows = db.selectFrom('organizations').selectAll().where('account_id', '=', accountId);
    const row = await rows.where('owner_key', '=', ownerKey).executeTakeFirst();
    return row && organizationOf(row);
  },
  async get(id) {
    return organizationOf(await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
  },
  async add(it, ownerKey, at) {
    await db
      .insertInto('organizations')
      .values({
        id: it.id,
        account_id: it.accountId,
        name: it.name,
        owner_id: it.ownerId,
        owner_email: it.ownerEmail,
        owner_key: ownerKey,
        by_invoice: Number(it.byInvoice),
        billing_at: it.billingAt,
        created_at: at,
      })
      .execute();
  },
  async setBilling(id, at) {
    await db.updateTable('organizations').set({ billing_at: at }).where('id', '=', id).where('billing_at', 'is', null).execute();
  },
});

export const teamBook = (db: Kysely<Tables>): Stores['teams'] => {
  const by = async (column: 'key_hash' | 'checkout_hash', hash: string) => {
    const row = await db.selectFrom('teams').selectAll().where(column, '=', hash).executeTakeFirst();
    return row && teamOf(row);
  };
  return {
    byKey: (hash) => by('key_hash', hash),
    byCheckout: (hash) => by('checkout_hash', hash),
    async add(it, hashes) {
      await db
        .insertInto('teams')
        .values({
          id: it.id,
          organization_id: it.organizationId,
          name: it.name,
          key_hash: hashes.key,
          checkout_hash: hashes.checkout,
          created_at: it.createdAt,
          ready_at: it.readyAt,
        })
        .execute();
    },
  };
};

export const invitationBook = (db: Kysely<Tables>): Stores['invitations'] => ({
  async byToken(hash) {
    const row = await db.selectFrom('invitations').selectAll().where('token_hash', '=', hash).executeTakeFirst();
    return row && invitationOf(row);
  },
  async add(it, tokenHash, at) {
    await db
      .insertInto('invitations')
      .values({
        id: it.id,
        organization_id: it.organizationId,
        dialect: it.dialect,
        email: it.email,
        token_hash: tokenHash,
        accepted_at: it.acceptedAt,
        created_at: at,
      })
      .execute();
  },
  async accept(id, at) {
    await db.updateTable('invitations').set({ accepted_at: at }).where('id', '=', id).where('accepted_at', 'is', null).execute();
  },
});

const organizationOf = (row: Selectable<Tables['organizations']>): Organization => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  ownerId: row.owner_id,
  ownerEmail: row.owner_email,
  byInvoice: row.by_invoice === 1,
  billingAt: row.billing_at,
});

const teamOf = (row: Selectable<Tables['teams']>): Team => ({
  id: row.id,
  organizationId: row.organization_id,
  name: row.name,
  createdAt: row.created_at,
  readyAt: row.ready_at,
});

const invitationOf = (row: Selectable<Tables['invitations']>): Invitation => ({
  id: row.id,
  organizationId: row.organization_id,
  dialect: row.dialect as Dialect,
  email: row.email,
  acceptedAt: row.accepted_at,
});
