import type { Section, Values } from '../../../../shared/onboarding/flow.ts';
import type { OnboardingView } from '../../../../shared/onboarding/onboarding.ts';
import type { Fault } from '../../../../shared/problem.ts';
import type { Account, Run } from '../records/ports.ts';
import { isRefused } from '../records/refusal.ts';
import { accountStateOf, currentStep, isComplete, type Progress, signStateOf, stepStates } from '../run/progress.ts';
import { signStepOf } from '../run/sign-step.ts';
import { againstReopening } from './reopening.ts';

export const sectionsOf = ({ flow }: Run): Section[] => flow.steps.flatMap((step) => (step.kind === 'details' ? step.sections : []));

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The vendor's page is offered only where it can be asked for. */
const billingStateOf = (state: keyof typeof billingStates, account: Account | undefined) =>
  state === 'open' && isRefused(account) ? 'refused' : billingStates[state];

const billingStates = { done: 'done', open: 'needed', todo: 'waiting' } as const;

/** What the view shows that is not of the run itself. */
export interface Around {
  values: Values;
  locked: string[];
  elsewhere: boolean;
  /** The partner's registered origins: where a redirect may lead. */
  origins: readonly string[];
  /** The sentence with which a vendor refused. */
  saidBy: (vendor: string) => string | null;
}

/** A vendor's refusal at a question, with its own words: they are kept sealed, apart from the run. */
function worded(fault: Fault, saidBy: Around['saidBy']): Fault {
  const said = fault.code === 'vendor-refused' && fault.params?.vendor !== undefined ? saidBy(String(fault.params.vendor)) : null;
  return said === null ? fault : { ...fault, params: { ...fault.params, said } };
}

function describeSigning(run: Run, progress: Progress): OnboardingView['sign'] {
  const { signing } = progress;
  const step = signStepOf(run);
  if (!step) return null;
  return {
    state: signStateOf(run, progress),
    envelope_id: signing?.envelopeId ?? null,
    title: step.title,
    renewed: (signing?.round ?? 1) > 1,
    signed_at: iso(signing?.signedAt ?? null),
    vaulted_at: iso(signing?.vaultedAt ?? null),
    unreachable: signing?.unreachable ?? false,
  };
}

/** The run as its customer sees it. */
export function describeRun(run: Run, progress: Progress, { values, locked, elsewhere, origins, saidBy }: Around): OnboardingView {
  const { accounts } = progress;
  const states = stepStates(run, progress);
  const billing = run.flow.steps.find((step) => step.kind === 'billing');
  const done = run.flow.steps.find((step) => step.kind === 'done');
  const account = accounts.find(({ vendor }) => vendor === billing?.vendor);
  const leads = done?.redirect !== undefined && origins.includes(new URL(done.redirect).origin);
  return {
    run_id: run.id,
    // What a vault refuses is between it and the partner.
    status: isComplete(run, progress) ? 'done' : run.status,
    revision: run.revision,
    saved_at: iso(run.savedAt),
    elsewhere,
    step: currentStep(run, progress),
    steps: states.map(({ step, state, at }) => ({
      id: step.id,
      kind: step.kind,
      label: step.label ?? null,
      state,
      at: iso(step.kind === 'done' ? run.doneAt : at),
    })),
    details: {
      sections: sectionsOf(run),
      values,
      locked,
      faults: run.faults.map((fault) => worded(fault, saidBy)),
      editable: run.submittedAt === null,
      reopenable: againstReopening(run, progress, 'customer') === undefined,
    },
    accounts: accounts.map((each) => ({
      vendor: each.vendor,
      state: accountStateOf(each),
      asked_at: iso(each.askedAt),
      opened_at: iso(each.openedAt),
      ready_at: iso(each.readyAt),
      checked_at: iso(each.checkedAt),
      unreachable: each.unreachable,
    })),
    billing: billing
      ? {
          vendor: billing.vendor,
          state: billingStateOf(states.find(({ step }) => step === billing)?.state ?? 'todo', account),
          checked_at: iso(account?.checkedAt ?? null),
          done_at: iso(run.billingDoneAt),
        }
      : null,
    sign: describeSigning(run, progress),
    done: {
      message: done?.message ?? null,
      redirect: leads ? (done?.redirect ?? null) : null,
      redirect_label: done?.redirect_label ?? null,
    },
  };
}
