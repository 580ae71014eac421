import type { OnboardingView, Section, Values } from '../../../shared/onboarding.ts';
import type { RunRow } from './ports.ts';
import { currentStep, type Progress, signStateOf, stepStates } from './progress.ts';
import { signStepOf } from './sign-step.ts';

export const sectionsOf = ({ flow }: RunRow): Section[] => flow.steps.flatMap((step) => (step.kind === 'details' ? step.sections : []));

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const billingStates = { done: 'done', open: 'needed', todo: 'waiting' } as const;

/** What the view shows that is not of the run itself. */
export interface Around {
  values: Values;
  locked: string[];
  elsewhere: boolean;
  /** The partner's registered origins: where a redirect may lead. */
  origins: readonly string[];
}

function describeSigning(run: RunRow, progress: Progress): OnboardingView['sign'] {
  const { signing } = progress;
  const step = signStepOf(run);
  if (!step) return null;
  return {
    state: signStateOf(run, progress),
    envelope_id: signing?.envelope_id ?? null,
    title: step.title,
    signed_at: iso(signing?.signed_at ?? null),
    vaulted_at: iso(signing?.vaulted_at ?? null),
    unreachable: signing?.unreachable ?? false,
  };
}

/** The run as its customer sees it. */
export function describeRun(run: RunRow, progress: Progress, { values, locked, elsewhere, origins }: Around): OnboardingView {
  const { accounts } = progress;
  const states = stepStates(run, progress);
  const billing = run.flow.steps.find((step) => step.kind === 'billing');
  const done = run.flow.steps.find((step) => step.kind === 'done');
  const account = accounts.find(({ vendor }) => vendor === billing?.vendor);
  const leads = done?.redirect !== undefined && origins.includes(new URL(done.redirect).origin);
  return {
    run_id: run.id,
    status: run.status,
    revision: run.revision,
    saved_at: iso(run.saved_at),
    elsewhere,
    step: currentStep(run, progress),
    steps: states.map(({ step, state, at }) => ({
      id: step.id,
      kind: step.kind,
      label: step.label ?? null,
      state,
      at: iso(step.kind === 'done' ? run.done_at : at),
    })),
    details: { sections: sectionsOf(run), values, locked, faults: run.faults, editable: run.submitted_at === null },
    accounts: accounts.map((each) => ({
      vendor: each.vendor,
      state: each.state,
      asked_at: iso(each.asked_at),
      opened_at: iso(each.opened_at),
      ready_at: iso(each.ready_at),
      checked_at: iso(each.checked_at),
      unreachable: each.unreachable,
    })),
    billing: billing
      ? {
          vendor: billing.vendor,
          state: billingStates[states.find(({ step }) => step === billing)?.state ?? 'todo'],
          checked_at: iso(account?.checked_at ?? null),
          done_at: iso(run.billing_done_at),
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
