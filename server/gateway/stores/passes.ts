import type { Kysely } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import type { PassStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function passStore(db: Kysely<Tables>): PassStore {
  return {
    find: (sessionId, envelopeId) =>
      db.selectFrom('pass').selectAll().where('session_id', '=', sessionId).where('envelope_id', '=', envelopeId).executeTakeFirst(),
    async put(row) {
      await db
        .insertInto('pass')
        .values(row)
        .onConflict((c) => c.columns(['session_id', 'envelope_id']).doUpdateSet({ box: row.box, created_at: row.created_at }))
        .execute();
    },
    purge: (before) => purgeSome(db, { table: 'pass', key: ['session_id', 'envelope_id'], age: 'created_at', before }),
  };
}
