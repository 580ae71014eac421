import type { Provisioner, Step } from '../../../../shared/onboarding/flow.ts';
import type { AccountState, RunStatus, SignState } from '../../../../shared/onboarding/onboarding.ts';
import type { Account, Run, Signing } from '../records/ports.ts';
import { isRefused } from '../records/refusal.ts';
import { isUnknown } from './sign-step.ts';

/** A run's state as the customer meets it; everything here follows from the run, its accounts and its envelope, nothing is stored twice. */
export interface StepState {
  readonly step: Step;
  readonly state: 'done' | 'open' | 'todo';
  readonly at: number | null;
}

type Facts = Pick<Run, 'flow' | 'submittedAt' | 'billingDoneAt' | 'savedAt'>;

/** What hangs on a run beside itself. */
export interface Progress {
  readonly accounts: readonly Account[];
  /** The envelope of the run's `sign` step, once the details were sent. */
  readonly signing: Signing | undefined;
}

export function stepStates(run: Facts, progress: Progress): StepState[] {
  const states: StepState[] = [];
  for (const step of run.flow.steps) {
    const before = states.every((each) => each.state === 'done');
    states.push({ step, ...stateOf(step, run, progress, before) });
  }
  return states;
}

function stateOf(
  step: Step,
  run: Facts,
  { accounts, signing }: Progress,
  before: boolean,
): { state: StepState['state']; at: number | null } {
  const account = (vendor: Provisioner) => accounts.find((each) => each.vendor === vendor);
  switch (step.kind) {
    case 'details':
      return run.submittedAt === null ? { state: 'open', at: null } : { state: 'done', at: run.submittedAt };
    case 'provision': {
      if (run.submittedAt === null) return { state: 'todo', at: null };
      const own = step.accounts.map(({ vendor }) => account(vendor)?.readyAt ?? null);
      return own.every((at) => at !== null) ? { state: 'done', at: Math.max(...own) } : { state: 'open', at: null };
    }
    case 'sign':
      if (run.submittedAt === null || !signing) return { state: 'todo', at: null };
      return { state: signing.state === 'signed' ? 'done' : 'open', at: signing.signedAt };
    case 'billing':
      if (run.billingDoneAt !== null) return { state: 'done', at: run.billingDoneAt };
      // Who declines the agreement is asked for no payment.
      if (run.submittedAt === null || account(step.vendor)?.state !== 'ready' || signing?.state === 'declined')
        return { state: 'todo', at: null };
      if (isRefused(account(step.vendor))) return { state: 'open', at: null };
      // Ready and nothing left to ask: the vendor wants no set-up, or the account was taken over without its key and nobody here can see.
      return { state: account(step.vendor)?.nextAt === null ? 'done' : 'open', at: null };
    case 'done':
      return { state: before ? 'done' : 'todo', at: null };
  }
}

/** How far the envelope is, in the view's words. */
export function signStateOf(run: Facts, { signing }: Pick<Progress, 'signing'>): SignState {
  if (run.submittedAt === null || !signing) return 'todo';
  if (isUnknown(signing)) return 'unknown';
  // What is signed stays so, whatever the vault says.
  if (isRefused(signing) && signing.state !== 'signed') return 'refused';
  return signing.state === 'planned' || signing.state === 'asking' ? 'preparing' : signing.state;
}

/** The step that is shown first: one where it is the customer's turn, else the first that is under way, else the end. */
export function currentStep(run: Facts, progress: Progress): string {
  const states = stepStates(run, progress);
  const open = states.filter(({ state }) => state === 'open');
  const first = (kind: Step['kind']) => open.find(({ step }) => step.kind === kind);
  const sign = ['open', 'declined'].includes(signStateOf(run, progress)) ? first('sign') : undefined;
  return (first('details') ?? sign ?? first('billing') ?? open[0] ?? states.at(-1))?.step.id ?? '';
}

/** Every step is done: nothing more is wanted of the customer. */
export const isComplete = (run: Facts, progress: Progress): boolean => stepStates(run, progress).every(({ state }) => state === 'done');

/** How far one account is: a refusal stands before whatever it had come to. */
export const accountStateOf = (account: Account): AccountState => (isRefused(account) ? 'refused' : account.state);

export function statusOf(run: Facts, progress: Progress): RunStatus {
  const { accounts, signing } = progress;
  const states = stepStates(run, progress);
  const refused = run.submittedAt !== null && [...accounts, signing].some(isRefused);
  if (isComplete(run, progress) && !refused) return 'done';
  if (signStateOf(run, progress) === 'declined') return 'declined';
  if (accounts.some(({ state }) => state === 'unknown') || signStateOf(run, progress) === 'unknown') return 'unknown';
  if (run.submittedAt === null) return run.savedAt === null ? 'new' : 'in_progress';
  if (refused) return 'refused';
  const open = states.filter(({ state }) => state === 'open');
  return open.length > 0 && open.every(({ step }) => step.kind === 'billing') ? 'waiting_billing' : 'in_progress';
}

/** Does a billing step of this run wait for this vendor? */
export const awaitsBilling = (run: Facts, vendor: Provisioner): boolean =>
  run.billingDoneAt === null && run.flow.steps.some((step) => step.kind === 'billing' && step.vendor === vendor);
