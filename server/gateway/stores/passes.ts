import type { Kysely } from 'kysely';
import { purgeSome } from '../../storage/purge.ts';
import type { PassStore } from '../domain/records/ports.ts';
import type { Tables } from './tables.ts';

export function passStore(db: Kysely<Tables>): PassStore {
  return {
    find: (sessionId, envelopeId) =>
      db.selectFrom('pass').selectAll().where('sessionId', '=', sessionId).where('envelopeId', '=', envelopeId).executeTakeFirst(),
    async put(row) {
      await db
        .insertInto('pass')
        .values(row)
        .onConflict((c) => c.columns(['sessionId', 'envelopeId']).doUpdateSet({ box: row.box, createdAt: row.createdAt }))
        .execute();
    },
    purge: (before) => purgeSome(db, { table: 'pass', key: ['sessionId', 'envelopeId'], age: 'createdAt', before }),
  };
}
