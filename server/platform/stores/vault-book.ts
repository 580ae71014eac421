import { type Kysely, sql } from 'kysely';
import type { Envelope } from '../domain/envelope.ts';
import { filesOfEnvelope } from '../domain/releases.ts';
import type { VaultBook } from '../domain/vault-book.ts';
import { envelopeOf } from './envelope-rows.ts';
import type { Tables } from './schema.ts';

/** The vault's own rows in platform.db. */
export const vaultBook = (db: Kysely<Tables>): VaultBook => ({
  async spend(nonce, expiresAt) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('spent_links')
      .values({ nonce, expires_at: expiresAt })
      .onConflict((c) => c.column('nonce').doNothing())
      .executeTakeFirstOrThrow();
    return Boolean(numInsertedOrUpdatedRows);
  },
  async isSpent(nonce) {
    return Boolean(await db.selectFrom('spent_links').select('nonce').where('nonce', '=', nonce).executeTakeFirst());
  },
  async forgetSpent(now) {
    await db.deleteFrom('spent_links').where('expires_at', '<=', now).execute();
  },
  async lapsed(now, limit) {
    const frozen = db.selectFrom('envelopes').selectAll().where('state', '=', sql.lit('released'));
    const by = sql<number>`json_extract(release, '$.acknowledgeBy')`;
    return (await frozen.where(by, '<=', now).orderBy('id').limit(limit).execute()).map(envelopeOf);
  },
  destroy: (envelope) => destroy(db, envelope),
  async doomed(limit) {
    return (await db.selectFrom('doomed_files').select('address').limit(limit).execute()).map(({ address }) => address);
  },
  async forgetDoomed(addresses) {
    for (const address of addresses) await db.deleteFrom('doomed_files').where('address', '=', address).execute();
  },
  async named() {
    const named = new Set<string>();
    for (const column of ['document', 'sealed', 'copy', 'custody'] as const) {
      const address = sql<string | null>`json_extract(${sql.ref(column)}, '$.address')`.as('address');
      const rows = db.selectFrom('envelopes').select(address).where('wrapped_key', 'is not', null);
      for (const row of await rows.execute()) if (row.address !== null) named.add(row.address);
    }
    const ofTemplates = db.selectFrom('templates').select(sql<string>`json_extract(document, '$.address')`.as('address'));
    for (const { address } of await ofTemplates.execute()) named.add(address);
    return named;
  },
});

async function destroy(db: Kysely<Tables>, envelope: Envelope): Promise<void> {
  await db.updateTable('envelopes').set({ wrapped_key: null }).where('id', '=', envelope.id).execute();
  for (const { file } of filesOfEnvelope(envelope)) await doom(db, file.address);
}

/** Notes a file that is to be deleted, in the transaction that destroys its key. */
export async function doom(db: Kysely<Tables>, address: string): Promise<void> {
  await db
    .insertInto('doomed_files')
    .values({ address })
    .onConflict((c) => c.column('address').doNothing())
    .execute();
}
