import { createHash, randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { append } from '../../../storage/log/leaves.ts';
import type { SecretBox } from '../../../storage/secret-box.ts';
import type { EnvelopeEvent, EnvelopeStore, NewEvent } from '../../domain/records/envelope.ts';
import { DamagedRecord, provenance, readRecord, type Told, told } from '../../domain/records/evidence.ts';
import { newEventId } from '../../domain/records/secrets.ts';
import { decrypt, encrypt } from '../files/cipher.ts';
import { peopleKeys } from '../people/keys.ts';
import { ofVault } from '../schema/envelope.ts';
import type { Tables } from '../schema/schema.ts';
import { eventOf } from './rows.ts';

type Row = Selectable<Tables['envelope_events']>;

/** The history of envelopes. */
export const eventBook = (db: Kysely<Tables>, box: SecretBox): Pick<EnvelopeStore, 'events' | 'access' | 'record' | 'leafOf'> => ({
  async events(envelopeId, kinds) {
    const all = rowsOf(db, envelopeId).orderBy('ordinal');
    return opened(db, box, envelopeId, await (kinds ? all.where('kind', 'in', kinds) : all).execute());
  },
  async access(envelopeId, limit) {
    const newest = rowsOf(db, envelopeId).where(ofVault).orderBy('ordinal', 'desc').limit(limit);
    return opened(db, box, envelopeId, await newest.execute());
  },
  record: (event) => recordEvent(db, box, event),
  async leafOf(envelopeId, kind) {
    const events = db.selectFrom('envelope_events').select('leaf').where('envelope_id', '=', envelopeId).where('kind', '=', kind);
    return (await events.orderBy('ordinal', 'desc').limit(1).executeTakeFirst())?.leaf ?? undefined;
  },
});

const bound = (eventId: string) => `event/${eventId}`;

/** The event with what people may read under a key, and its leaf with ids and one salted hash of that: without the key the hash leads nowhere. */
async function recordEvent(db: Kysely<Tables>, box: SecretBox, event: NewEvent): Promise<void> {
  const { account_id } = await db.selectFrom('envelopes').select('account_id').where('id', '=', event.envelopeId).executeTakeFirstOrThrow();
  const id = newEventId();
  const salt = randomBytes(16);
  const telling: Told = { reached: event.reached, detail: event.detail, by: event.by?.email ?? null };
  const { personId, key } = await keeper(db, box, account_id, event);
  const about = { event: id, envelope: event.envelopeId, signer: event.signerId, told: toldHash(salt, telling) };
  const leaf = await append(db, { kind: event.kind, at: event.at, partner: account_id, about });
  await db
    .insertInto('envelope_events')
    .values({
      id,
      envelope_id: event.envelopeId,
      ordinal: await nextOrdinal(db, event.envelopeId),
      at: event.at,
      kind: event.kind,
      signer_id: event.signerId,
      salt: Buffer.alloc(0),
      person_id: personId,
      told: encrypt(key, Buffer.from(JSON.stringify({ salt: salt.toString('base64'), ...telling })), bound(id)),
      leaf,
    })
    .execute();
}

/** Whose key hides what the event tells: that of its signer, of whoever did it, or of the account. */
async function keeper(db: Kysely<Tables>, box: SecretBox, accountId: string, { signerId, by, at }: NewEvent) {
  const keys = peopleKeys(db, box);
  const signer = signerId && (await db.selectFrom('signers').select('email').where('id', '=', signerId).executeTakeFirstOrThrow());
  const person = by ?? (signer ? await keys.meet(accountId, signer.email, at) : undefined);
  const key = person ? await keys.keyOf(accountId, person.id) : await keys.accountKeyOf(accountId);
  if (!key) throw new Error(`The key of ${person?.id ?? accountId} is destroyed: nothing can be recorded under it.`);
  return { personId: person?.id ?? null, key };
}

const toldHash = (salt: Uint8Array, { reached, detail, by }: Told): string =>
  createHash('sha256')
    .update(salt)
    .update(JSON.stringify(by === null ? [reached, detail] : [reached, detail, by]))
    .digest('hex');

async function nextOrdinal(db: Kysely<Tables>, envelopeId: string): Promise<number> {
  const { last } = await db
    .selectFrom('envelope_events')
    .select((e) => e.fn.max('ordinal').as('last'))
    .where('envelope_id', '=', envelopeId)
    .executeTakeFirstOrThrow();
  return (last ?? -1) + 1;
}

const rowsOf = (db: Kysely<Tables>, envelopeId: string) =>
  db.selectFrom('envelope_events').selectAll().where('envelope_id', '=', envelopeId);

async function opened(db: Kysely<Tables>, box: SecretBox, envelopeId: string, rows: readonly Row[]): Promise<EnvelopeEvent[]> {
  if (rows.length === 0) return [];
  const { account_id } = await db.selectFrom('envelopes').select('account_id').where('id', '=', envelopeId).executeTakeFirstOrThrow();
  const keys = peopleKeys(db, box);
  const known = new Map<string | null, Buffer | undefined>();
  for (const { person_id } of rows)
    if (!known.has(person_id))
      known.set(person_id, person_id === null ? await keys.accountKeyOf(account_id) : await keys.keyOf(account_id, person_id));
  return rows.map((row) => eventOf(row, toldIn(row, known.get(row.person_id))));
}

/** Nothing once it was erased. Rows of the first versions have it in the clear, beside their salt. */
function toldIn(row: Row, key: Uint8Array | undefined): Told | undefined {
  const event = `the event ${row.id}`;
  if (row.told) return key && readRecord(event, told, openedFor(event, key, row.told, bound(row.id)));
  if (row.salt.length === 0) return undefined;
  return { reached: row.reached === null ? null : readRecord(event, provenance, row.reached), detail: row.detail, by: null };
}

function openedFor(event: string, key: Uint8Array, box: Uint8Array, about: string): string {
  try {
    return decrypt(key, box, about).toString();
  } catch {
    // AES-GCM says no more than that the bytes are not those that were written.
    throw new DamagedRecord(event);
  }
}
