import type { CeremonyField, CeremonyView } from '../../../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { displayed } from '../../../../shared/signing/geometry.ts';
import { dayIn } from '../../../../shared/time-zone.ts';
import { firstPlace } from '../creation/field-request.ts';
import { documentOf, type EnvelopeField, type Signer } from '../records/envelope.ts';
import { isTurn } from '../records/turns.ts';
import { type Attendance, mayAct, stateOf, zoneOf } from './attendance.ts';
import { consentOf } from './consent-words.ts';

/** Everything the signing view shows one signer. `zone`: the time zone that their browser reports with this call, where it does. */
export function viewOf(attendance: Attendance, at: number, zone?: string): CeremonyView {
  const { envelope, sender, signers, signer, fields } = attendance;
  const today = { zone: zoneOf(signer, zone), at };
  return {
    envelope_id: envelope.id,
    name: envelope.name,
    sender,
    message: envelope.message,
    state: stateOf(envelope, at),
    order: envelope.order,
    expires_at: instant(envelope.expiresAt),
    you: { ...personOf(attendance, signer), email: signer.email, turn: mayAct(attendance, at) },
    signers: signers.map((other) => ({ ...personOf(attendance, other), you: other.id === signer.id })),
    consent: { ...consentShown(sender), given_at: instant(signer.consentedAt) },
    document: documentShown(attendance),
    required_reading: envelope.requiredReading,
    pages_seen: [...signer.pagesSeen],
    fields: fields.map((field) => fieldOf(attendance, field, today)),
    revision: signer.revision,
    saved_at: instant(signer.savedAt),
    today: dayIn(today.zone, at),
    time_zone: today.zone,
    ended: endOf(attendance),
    completed_at: instant(envelope.completedAt),
  };
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const personOf = ({ envelope, signers }: Attendance, signer: Signer) => ({
  id: signer.id,
  name: signer.name,
  role: signer.role,
  state: signer.state === 'waiting' && isTurn(envelope, signers, signer) ? ('asked' as const) : signer.state,
  signed_at: instant(signer.signedAt),
});

function consentShown(sender: string) {
  const { version, sha256, title, paragraphs } = consentOf(sender);
  return { version, sha256, title, paragraphs: [...paragraphs] };
}

/** The pages are those that were signed; the sealed file has the completion pages after them. */
function documentShown({ envelope }: Attendance): CeremonyView['document'] {
  const { sealed } = envelope;
  const document = documentOf(envelope);
  const { sha256, size } = sealed ?? document;
  return {
    sha256,
    size,
    sealed: sealed !== null,
    filename: filenameOf(document.filename, sealed !== null),
    pages: document.pages.map(displayed),
  };
}

/** The file's name, marked once it is the sealed one. */
const filenameOf = (filename: string, sealed: boolean): string => (sealed ? `${filename.replace(/\.pdf$/i, '')} (signed).pdf` : filename);

const fieldOf = (attendance: Attendance, field: EnvelopeField, today: Today): CeremonyField => ({
  id: field.id,
  type: field.type,
  ...firstOf(field),
  places: field.places.map((place) => ({ ...place })),
  required: field.required,
  label: field.label,
  name: field.name,
  multiline: field.multiline,
  max_length: field.maxLength,
  options: field.options?.map((option) => ({ ...option })) ?? null,
  export_value: field.exportValue,
  signer: field.signerId,
  mine: field.signerId === attendance.signer.id,
  value: shownValue(attendance, field, today) as CeremonyField['value'],
});

function firstOf(field: EnvelopeField): Pick<CeremonyField, 'page' | 'x' | 'y' | 'width' | 'height'> {
  const { option: _, ...place } = firstPlace(field);
  return place;
}

/** One's own answers; those of others once they have signed, and not before one has agreed to see the document. */
function shownValue({ signer, signers }: Attendance, field: EnvelopeField, today: Today): FieldValue | null {
  if (field.signerId === signer.id) return answerOf(field, signer, today);
  const theirs = signers.find(({ id }) => id === field.signerId);
  return theirs?.state === 'signed' && signer.consentedAt !== null ? field.value : null;
}

/** An instant, and the time zone in which its day is meant. */
export interface Today {
  readonly zone: string;
  readonly at: number;
}

/** The answer of its signer as it would be stamped: the date is the day of signing, a name is the signer's own until they write another. */
export function answerOf(field: EnvelopeField, signer: Signer, { zone, at }: Today): FieldValue | null {
  if (signer.state === 'signed') return field.value;
  if (field.type === 'date_signed') return { kind: 'text', text: dayIn(zone, at) };
  if (field.type === 'name') return field.value ?? { kind: 'text', text: signer.name };
  return field.value;
}

function endOf({ envelope: { ended, state }, sender, signers }: Attendance): CeremonyView['ended'] {
  if (!ended || (state !== 'declined' && state !== 'voided')) return null;
  const by = signers.find(({ id }) => id === ended.signerId)?.name ?? sender;
  return { by, reason: ended.reason, at: new Date(ended.at).toISOString() };
}
