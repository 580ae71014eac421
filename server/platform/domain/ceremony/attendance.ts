import { Failure } from '../../../../shared/problem.ts';
import type { CeremonyView } from '../../../../shared/signing/ceremony.ts';
import { utc } from '../../../../shared/time-zone.ts';
import type { Envelope, EnvelopeField, Pass, Signer } from '../records/envelope.ts';
import type { EnvelopeState } from '../records/moves.ts';
import type { Stores } from '../records/stores.ts';
import { isTurn } from '../records/turns.ts';

/** An envelope as one of its signers stands before it. */
export interface Attendance {
  readonly envelope: Envelope;
  /** The account's name: who asks. */
  readonly sender: string;
  readonly signers: readonly Signer[];
  readonly signer: Signer;
  readonly fields: readonly EnvelopeField[];
}

/** What the pass leads to; inside a transaction nothing of it can move. */
export async function attendanceOf(stores: Stores, pass: Pass): Promise<Attendance> {
  const envelope = await stores.envelopes.find(pass.accountId, pass.envelopeId);
  const signers = await stores.envelopes.signers(pass.envelopeId);
  const signer = signers.find(({ id }) => id === pass.signerId);
  if (!envelope || !signer) throw new Failure('not-found');
  const fields = await stores.envelopes.fields(envelope.id);
  return { envelope, sender: (await stores.accounts.get(pass.accountId)).name, signers, signer, fields };
}

/** The same outside of one: read again when the envelope moved on meanwhile. Its moves never lead back, so it ends. */
export async function settledAttendance(stores: Stores, pass: Pass): Promise<Attendance> {
  const attendance = await attendanceOf(stores, pass);
  const now = await stores.envelopes.find(pass.accountId, pass.envelopeId);
  return now?.state === attendance.envelope.state ? attendance : settledAttendance(stores, pass);
}

type State = CeremonyView['state'];

const states: Readonly<Record<EnvelopeState, State>> = {
  pending: 'open',
  uploaded: 'open',
  preparing: 'open',
  sent: 'open',
  viewed: 'open',
  finishing: 'finishing',
  completed: 'completed',
  vaulted: 'completed',
  released: 'completed',
  destroyed: 'completed',
  declined: 'declined',
  voided: 'voided',
  expired: 'expired',
};

/** How far the ceremony is. Past its time it is expired, whether or not that was written down yet. */
export const stateOf = ({ state, expiresAt }: Envelope, at: number): State =>
  states[state] === 'open' && expiresAt !== null && expiresAt <= at ? 'expired' : states[state];

/** May this signer act now? */
export const mayAct = ({ envelope, signers, signer }: Attendance, at: number): boolean =>
  stateOf(envelope, at) === 'open' && (signer.state === 'waiting' || signer.state === 'consented') && isTurn(envelope, signers, signer);

/** Refuses an act of a signer who may not act now, and says why. */
export function requireTurn(attendance: Attendance, at: number): void {
  const state = stateOf(attendance.envelope, at);
  if (state !== 'open') throw new Failure('ceremony-ended', `It is ${state}.`);
  if (attendance.signer.state === 'signed') throw new Failure('ceremony-ended', 'You have signed; nothing can be changed any more.');
  if (!mayAct(attendance, at)) throw new Failure('not-your-turn');
}

export function requireConsent({ signer }: Attendance): void {
  if (signer.consentedAt === null) throw new Failure('consent-missing');
}

/** A compare-and-set that lost: somebody else was first, and the state is to be read again. */
export function requireMoved(moved: boolean): void {
  if (!moved) throw new Failure('ceremony-changed');
}

/** The time zone of the signer's day: the one that the call reports, else the one that was reported last. */
export const zoneOf = ({ timeZone }: Pick<Signer, 'timeZone'>, reported: string | undefined): string => reported ?? timeZone ?? utc;
