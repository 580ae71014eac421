import { Failure } from '../../../../shared/problem.ts';
import type { FinishRequest } from '../../../../shared/signing/ceremony.ts';
import { type FieldValue, isAnswered } from '../../../../shared/signing/fields.ts';
import { dayIn } from '../../../../shared/time-zone.ts';
import { fitFaults } from '../creation/fitting.ts';
import type { Documents } from '../files/documents.ts';
import { inviteSigners } from '../notices/signing-mail.ts';
import { documentOf, type EnvelopeField } from '../records/envelope.ts';
import type { Stores } from '../records/stores.ts';
import { askedSigners } from '../records/turns.ts';
import { type Attendance, attendanceOf, requireConsent, requireMoved, requireTurn, zoneOf } from './attendance.ts';
import type { Call, CeremonyOptions } from './call.ts';
import { leastOf, provenanceOf } from './provenance.ts';
import { answerOf, type Today } from './view.ts';

/** Signs. What was seen must be what is kept: the document, the answers and the date; then all of it is fixed in one transaction. */
export async function finish({ storage, documents, links, wake }: CeremonyOptions, call: Call, request: FinishRequest): Promise<void> {
  // Measured outside of the transaction: what is answered in between is measured then.
  await requireFitting(documents.of(call.pass.accountId), await attendanceOf(storage.read, call.pass), call.at);
  const everybody = await storage.transact(async (stores) => {
    const attendance = await attendanceOf(stores, call.pass);
    if (attendance.signer.state === 'signed') return false;
    const today = { zone: zoneOf(attendance.signer, request.time_zone), at: call.at };
    check(attendance, request, today);
    return sign(stores, attendance, call, today.zone, (signed) =>
      inviteSigners(stores, links, signed, call.at, askedSigners(attendance.envelope, attendance.signers)),
    );
  });
  if (everybody) wake('seal');
}

/** An answer that came with the envelope, or was saved before it was asked whether answers can be read, is not signed when it cannot. */
async function requireFitting(documents: Pick<Documents, 'unfit'>, attendance: Attendance, at: number): Promise<void> {
  if (attendance.signer.state === 'signed') return;
  // The date is nobody's to shorten, and its zone matters to no measure.
  const written = ownFields(attendance).filter(({ type }) => type !== 'date_signed');
  const answer = (field: EnvelopeField) => answerOf(field, attendance.signer, { zone: 'UTC', at });
  const given = written.map((field) => ({ field, value: answer(field), pointer: `/values/${field.id}` }));
  const errors = await fitFaults(documents, given, documentOf(attendance.envelope).pages);
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
}

function check(attendance: Attendance, request: FinishRequest, today: Today): void {
  const { envelope, signer } = attendance;
  const document = documentOf(envelope);
  requireTurn(attendance, today.at);
  requireConsent(attendance);
  const changes = [
    request.document_sha256 !== document.sha256 && 'The document is another one.',
    request.revision !== signer.revision && 'The answers were changed elsewhere.',
    request.date !== dayIn(today.zone, today.at) && 'The day of signing is another one.',
  ].filter((change) => change !== false);
  if (changes.length > 0) throw new Failure('ceremony-changed', changes.join(' '));
  if (envelope.requiredReading && signer.pagesSeen.length < document.pages.length) throw new Failure('pages-unread');
  const unanswered = ownFields(attendance).filter((field) => field.required && !isAnswered(answerOf(field, signer, today)));
  const errors = unanswered.map(({ id }) => ({ pointer: `/values/${id}`, code: 'required', message: 'needs an answer' }));
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
}

/** Fixes the answers and moves signer and envelope on. True when nobody is left to sign. */
async function sign(
  stores: Stores,
  attendance: Attendance,
  call: Call,
  zone: string,
  inviteNext: (signed: Attendance) => Promise<void>,
): Promise<boolean> {
  const { at } = call;
  const own = ownFields(attendance);
  const reached = provenanceOf(call, attendance.sender);
  const { envelope, signer } = attendance;
  await stores.envelopes.answer(signer.id, valuesOf(own, attendance, { zone, at }), at);
  // Whoever agreed by a stronger way in and signs by a weaker one has signed by the weaker one.
  const least = leastOf(signer.reached, reached);
  requireMoved(await stores.envelopes.moveSigner(signer, { state: 'signed', signedAt: at, reached: least, timeZone: zone }));
  const signers = attendance.signers.map((other) =>
    other.id === signer.id ? { ...other, state: 'signed' as const, signedAt: at } : other,
  );
  const everybody = signers.every(({ state }) => state === 'signed');
  const change = everybody ? { state: 'finishing' as const, finishedAt: at, updatedAt: at } : { updatedAt: at };
  requireMoved(await stores.envelopes.move(envelope, change));
  const detail = own.some(({ type }) => type === 'date_signed') ? `Dated ${dayIn(zone, at)}, the day in ${zone}` : null;
  await stores.envelopes.record({ envelopeId: envelope.id, at, kind: 'signer.signed', signerId: signer.id, reached, detail });
  await inviteNext({ ...attendance, signers });
  return everybody;
}

const ownFields = ({ fields, signer }: Attendance): EnvelopeField[] => fields.filter((field) => field.signerId === signer.id);

const valuesOf = (fields: readonly EnvelopeField[], { signer }: Attendance, today: Today): Map<string, FieldValue | null> =>
  new Map(fields.map((field) => [field.id, answerOf(field, signer, today)]));
