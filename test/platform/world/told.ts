import { createDecipheriv } from 'node:crypto';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import type { Provenance } from '../../../server/platform/domain/records/envelope.ts';
import { secretBox } from '../../../server/storage/secret-box.ts';

/** A second reader of what events tell: it knows the platform's key and the form of the rows, and nothing of the platform's stores. */

export interface Told {
  readonly id: string;
  readonly kind: string;
  readonly signer_id: string | null;
  readonly reached: Provenance | null;
  readonly detail: string | null;
  readonly by: string | null;
  /** Base64. */
  readonly salt: string | null;
}

interface Row extends Pick<Told, 'id' | 'kind' | 'signer_id'> {
  readonly told: Buffer;
  readonly person_id: string | null;
  readonly account_id: string;
  readonly wrapped_key: Buffer | null;
  readonly box: Buffer;
}

const query = `
  select e.id, e.kind, e.signer_id, e.told, e.person_id, v.account_id, p.wrapped_key, w.box
  from envelope_events e join envelopes v on v.id = e.envelope_id join wrapping_keys w on w.account_id = v.account_id
  left join people p on p.id = e.person_id where e.envelope_id = ? order by e.ordinal`;

const nothing = { reached: null, detail: null, by: null, salt: null };

/** The history of an envelope; of who was forgotten nothing can be read. */
export function toldOf(platform: { dataDir: string; key: Uint8Array }, envelopeId: string): Told[] {
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
  const events = db.prepare(query).all(envelopeId) as Row[];
  db.close();
  return events.map(({ id, kind, signer_id, told, person_id, account_id, wrapped_key, box }) => {
    const account = Buffer.from(secretBox(platform.key).open(box, ['wrapping-key', account_id]), 'base64');
    const key = person_id === null ? account : wrapped_key && opened(account, wrapped_key, `person-key/${person_id}`);
    const read = key ? (JSON.parse(opened(key, told, `event/${id}`).toString()) as typeof nothing) : nothing;
    return { id, kind, signer_id, ...read };
  });
}

function opened(key: Uint8Array, box: Buffer, about: string): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12)).setAAD(Buffer.from(about)).setAuthTag(box.subarray(-16));
  return Buffer.concat([cipher.update(box.subarray(12, -16)), cipher.final()]);
}
