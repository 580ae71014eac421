import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { append } from '../../storage/log.ts';
import type { EnvelopeBook } from '../domain/envelope.ts';
import { newEventId } from '../domain/secrets.ts';
import { eventOf, written } from './envelope-rows.ts';
import type { Tables } from './schema.ts';

/** The history of envelopes. */
export const eventBook = (db: Kysely<Tables>): Pick<EnvelopeBook, 'events' | 'record'> => ({
  async events(envelopeId) {
    const rows = db.selectFrom('envelope_events').selectAll().where('envelope_id', '=', envelopeId);
    return (await rows.orderBy('ordinal').execute()).map(eventOf);
  },
  record: (event) => recordEvent(db, event),
});

/** The event with what people may read, and its leaf with ids and one salted hash of that: forgetting the first leaves the log whole. */
async function recordEvent(db: Kysely<Tables>, event: Parameters<EnvelopeBook['record']>[0]): Promise<void> {
  const id = newEventId();
  const salt = randomBytes(16);
  const { account_id } = await db.selectFrom('envelopes').select('account_id').where('id', '=', event.envelopeId).executeTakeFirstOrThrow();
  const { last } = await db
    .selectFrom('envelope_events')
    .select((e) => e.fn.max('ordinal').as('last'))
    .where('envelope_id', '=', event.envelopeId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('envelope_events')
    .values({
      id,
      envelope_id: event.envelopeId,
      ordinal: (last ?? -1) + 1,
      at: event.at,
      kind: event.kind,
      signer_id: event.signerId,
      reached: written(event.reached),
      detail: event.detail,
      salt,
    })
    .execute();
  const told = createHash('sha256')
    .update(salt)
    .update(JSON.stringify([event.reached, event.detail]))
    .digest('hex');
  const about = { event: id, envelope: event.envelopeId, signer: event.signerId, told };
  await append(db, { kind: event.kind, at: event.at, partner: account_id, about });
}
