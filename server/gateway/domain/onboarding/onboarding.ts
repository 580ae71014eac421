import { newId } from '../../../../shared/ids.ts';
import { tidied, tidy } from '../../../../shared/onboarding/answers.ts';
import type { Field, Values } from '../../../../shared/onboarding/flow.ts';
import type { OnboardingView } from '../../../../shared/onboarding/onboarding.ts';
import { faultsOf, unknownFields } from '../../../../shared/onboarding/rules.ts';
import { Failure, type Fault } from '../../../../shared/problem.ts';
import { unprinted } from '../../../../shared/text/written.ts';
import type { Box, Run, Session, Signing, Storage, Stores } from '../records/ports.ts';
import { wordsOf } from '../records/refusal.ts';
import { flowInForce } from '../registry/flows.ts';
import type { Profile } from '../run/answers.ts';
import { answersAbout, readAnswers, readProfile } from '../run/answers.ts';
import { type Progress, statusOf, stepStates } from '../run/progress.ts';
import { progressOf } from '../run/run-progress.ts';
import { partyFaults, signStepOf } from '../run/sign-step.ts';
import type { Presence } from '../session/presence.ts';
import { planAccounts, planSigning } from './plans.ts';
import { againstReopening, reopenDetails, usedAnswers } from './reopening.ts';
import type { ProvisioningVendors } from './vendor.ts';
import { describeRun, sectionsOf } from './view.ts';

/** `locked` by the partner, `used` for what is open: neither can be changed. */
interface Filled {
  readonly values: Values;
  readonly locked: string[];
  readonly used: string[];
}

type CustomerOfSession = Pick<Session, 'partnerId' | 'customerId' | 'mode'>;

interface Options {
  storage: Storage;
  box: Box;
  presence: Presence;
  vendors: ProvisioningVendors;
  /** Something became due for the workers. */
  wake: () => void;
}

const fieldsOf = (run: Run): Field[] => sectionsOf(run).flatMap((section) => section.fields);

