import { Failure } from '../../../../shared/problem.ts';
import type { Box, Session, Storage } from '../records/ports.ts';
import { readAnswers, readSigner } from '../run/answers.ts';
import { partyOf, signStepOf } from '../run/sign-step.ts';

/** Whose part a session plays in which envelope. */
export interface Seat {
  readonly envelopeId: string;
  readonly email: string;
}

export type Signer = Pick<Session, 'id' | 'jti' | 'partnerId' | 'customerId' | 'envelopeId' | 'mode' | 'widget'>;
export type SeatOf = (session: Signer) => Promise<Seat>;

/** A `sign` session has its envelope by its token; an onboarding one that of its run's `sign` step, as long as the step is open. */
export const createSignerOfSession =
  ({ storage, box }: { storage: Storage; box: Box }): SeatOf =>
  async (session) => {
    if (session.widget === 'sign') {
      const mint = await storage.read.sessions.findMint(session.partnerId, session.jti);
      if (!mint) throw new Failure('session-ended');
      return { envelopeId: session.envelopeId, email: readSigner(box, mint) };
    }
    const run = await storage.read.runs.findByCustomer(session.partnerId, session.customerId);
    const step = run && signStepOf(run);
    if (!step) throw new Failure('not-found', 'This onboarding has nothing to sign.');
    const signing = await storage.read.signings.find(session.partnerId, run.id);
    if (run.submittedAt === null || !signing?.envelopeId) throw new Failure('step-not-open');
    return { envelopeId: signing.envelopeId, email: partyOf(step, readAnswers(box, run)).email };
  };
