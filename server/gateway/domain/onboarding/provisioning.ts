import { eachDue } from '../records/each-due.ts';
import type { Account, Box, Edges, Storage } from '../records/ports.ts';
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

  async function ask(account: Account): Promise<void> {
    const run = await storage.read.runs.find(account.partnerId, account.runId);
    const customer = run && (await storage.read.customers.find(run.partnerId, run.customerId));
    const plan = run && planOf(run, account.vendor);
    // Another account was refused in the meantime: the details are open again, and sending them plans anew.
    if (!plan || !customer || run.submittedAt === null) return void (await moves.rest(account, now()));
    const key = await storage.read.credentials.findFor(run.partnerId, '', account.vendor, run.mode);
    if (!key) return void (await moves.refused(account, keyMissing(account.vendor), [], now()));
    const values = readAnswers(box, run);
    const fields = Object.fromEntries(Object.entries(plan.mapping).map(([theirs, ours]) => [theirs, String(values[ours] ?? '')]));
    const at = now();
    const asked = { state: 'asking' as const, askedAt: at, nextAt: null };
    if (!(await moves.asking(account, asked, at))) return;
    const asking = { ...account, ...asked };
    reached('before-call', account.vendor);
    const opening = await vendors[account.vendor].open(key, customer.externalId, fields);
    reached('after-call', account.vendor);
    await settle(asking, opening).catch(async (error: unknown) => {
      // The vendor has answered but the answer could not be kept: nobody knows any more what it opened.
      report(error, account.runId);
      await moves.unknown(asking, now());
    });
    reached('after-commit', account.vendor);
  }

  async function settle(asking: Account, opening: Opening): Promise<void> {
    if (opening.kind === 'opened') await moves.opened(asking, opening, 'provisioning.opened', now());
    else if (opening.kind === 'refused') await moves.refused(asking, opening.refusal, opening.fields, now());
    else if (opening.kind === 'later') await later(asking, opening.cause);
    else {
      report(opening.cause, asking.runId);
      await moves.unknown(asking, now());
    }
  }

  async function later(account: Account, cause: unknown): Promise<void> {
    report(cause, account.runId);
    await moves.later(account, now());
  }

  /** Asks how far an opened account is, and whether its billing is still to be set up. */
  async function check(account: Account): Promise<void> {
    const key = account.credentialId ? await storage.read.credentials.find(account.partnerId, account.credentialId) : undefined;
    const readiness = vendors[account.vendor].readiness;
    if (!key || !readiness) return void (await moves.rest(account, now()));
    let found: Readiness | undefined;
    try {
      found = await readiness(key);
    } catch (error) {
      if (error instanceof RefusedForGood) return void (await moves.untold(account, error.refusal, now()));
      report(error, account.runId);
    }
    await moves.checked(account, found, now());
  }

  const act = (account: Account): Promise<void> => (account.state === 'planned' ? ask(account) : check(account));

  return eachDue<Account>({
    most: mostAtOnce,
    due: (limit) => storage.read.runs.due(now(), limit),
    nameOf: ({ runId, vendor }) => `${runId} ${vendor}`,
    act,
    interrupted: storage.read.runs.interrupted,
    recover: (account) => (vendors[account.vendor].repeatable ? moves.resumed(account, now()) : moves.unknown(account, now())),
    wake,
    report: (error, { runId }) => report(error, runId),
  });
}
export type Provisioning = ReturnType<typeof createProvisioning>;
