import { setImmediate } from 'node:timers/promises';
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import type { Envelope } from '../domain/records/envelope.ts';
import type { VaultStore } from '../domain/records/vault.ts';
import { filesOfEnvelope } from '../domain/vault/releases.ts';
import { envelopeOf } from './envelope/rows.ts';
import type { Tables } from './schema/schema.ts';

/** The vault's own rows in platform.db. */
export const vaultBook = (db: Kysely<Tables>): VaultStore => ({
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
  forgetSpent: (now) => purgeSome(db, { table: 'spent_links', key: ['nonce'], age: 'expires_at', before: now }),
  async lapsed(now, limit) {
    const frozen = db.selectFrom('envelopes').selectAll().where('state', '=', sql.lit('released'));
    return (await frozen.where('acknowledge_by', '<=', now).orderBy('acknowledge_by').limit(limit).execute()).map(envelopeOf);
  },
  destroy: (envelope) => destroy(db, envelope),
  async doomed(limit) {
    return (await db.selectFrom('doomed_files').select('address').limit(limit).execute()).map(({ address }) => address);
  },
  async forgetDoomed(addresses) {
    for (const address of addresses) await db.deleteFrom('doomed_files').where('address', '=', address).execute();
  },
  async named() {
    const addressIn = (column: string) => sql<string | null>`json_extract(${sql.ref(column)}, '$.address')`.as(column);
    const files = ['document', 'sealed', 'copy', 'custody'] as const;
    const ofEnvelopes = db.selectFrom('envelopes').select(['id', ...files.map(addressIn)]);
    const ofTemplates = db.selectFrom('templates').select(['id', addressIn('document')]);
    const named = new Set<string>();
    for (const owners of [ofEnvelopes.where('wrapped_key', 'is not', null), ofTemplates] as Owners[])
      for (let last = ''; ; await setImmediate()) {
        const rows = await owners.where('id', '>', last).orderBy('id').limit(atOnce).execute();
        for (const { id: _, ...addresses } of rows)
          for (const address of Object.values(addresses)) if (address !== null) named.add(address);
        if (rows.length < atOnce) break;
        last = rows.at(-1)?.id ?? '';
      }
    return named;
  },
});

type Owners = SelectQueryBuilder<Tables, 'envelopes' | 'templates', { id: string; [file: string]: string | null }>;

/** Rows that are read between two turns of the event loop: whoever calls meanwhile must get one. */
const atOnce = 1_000;

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
