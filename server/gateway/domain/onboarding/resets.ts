import type { Provisioner } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { ResetRequest } from '../../../../shared/registry.ts';
import type { Edges, Run, Signing, Storage } from '../records/ports.ts';
import { isRefused } from '../records/refusal.ts';
import { progressOf } from '../run/run-progress.ts';
import { endedUnsigned, isUnknown } from '../run/sign-step.ts';
import type { SigningMoves } from '../signing/moves.ts';
import type { SigningVendor } from '../signing/vendor.ts';
import type { AccountMoves } from './account-moves.ts';
import { againstReopening, reopenDetails } from './reopening.ts';
import { findRunOf } from './repairs.ts';

interface Options {
  storage: Storage;
  envelopes: Pick<SigningVendor, 'standing' | 'void'>;
  moves: AccountMoves;
  signingMoves: SigningMoves;
  /** Read once a vendor has answered: what is written has that instant. */
  now: Edges['now'];
  /** Something became due for the workers. */
  wake: () => void;
}

/** 409 names what stands against it. */
const against = (detail: string): Failure => new Failure('run-wrong-state', detail);
const changed = () => against('It changed in the meantime.');

/** What the customer is told with their details. */
const reopened = { pointer: '', code: 'reopened' } as const;

/** A partner opens a step again that was refused or declined. What is complete stays as it is. */
export function createResets({ storage, envelopes, moves, signingMoves, now, wake }: Options) {
  const details = (partnerId: string, runId: string, actor: string, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const run = await findRunOf(stores, partnerId, runId);
      const stands = againstReopening(run, await progressOf(stores, run), 'partner');
      if (stands) throw against(stands);
      await reopenDetails(stores, run, [reopened], at);
      await stores.record({ kind: 'run.reset', at, partner: partnerId, actor, about: { run: runId, step: 'details' } });
    });

  async function provision(run: Run, vendor: Provisioner | undefined, actor: string, at: number): Promise<void> {
    const accounts = await storage.read.runs.accounts(run.partnerId, run.id);
    const refused = accounts.filter((each) => isRefused(each) && (vendor === undefined || each.vendor === vendor));
    if (refused.length === 0) {
      const { state } = accounts.find((each) => each.vendor === vendor) ?? {};
      throw against(vendor && state ? `The account at ${vendor} is ${state}, not refused.` : 'No account of this run was refused.');
    }
    if (run.submittedAt === null) throw against('The details are open: accounts are asked for once they are sent.');
    for (const account of refused) if (!(await moves.retried(account, actor, 'run.reset', at))) throw changed();
  }

  /** Nothing that is complete is voided, and nothing is made beside it. */
  async function endOld(run: Run, envelopeId: string): Promise<void> {
    const key = await storage.read.credentials.findFor(run.partnerId, '', 'loyva', run.mode);
    if (!key) throw new Failure('credential-missing');
    const standing = await envelopes.standing(key, envelopeId);
    if (!standing || endedUnsigned.has(standing.status as Signing['state'])) return;
    const open = standing.status === 'sent' || standing.status === 'viewed';
    const all = standing.signed.size > 0 && [...standing.signed.values()].every(Boolean);
    if (!open || all) throw against(`The envelope ${envelopeId} is ${all && open ? 'signed by everybody' : standing.status}.`);
    const voided = await envelopes.void(key, envelopeId, 'A new envelope takes its place.');
    if (!voided) throw changed();
  }

  async function sign(run: Run, actor: string): Promise<void> {
    const signing = await storage.read.signings.find(run.partnerId, run.id);
    if (!signing) throw against('This run has nothing to sign yet.');
    if (run.submittedAt === null) throw against('The details are open: an envelope is made once they are sent.');
    if (signing.state === 'signed') throw against('The envelope is signed by everybody.');
    if (isUnknown(signing) || signing.unclear)
      throw against('Nobody knows whether the envelope was made: adopt it, or retry, which may make a second one.');
    const ended = endedUnsigned.has(signing.state);
    if (!ended && !isRefused(signing)) throw against(`The envelope is ${signing.state}, neither refused nor declined.`);
    if (!ended && signing.envelopeId !== null) await endOld(run, signing.envelopeId);
    if (!(await signingMoves.renewed(signing, actor, 'run.reset', now()))) throw changed();
  }

  return async (partnerId: string, runId: string, { step, vendor }: ResetRequest, actor: string, at: number): Promise<void> => {
    const run = await findRunOf(storage.read, partnerId, runId);
    if (vendor !== undefined && step !== 'provision')
      throw new Failure('invalid-input', undefined, {
        errors: [{ pointer: '/vendor', code: 'not-allowed', message: 'Only accounts are named by their vendor.' }],
      });
    if (step === 'details') await details(partnerId, runId, actor, at);
    else await (step === 'provision' ? provision(run, vendor, actor, at) : sign(run, actor));
    wake();
  };
}
export type Reset = ReturnType<typeof createResets>;
