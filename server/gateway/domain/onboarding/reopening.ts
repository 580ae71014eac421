import type { Fault } from '../../../../shared/problem.ts';
import type { Account, Run, Signing, Stores } from '../records/ports.ts';
import { isRefused } from '../records/refusal.ts';
import type { Progress } from '../run/progress.ts';
import { statusOf } from '../run/progress.ts';
import { progressOf } from '../run/run-progress.ts';
import { endedUnsigned, renewal, signStepOf } from '../run/sign-step.ts';
import { planOf } from './account-moves.ts';

/** Something was opened with the details, or may have been. */
const isOpened = ({ state }: Account): boolean => ['asking', 'opened', 'ready', 'unknown'].includes(state);
const isSigned = ({ state }: Signing): boolean => ['waiting', 'finishing', 'signed'].includes(state);

/** The answers that stay as they are: something was opened with them, and no vendor complains of them. */
export function usedAnswers(run: Run, { accounts, signing }: Progress): string[] {
  const step = signStepOf(run);
  const used = [
    ...accounts.filter(isOpened).flatMap(({ vendor }) => Object.values(planOf(run, vendor)?.mapping ?? {})),
    ...(step && signing && isSigned(signing) ? [step.signer.email, ...step.signer.name, ...Object.values(step.prefill ?? {}).flat()] : []),
  ];
  const blamed = new Set(run.faults.map(({ pointer }) => pointer));
  return [...new Set(used)].filter((name) => !blamed.has(`/values/${name}`));
}

/**
 * What stands against opening the details again, in a sentence. The customer may as long as nothing was opened with them; the partner also where
 * something was refused, or ended unsigned.
 */
export function againstReopening(run: Run, { accounts, signing }: Progress, who: 'customer' | 'partner'): string | undefined {
  if (run.submittedAt === null) return 'The details are open already.';
  const asked = accounts.find(({ state }) => state === 'asking')?.vendor ?? (signing?.state === 'asking' ? 'loyva' : undefined);
  if (asked) return `${asked} is being asked just now.`;
  const stuck = [...accounts, signing].some(isRefused) || (signing !== undefined && endedUnsigned.has(signing.state));
  if (who === 'partner' && stuck) return undefined;
  const opened = accounts.find(isOpened)?.vendor;
  if (opened) return `An account at ${opened} was opened with them${who === 'partner' ? ', and nothing was refused or declined' : ''}.`;
  if (signing?.envelopeId || signing?.unclear)
    return `An envelope was made with them${who === 'partner' ? ', and nothing was refused or declined' : ''}.`;
  return undefined;
}

/** Opens the details again. An envelope that ended unsigned makes room for another: it will be wanted when they are sent. */
export async function reopenDetails(stores: Stores, run: Run, faults: Fault[], at: number): Promise<void> {
  const { signing } = await progressOf(stores, run);
  if (signing && endedUnsigned.has(signing.state)) await stores.signings.move(signing, renewal(signing, at));
  const next = { ...run, faults, submittedAt: null };
  const status = statusOf(next, await progressOf(stores, run));
  await stores.runs.update(run.partnerId, run.id, run.revision, { faults, submittedAt: null, doneAt: null, status, updatedAt: at });
}
