import type { RunRow, SigningRow, Stores } from '../records/ports.ts';
import { unrefused } from '../records/refusal.ts';
import { endedUnsigned, signStepOf } from '../run/sign-step.ts';

/** Accounts are written down before anything is asked. The first that is still to be asked is due now; each of the others when the one before it was answered. */
export async function planAccounts(stores: Stores, run: RunRow, at: number): Promise<void> {
  const known = await stores.runs.accounts(run.partner_id, run.id);
  const wanted = run.flow.steps.flatMap((step) => (step.kind === 'provision' ? step.accounts : []));
  let held = false;
  for (const [position, { vendor }] of wanted.entries()) {
    const account = known.find((each) => each.vendor === vendor);
    const due = held ? null : at;
    if (account?.state === 'refused' || account?.state === 'planned')
      await stores.runs.moveAccount(account, { state: 'planned', next_at: due, tries: 0, ...unrefused });
    held ||= !account || account.state === 'refused' || account.state === 'planned';
    if (account) continue;
    await stores.runs.addAccount({
      run_id: run.id,
      partner_id: run.partner_id,
      vendor,
      position,
      state: 'planned',
      vendor_ref: null,
      credential_id: null,
      asked_at: null,
      opened_at: null,
      ready_at: null,
      checked_at: null,
      next_at: due,
      tries: 0,
      unreachable: false,
      ...unrefused,
    });
  }
}

/** The envelope is planned with the details; one that is there already is looked at anew, it may name somebody else. */
export async function planSigning(stores: Stores, run: RunRow, at: number): Promise<void> {
  const step = signStepOf(run);
  if (!step) return;
  const known = await stores.signings.find(run.partner_id, run.id);
  if (!known) await stores.signings.add(plannedSigning(run, step.id, at));
  else if (known.vaulted_at === null && known.state !== 'asking' && !endedUnsigned.has(known.state))
    await stores.signings.move(known, { next_at: at, tries: 0, ...unrefused });
}

/** A plan, as it is written when the details were sent. */
export const plannedSigning = (run: RunRow, stepId: string, at: number): SigningRow => ({
  run_id: run.id,
  step_id: stepId,
  partner_id: run.partner_id,
  state: 'planned',
  round: 1,
  unclear: false,
  envelope_id: null,
  party: null,
  document_sha256: null,
  faults: [],
  vendor_status: null,
  asked_at: null,
  signed_at: null,
  vault_asked_at: null,
  vaulted_at: null,
  checked_at: null,
  next_at: at,
  tries: 0,
  unreachable: false,
  ...unrefused,
});
