import { Failure } from '../../../../shared/problem.ts';
import type { ConsentRequest } from '../../../../shared/signing/ceremony.ts';
import type { Stores } from '../records/stores.ts';
import { type Attendance, requireMoved, requireTurn } from './attendance.ts';
import type { Call } from './call.ts';
import { consentOf, writeConsent } from './consent-words.ts';
import { provenanceOf } from './provenance.ts';

/** The signer agrees to the words that were shown: to others, and by a page that showed others, nothing is agreed (409 `ceremony-changed`). */
export async function consent(stores: Stores, attendance: Attendance, call: Call, request: ConsentRequest): Promise<void> {
  const { envelope, signer, sender } = attendance;
  const { at } = call;
  if (signer.consentedAt !== null) return;
  requireTurn(attendance, at);
  const words = consentOf(sender);
  if (request.version !== words.version || request.sha256 !== words.sha256)
    throw new Failure('ceremony-changed', 'The words to agree to are others now.');
  const reached = provenanceOf(call, sender);
  requireMoved(await stores.envelopes.moveSigner(signer, { state: 'consented', consentedAt: at, reached, timeZone: request.time_zone }));
  requireMoved(await stores.envelopes.move(envelope, { ...(envelope.state === 'sent' && { state: 'viewed' as const }), updatedAt: at }));
  const event = { envelopeId: envelope.id, at, signerId: signer.id, reached };
  await stores.envelopes.record({ ...event, kind: 'signer.consented', detail: writeConsent(words) });
}