export function createOnboarding({ storage, box, presence, vendors, wake }: Options) {
  /** The customer's run, begun with the flow in force when there is none yet. */
  async function runIn(stores: Stores, { partnerId, customerId, mode }: CustomerOfSession, at: number): Promise<Run> {
    const known = await stores.runs.findByCustomer(partnerId, customerId);
    if (known) return known;
    const { version, flow } = await flowInForce(stores, partnerId, mode);
    const id = newId('run');
    const run: Run = {
      id,
      partnerId,
      customerId,
      mode,
      flow,
      flowVersion: version,
      revision: 1,
      answers: box.seal('{}', answersAbout(id)),
      faults: [],
      status: 'new',
      savedAt: null,
      submittedAt: null,
      billingDoneAt: null,
      doneAt: null,
      createdAt: at,
      updatedAt: at,
    };
    await stores.runs.insert(run);
    await stores.record({ kind: 'run.started', at, partner: partnerId, about: { run: id, customer: customerId, flow: version } });
    return run;
  }

  async function profileOf(stores: Stores, { partnerId, customerId }: CustomerOfSession): Promise<Profile> {
    const customer = await stores.customers.find(partnerId, customerId);
    return customer ? readProfile(box, customer) : {};
  }

  /** What is filled in: the partner's words where nothing was typed, and always where they are locked; and what is open was opened with. */
  function valuesOf(run: Run, { locked = [], ...prefill }: Profile, progress: Progress): Filled {
    const known = new Set(fieldsOf(run).map(({ name }) => name));
    const given = Object.fromEntries(Object.entries(prefill).filter(([name]) => known.has(name))) as Values;
    const fixed = locked.filter((name) => given[name] !== undefined);
    return {
      values: { ...given, ...readAnswers(box, run), ...Object.fromEntries(fixed.map((name) => [name, given[name] ?? ''])) },
      locked: fixed,
      used: usedAnswers(run, progress).filter((name) => known.has(name) && !fixed.some((each) => each === name)),
    };
  }

  function assertWritable(run: Run, typed: Values, { values, locked, used }: Filled): void {
    const errors: Fault[] = unknownFields(fieldsOf(run), typed);
    const changed = (names: readonly string[]) => names.filter((name) => name in typed && tidy(typed[name]) !== tidy(values[name]));
    const fault = (name: string, message: string): Fault => ({ pointer: `/values/${name}`, code: 'locked', message });
    errors.push(...changed(locked).map((name) => fault(name, 'The partner has fixed this answer.')));
    errors.push(...changed(used).map((name) => fault(name, 'Something was opened with this answer already.')));
    if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
    if (run.submittedAt !== null) throw new Failure('step-not-open', 'These details were already sent.');
  }

  const runOf = async (session: Session, at: number): Promise<Run> =>
    (await storage.read.runs.findByCustomer(session.partnerId, session.customerId)) ??
    storage.transact((stores) => runIn(stores, session, at));

  async function view(session: Session, at: number): Promise<OnboardingView> {
    const run = await runOf(session, at);
    const progress = await progressOf(storage.read, run);
    const { values, locked, used } = valuesOf(run, await profileOf(storage.read, session), progress);
    const origins = await storage.read.partners.origins(run.partnerId);
    const saidBy = (vendor: string): string | null => {
      const owner = vendor === 'loyva' ? progress.signing : progress.accounts.find((each) => each.vendor === vendor);
      return owner ? wordsOf(box, owner) : null;
    };
    const elsewhere = presence.look(run.id, session.id);
    return describeRun(run, progress, { values, locked: [...locked, ...used], elsewhere, origins, saidBy });
  }

  /** Somebody is watching: what waits for a vendor is asked for at least every few seconds. */
  async function hasten(session: Session, at: number): Promise<void> {
    const run = await storage.read.runs.findByCustomer(session.partnerId, session.customerId);
    if (!run || run.status === 'done') return;
    const { accounts, signing } = await progressOf(storage.read, run);
    const late = accounts.filter((each) => {
      const last = Math.max(each.askedAt ?? 0, each.checkedAt ?? 0);
      return each.nextAt !== null && each.nextAt > at && last > 0 && last < at - 2_500;
    });
    for (const account of late) await storage.transact((stores) => stores.runs.moveAccount(account, { nextAt: at }));
    const waits = signing !== undefined && isLate(signing, at);
    if (waits) await storage.transact((stores) => stores.signings.move(signing, { nextAt: at }));
    if (late.length > 0 || waits) wake();
  }

  /**
   * Keeps what was typed. `revision` is the one the browser last saw; another one means that another tab was faster. Without one it is a page
   * that is being closed: nobody is there to merge, and of what both have answered the last counts.
   */
  async function saveDraft(
    session: Session,
    revision: number | undefined,
    typed: Values,
    at: number,
  ): Promise<{ revision: number; savedAt: number }> {
    return storage.transact(async (stores) => {
      const run = await runIn(stores, session, at);
      if (revision !== undefined && run.revision !== revision) throw new Failure('draft-changed');
      const progress = await progressOf(stores, run);
      assertWritable(run, typed, valuesOf(run, await profileOf(stores, session), progress));
      const answers = { ...readAnswers(box, run), ...typed };
      const change = { answers: box.seal(JSON.stringify(answers), answersAbout(run.id)), savedAt: at, updatedAt: at };
      const status = statusOf({ ...run, ...change }, progress);
      await stores.runs.update(run.partnerId, run.id, run.revision, { ...change, status });
      return { revision: run.revision + 1, savedAt: at };
    });
  }

  /** Takes the details, once they are without fault, and plans what they are for. With a revision, only if nobody else wrote since. */
  async function submit(session: Session, typed: Values, revision: number | undefined, at: number): Promise<void> {
    await storage.transact(async (stores) => {
      const run = await runIn(stores, session, at);
      if (revision !== undefined && run.revision !== revision) throw new Failure('draft-changed');
      const filled = valuesOf(run, await profileOf(stores, session), await progressOf(stores, run));
      assertWritable(run, typed, filled);
      const values = tidied({ ...filled.values, ...typed });
      const sign = signStepOf(run);
      const faults = faultsOf(sectionsOf(run), values, unprinted);
      const told = new Set(faults.map(({ pointer }) => pointer));
      const errors = [...faults, ...(sign ? partyFaults(sign, values).filter(({ pointer }) => !told.has(pointer)) : [])];
      if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
      await planAccounts(stores, run, at);
      await planSigning(stores, run, at);
      const change = {
        answers: box.seal(JSON.stringify(values), answersAbout(run.id)),
        faults: [],
        savedAt: at,
        submittedAt: at,
        updatedAt: at,
      };
      const next = { ...run, ...change };
      const status = statusOf(next, await progressOf(stores, run));
      await stores.runs.update(run.partnerId, run.id, run.revision, { ...change, status, doneAt: status === 'done' ? at : null });
      await stores.record({ kind: 'run.details', at, partner: run.partnerId, actor: session.sub, about: { run: run.id } });
    });
    wake();
  }

  /** Opens details that were sent, as long as nothing was opened with them. */
  async function reopen(session: Session, stepId: string, at: number): Promise<void> {
    await storage.transact(async (stores) => {
      const run = await runIn(stores, session, at);
      const step = run.flow.steps.find(({ id }) => id === stepId);
      if (!step) throw new Failure('not-found', 'The flow has no such step.');
      if (step.kind !== 'details') throw new Failure('step-not-open', 'This step is not taken by the customer.');
      const against = againstReopening(run, await progressOf(stores, run), 'customer');
      if (against) throw new Failure('step-not-open', against);
      await reopenDetails(stores, run, [], at);
      await stores.record({ kind: 'run.reopened', at, partner: run.partnerId, actor: session.sub, about: { run: run.id } });
    });
  }

  /** The vendor's payment page, asked for now: it carries a secret. */
  async function billingLink(session: Session, stepId: string): Promise<string> {
    const run = await storage.read.runs.findByCustomer(session.partnerId, session.customerId);
    const progress = run && (await progressOf(storage.read, run));
    const open = progress && stepStates(run, progress).find(({ step, state }) => step.id === stepId && state === 'open')?.step;
    if (open?.kind !== 'billing') throw new Failure('step-not-open');
    const account = progress?.accounts.find(({ vendor }) => vendor === open.vendor);
    const key = account?.credentialId ? await storage.read.credentials.find(session.partnerId, account.credentialId) : undefined;
    const readiness = vendors[open.vendor].readiness;
    if (!key || !readiness) throw new Failure('credential-missing');
    const { billingUrl } = await readiness(key);
    if (billingUrl === null) throw new Failure('step-not-open', 'No set-up is needed any more.');
    return billingUrl;
  }

  return {
    view,
    hasten,
    saveDraft,
    async reopen(session: Session, stepId: string, at: number): Promise<OnboardingView> {
      await reopen(session, stepId, at);
      return view(session, at);
    },
    leave: async (session: Session) => {
      const run = await storage.read.runs.findByCustomer(session.partnerId, session.customerId);
      if (run) presence.leave(run.id, session.id);
    },

    /** Takes one step: `details` answers with the run as it is now, `billing` with the payment page. */
    async take(
      session: Session,
      stepId: string,
      typed: Values,
      revision: number | undefined,
      at: number,
    ): Promise<{ view: OnboardingView } | { billingUrl: string }> {
      const { flow } = await runOf(session, at);
      const step = flow.steps.find(({ id }) => id === stepId);
      if (!step) throw new Failure('not-found', 'The flow has no such step.');
      if (step.kind === 'billing') return { billingUrl: await billingLink(session, stepId) };
      if (step.kind !== 'details') throw new Failure('step-not-open', 'This step is not taken by the customer.');
      await submit(session, typed, revision, at);
      return { view: await view(session, at) };
    },
  };
}
export type Onboarding = ReturnType<typeof createOnboarding>;

/** Is it time to ask again while somebody watches? Making an envelope is heavier than asking how it is. */
function isLate({ state, askedAt, checkedAt, nextAt }: Signing, at: number): boolean {
  if (nextAt === null || nextAt <= at) return false;
  return Math.max(askedAt ?? 0, checkedAt ?? 0) < at - (state === 'planned' ? 15_000 : 2_500);
}
