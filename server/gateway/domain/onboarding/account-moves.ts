import type { Provisioner } from '../../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { backoff } from '../records/backoff.ts';
import type { Account, Box, Credential, Run, Storage, Stores } from '../records/ports.ts';
import { type Refusal, refusedWith, unrefused } from '../records/refusal.ts';
import { storeSecret } from '../registry/credentials.ts';
import { awaitsBilling } from '../run/progress.ts';
import { refreshRun } from '../run/run-progress.ts';
import type { FieldRefusal, ProvisioningVendors, Readiness } from './vendor.ts';

interface Options {
  storage: Storage;
  box: Box;
  vendors: ProvisioningVendors;
}

/** What was opened at the vendor; `actor`, where somebody says so. */
interface Opened {
  readonly ref: string;
  readonly secret: string | undefined;
  readonly actor?: string;
}

/** What else follows from a move, decided in its transaction. */
interface Consequences {
  readonly account?: Partial<Account>;
  readonly run?: Partial<Run>;
}
type Decide = (stores: Stores, run: Run) => Promise<Consequences>;

export const planOf = (run: Run, vendor: Provisioner) =>
  run.flow.steps.flatMap((step) => (step.kind === 'provision' ? step.accounts : [])).find((each) => each.vendor === vendor);

/** The moves of an account, each one transaction with what it means for the run. False when another was faster: then nothing happens. */
export function createAccountMoves({ storage, box, vendors }: Options) {
  function move(
    account: Account,
    change: Partial<Account>,
    kind: string,
    at: number,
    decide: Decide = async () => ({}),
    stands: (run: Run) => boolean = () => true,
  ): Promise<boolean> {
    return storage.transact(async (stores) => {
      const run = await stores.runs.find(account.partnerId, account.runId);
      if (!run || !stands(run) || !(await stores.runs.moveAccount(account, change))) return false;
      const more = await decide(stores, run);
      if (more.account) await stores.runs.moveAccount({ ...account, state: change.state ?? account.state }, more.account);
      const ref = more.account?.vendorRef ?? account.vendorRef;
      if (kind) await stores.record({ kind, at, partner: run.partnerId, about: { run: run.id, vendor: account.vendor, ref } });
      await refreshRun(stores, run, { ...run, ...more.run }, at);
      return true;
    });
  }

  /** The next account of the run becomes due once the one before it was answered one way or another. */
  async function release(stores: Stores, account: Account, at: number): Promise<void> {
    const accounts = await stores.runs.accounts(account.partnerId, account.runId);
    const held = accounts.find((each) => each.position > account.position && each.state === 'planned' && each.nextAt === null);
    if (held) await stores.runs.moveAccount(held, { nextAt: at });
  }
  /** The log says whom it waits for; a key that is refused is told under its own name. */
  async function recordRefusal(stores: Stores, run: Run, { vendor, credentialId, state }: Account, { reason }: Refusal, at: number) {
    const entry = { at, partner: run.partnerId };
    await stores.record({ ...entry, kind: 'provisioning.refused', about: { run: run.id, vendor, why: reason } });
    if (reason !== 'key') return;
    const own = await stores.credentials.findFor(run.partnerId, '', vendor, run.mode);
    const credential = state === 'asking' || state === 'planned' ? (own?.id ?? null) : credentialId;
    await stores.record({ ...entry, kind: 'credential.rejected', about: { credential, vendor, run: run.id } });
  }
  const releasing =
    (account: Account, at: number): Decide =>
    async (stores) => {
      await release(stores, account, at);
      return {};
    };

  return {
    /** Written before the request leaves; false also when the details were opened again. */
    asking: (account: Account, asked: Partial<Account>, at: number) =>
      move(account, asked, 'provisioning.asked', at, undefined, ({ submittedAt }) => submittedAt !== null),

    /** The secret is sealed before anything else is done with the answer. Without one, the account is taken over as it is. */
    opened: (account: Account, { ref, secret, actor }: Opened, kind: 'provisioning.opened' | 'provisioning.adopted', at: number) =>
      move(account, { state: 'opened', tries: 0, unreachable: false }, kind, at, async (stores, run) => {
        let credential: Credential | undefined;
        if (secret !== undefined)
          for (const vendor of planOf(run, account.vendor)?.store ?? [account.vendor]) {
            const target = { partnerId: run.partnerId, customerId: run.customerId, vendor, mode: run.mode };
            const row = await storeSecret(stores, box, { ...target, secret, ref }, at);
            if (vendor === account.vendor || !credential) credential = row;
          }
        if (actor)
          await stores.record({
            kind: 'run.adopted',
            at,
            partner: run.partnerId,
            actor,
            about: { run: run.id, vendor: account.vendor, ref },
          });
        await release(stores, account, at);
        // Without a key, or at a vendor that has no such state, there is nothing more to learn about it.
        const followed = credential !== undefined && vendors[account.vendor].readiness !== undefined;
        const rest = followed ? { nextAt: at } : { state: 'ready' as const, readyAt: at, nextAt: null };
        return { account: { vendorRef: ref, credentialId: credential?.id ?? null, openedAt: at, ...rest } };
      }),

    /**
     * The vendor will not open it: back to the details with the fault at the question that caused it, where the vendor names one that is
     * asked; else it waits for the partner.
     */
    refused: (account: Account, refusal: Refusal, fields: readonly FieldRefusal[], at: number) =>
      move(
        account,
        { state: 'refused', nextAt: null, unreachable: false, ...refusedWith(box, account, refusal) },
        '',
        at,
        async (stores, run) => {
          await recordRefusal(stores, run, account, refusal, at);
          const mapping = planOf(run, account.vendor)?.mapping ?? {};
          const faults = fields.flatMap(({ field, code }): Fault[] => {
            const name = mapping[field];
            return name === undefined ? [] : [{ pointer: `/values/${name}`, code, params: { vendor: account.vendor } }];
          });
          if (faults.length > 0) return { run: { faults, submittedAt: null } };
          // What the details are at fault for is settled before anything more is opened with them.
          if (refusal.reason !== 'answers') await release(stores, account, at);
          return {};
        },
      ),

    /** The vendor does not tell how far the account is, and never will by itself. */
    untold: (account: Account, refusal: Refusal, at: number) =>
      move(
        account,
        { checkedAt: at, nextAt: null, unreachable: false, ...refusedWith(box, account, refusal) },
        '',
        at,
        async (stores, run) => {
          await recordRefusal(stores, run, account, refusal, at);
          return {};
        },
      ),

    /** Certainly nothing was done: it is asked again after a while. */
    later: (account: Account, at: number) =>
      move(
        account,
        { state: 'planned', nextAt: at + backoff(account.tries), tries: account.tries + 1, unreachable: true },
        '',
        at,
        releasing(account, at),
      ),

    unknown: (account: Account, at: number) =>
      move(account, { state: 'unknown', nextAt: null }, 'provisioning.unknown', at, releasing(account, at)),

    /** The process died while asking a vendor that can be asked again. */
    resumed: (account: Account, at: number) => move(account, { state: 'planned', nextAt: at }, 'provisioning.resumed', at),

    /** Somebody decided to ask once more: where it is unknown whether it was opened, that may open a second account. */
    retried: (account: Account, actor: string, kind: 'run.retried' | 'run.reset', at: number) =>
      move(
        account,
        { ...(account.openedAt === null && { state: 'planned' }), nextAt: at, tries: 0, ...unrefused },
        '',
        at,
        async (stores, run) => {
          await stores.record({ kind, at, partner: run.partnerId, actor, about: { run: run.id, vendor: account.vendor } });
          return {};
        },
      ),

    /** Nothing is due any more. */
    rest: (account: Account, at: number) => move(account, { nextAt: null }, '', at),

    /** What the vendor said of an opened account; `undefined` when it did not answer. */
    checked: (account: Account, found: Readiness | undefined, at: number) => {
      const tries = account.tries + 1;
      const nextAt = at + backoff(tries);
      if (!found) return move(account, { checkedAt: at, nextAt, tries, unreachable: true }, '', at);
      const ready = account.state === 'ready' || found.ready;
      const billed = ready && found.billingUrl === null;
      const change: Partial<Account> = {
        checkedAt: at,
        tries,
        unreachable: false,
        ...(ready && { state: 'ready', readyAt: account.readyAt ?? at }),
      };
      return move(account, change, ready && account.state !== 'ready' ? 'provisioning.ready' : '', at, async (_stores, run) => {
        const waits = awaitsBilling(run, account.vendor);
        const finished = ready && (billed || !waits);
        return {
          account: { nextAt: finished ? null : nextAt },
          run: billed && waits && account.state === 'ready' ? { billingDoneAt: at } : {},
        };
      });
    },
  };
}
export type AccountMoves = ReturnType<typeof createAccountMoves>;
