import type { CeremonyField, CeremonyView } from '../../../shared/ceremony.ts';
import type { FieldValue } from '../../../shared/fields.ts';
import { displayed } from '../../../shared/geometry.ts';
import { consentOf } from './consent.ts';
import { documentOf, type EnvelopeField, type Signer } from './envelope.ts';
import { dayOf, mayAct, type Scene, stateOf } from './scene.ts';
import { isTurn } from './turns.ts';

/** Everything the signing view shows one signer. */
export function viewOf(scene: Scene, at: number): CeremonyView {
  const { envelope, sender, signers, signer, fields } = scene;
  return {
    envelope_id: envelope.id,
    name: envelope.name,
    sender,
    message: envelope.message,
    state: stateOf(envelope, at),
    order: envelope.order,
    expires_at: instant(envelope.expiresAt),
    you: { ...personOf(scene, signer), email: signer.email, turn: mayAct(scene, at) },
    signers: signers.map((other) => ({ ...personOf(scene, other), you: other.id === signer.id })),
    consent: { ...consentShown(sender), given_at: instant(signer.consentedAt) },
    document: documentShown(scene),
    required_reading: envelope.requiredReading,
    pages_seen: [...signer.pagesSeen],
    fields: fields.map((field) => fieldOf(scene, field, at)),
    revision: signer.revision,
    saved_at: instant(signer.savedAt),
    today: dayOf(at),
    ended: endOf(scene),
    completed_at: instant(envelope.completedAt),
  };
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const personOf = ({ envelope, signers }: Scene, signer: Signer) => ({
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
function documentShown({ envelope }: Scene): CeremonyView['document'] {
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
export const filenameOf = (filename: string, sealed: boolean): string =>
  sealed ? `${filename.replace(/\.pdf$/i, '')} (signed).pdf` : filename;

const fieldOf = (scene: Scene, field: EnvelopeField, at: number): CeremonyField => ({
  id: field.id,
  type: field.type,
  page: field.page,
  x: field.x,
  y: field.y,
  width: field.width,
  height: field.height,
  required: field.required,
  label: field.label,
  signer: field.signerId,
  mine: field.signerId === scene.signer.id,
  value: shownValue(scene, field, at) as CeremonyField['value'],
});

/** One's own answers; those of others once they have signed, and not before one has agreed to see the document. */
function shownValue({ signer, signers }: Scene, field: EnvelopeField, at: number): FieldValue | null {
  if (field.signerId === signer.id) return answerOf(field, signer, at);
  const theirs = signers.find(({ id }) => id === field.signerId);
  return theirs?.state === 'signed' && signer.consentedAt !== null ? field.value : null;
}

/** The answer of its signer as it would be stamped: the date is the day of signing, a name is the signer's own until they write another. */
export function answerOf(field: EnvelopeField, signer: Signer, at: number): FieldValue | null {
  if (signer.state === 'signed') return field.value;
  if (field.type === 'date_signed') return { kind: 'text', text: dayOf(at) };
  if (field.type === 'name') return field.value ?? { kind: 'text', text: signer.name };
  return field.value;
}

function endOf({ envelope: { ended, state }, sender, signers }: Scene): CeremonyView['ended'] {
  if (!ended || (state !== 'declined' && state !== 'voided')) return null;
  const by = signers.find(({ id }) => id === ended.signerId)?.name ?? sender;
  return { by, reason: ended.reason, at: new Date(ended.at).toISOString() };
}
