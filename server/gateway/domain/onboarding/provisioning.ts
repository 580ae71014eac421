import { eachDue } from '../records/each-due.ts';
import type { AccountRow, Box, Edges, Storage } from '../records/ports.ts';
import { keyMissing, RefusedForGood } from '../records/refusal.ts';
import { readAnswers } from '../run/answers.ts';
import { type AccountMoves, planOf } from './account-moves.ts';
import type { Opening, ProvisioningVendors, Readiness } from './vendor.ts';

interface Options {
  storage: Storage;
  box: Box;
  edges: Edges;
  vendors: ProvisioningVendors;
  moves: AccountMoves;
  /** Something may have become due: the next account of a run, once the one before it was answered. */
  wake: () => void;
}

/** Calls in flight at once, over all partners. */
const mostAtOnce = 32;

/**
 * Opens accounts. Each is written down as `asking` before the request leaves; a process killed in between leaves a row that says so, and
 * the next start makes of it what is true: asked again where the vendor can be asked again safely, `unknown` where it cannot.
 */
export function createProvisioning({ storage, box, edges, vendors, moves, wake }: Options) {
  const { now, reached, report } = edges;

  async function ask(account: AccountRow): Promise<void> {
    const run = await storage.read.runs.find(account.partner_id, account.run_id);
    const customer = run && (await storage.read.customers.find(run.partner_id, run.customer_id));
    const plan = run && planOf(run, account.vendor);
    // Another account was refused in the meantime: the details are open again, and sending them plans anew.
    if (!plan || !customer || run.submitted_at === null) return void (await moves.rest(account));
    const key = await storage.read.credentials.findFor(run.partner_id, '', account.vendor, run.mode);
    if (!key) return void (await moves.refused(account, keyMissing(account.vendor), []));
    const values = readAnswers(box, run);
    const fields = Object.fromEntries(Object.entries(plan.mapping).map(([theirs, ours]) => [theirs, String(values[ours] ?? '')]));
    const asked = { state: 'asking' as const, asked_at: now(), next_at: null };
    if (!(await moves.asking(account, asked))) return;
    const asking = { ...account, ...asked };
    reached('before-call', account.vendor);
    const opening = await vendors[account.vendor].open(key, customer.external_id, fields);
    reached('after-call', account.vendor);
    await settle(asking, opening).catch(async (error: unknown) => {
      // The vendor has answered but the answer could not be kept: nobody knows any more what it opened.
      report(error, account.run_id);
      await moves.unknown(asking);
    });
    reached('after-commit', account.vendor);
  }

  async function settle(asking: AccountRow, opening: Opening): Promise<void> {
    if (opening.kind === 'opened') await moves.opened(asking, opening.ref, opening.secret, 'provisioning.opened');
    else if (opening.kind === 'refused') await moves.refused(asking, opening.refusal, opening.fields);
    else if (opening.kind === 'later') await later(asking, opening.cause);
    else {
      report(opening.cause, asking.run_id);
      await moves.unknown(asking);
    }
  }

  async function later(account: AccountRow, cause: unknown): Promise<void> {
    report(cause, account.run_id);
    await moves.later(account);
  }

  /** Asks how far an opened account is, and whether its billing is still to be set up. */
  async function check(account: AccountRow): Promise<void> {
    const key = account.credential_id ? await storage.read.credentials.find(account.partner_id, account.credential_id) : undefined;
    const readiness = vendors[account.vendor].readiness;
    if (!key || !readiness) return void (await moves.rest(account));
    let found: Readiness | undefined;
    try {
      found = await readiness(key);
    } catch (error) {
      if (error instanceof RefusedForGood) return void (await moves.untold(account, error.refusal));
      report(error, account.run_id);
    }
    await moves.checked(account, found);
  }

  const act = (account: AccountRow): Promise<void> => (account.state === 'planned' ? ask(account) : check(account));

  return eachDue<AccountRow>({
    most: mostAtOnce,
    due: (limit) => storage.read.runs.due(now(), limit),
    nameOf: ({ run_id, vendor }) => `${run_id} ${vendor}`,
    act,
    interrupted: storage.read.runs.interrupted,
    recover: (account) => (vendors[account.vendor].repeatable ? moves.resumed(account) : moves.unknown(account)),
    wake,
    report: (error, { run_id }) => report(error, run_id),
  });
}
export type Provisioning = ReturnType<typeof createProvisioning>;
