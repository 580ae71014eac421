import type { Run, Signing, Stores } from '../records/ports.ts';
import { unrefused } from '../records/refusal.ts';
import { endedUnsigned, renewal, signStepOf } from '../run/sign-step.ts';

/** Accounts are written down before anything is asked. The first that is still to be asked is due now; each of the others when the one before it was answered. */
export async function planAccounts(stores: Stores, run: Run, at: number): Promise<void> {
  const known = await stores.runs.accounts(run.partnerId, run.id);
  const wanted = run.flow.steps.flatMap((step) => (step.kind === 'provision' ? step.accounts : []));
  let held = false;
  for (const [position, { vendor }] of wanted.entries()) {
    const account = known.find((each) => each.vendor === vendor);
    const due = held ? null : at;
    if (account?.state === 'refused' || account?.state === 'planned')
      await stores.runs.moveAccount(account, { state: 'planned', nextAt: due, tries: 0, ...unrefused });
    held ||= !account || account.state === 'refused' || account.state === 'planned';
    if (account) continue;
    await stores.runs.addAccount({
      runId: run.id,
      partnerId: run.partnerId,
      vendor,
      position,
      state: 'planned',
      vendorRef: null,
      credentialId: null,
      askedAt: null,
      openedAt: null,
      readyAt: null,
      checkedAt: null,
      nextAt: due,
      tries: 0,
      unreachable: false,
      ...unrefused,
    });
  }
}

/** The envelope is planned with the details; one that is there already is looked at anew, it may name somebody else. */
export async function planSigning(stores: Stores, run: Run, at: number): Promise<void> {
  const step = signStepOf(run);
  if (!step) return;
  const known = await stores.signings.find(run.partnerId, run.id);
  if (!known) await stores.signings.add(plannedSigning(run, step.id, at));
  else if (known.vaultedAt === null && known.state !== 'asking' && !endedUnsigned.has(known.state))
    await stores.signings.move(known, { nextAt: at, tries: 0, ...unrefused });
}

/** A plan, as it is written when the details were sent. */
export const plannedSigning = (run: Run, stepId: string, at: number): Signing => ({
  runId: run.id,
  stepId,
  partnerId: run.partnerId,
  signedAt: null,
  vaultAskedAt: null,
  vaultedAt: null,
  ...renewal({ round: 0 }, at),
});
