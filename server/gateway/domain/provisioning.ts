import type { Provisioner } from '../../../shared/onboarding.ts';
import { Failure, type Fault } from '../../../shared/problem.ts';
import { storeSecret } from './credentials.ts';
import { readAnswers } from './onboarding.ts';
import type { AccountRow, Box, CredentialRow, Edges, Keep, RunRow, Stores } from './ports.ts';
import { awaitsBilling, statusOf } from './progress.ts';
import type { Opening, ProvisioningVendors, Readiness, Refusal } from './vendor.ts';

interface Options {
  keep: Keep;
  box: Box;
  edges: Edges;
  vendors: ProvisioningVendors;
}

/** Calls in flight at once, over all partners. */
const mostAtOnce = 32;
/** Milliseconds until something is tried again: 1 s, 2 s, 4 s, … 5 min. */
const backoff = (tries: number): number => Math.min(1000 * 2 ** Math.min(tries, 12), 300_000);

/**
 * Opens accounts. Each is written down as `asking` before the request leaves; a process killed in between leaves a row that says so, and
 * the next start makes of it what is true: asked again where the vendor can be asked again safely, `unknown` where it cannot.
 */
export function createProvisioning({ keep, box, edges, vendors }: Options) {
  const { now, reached, report } = edges;
  const inFlight = new Map<string, Promise<void>>();

  async function contextOf(account: AccountRow): Promise<{ run: RunRow; key: CredentialRow | undefined }> {
    const run = await keep.read.runs.find(account.partner_id, account.run_id);
    if (!run) throw new Error(`The account of ${account.run_id} has no run.`);
    return { run, key: await keep.read.credentials.findFor(run.partner_id, '', account.vendor, run.mode) };
  }

  const planOf = (run: RunRow, vendor: Provisioner) =>
    run.flow.steps.flatMap((step) => (step.kind === 'provision' ? step.accounts : [])).find((each) => each.vendor === vendor);

  /** Moves an account and writes what follows from it into the run, in one transaction; nothing happens when another was faster. */
  async function move(
    account: AccountRow,
    change: Partial<AccountRow>,
    more: (stores: Stores, run: RunRow, at: number) => Promise<{ account?: Partial<AccountRow>; run?: Partial<RunRow> }>,
    kind: string,
  ): Promise<boolean> {
    return keep.transact(async (stores) => {
      const at = now();
      const run = await stores.runs.find(account.partner_id, account.run_id);
      if (!run) return false;
      const extra = await more(stores, run, at);
      if (!(await stores.runs.moveAccount(account, { ...change, ...extra.account }))) return false;
      if (kind)
        await stores.record({
          kind,
          at,
          partner: run.partner_id,
          about: { run: run.id, vendor: account.vendor, ref: extra.account?.vendor_ref ?? account.vendor_ref },
        });
      await refreshRun(stores, { ...run, ...extra.run }, run, at);
      return true;
    });
  }

  async function refreshRun(stores: Stores, next: RunRow, before: RunRow, at: number): Promise<void> {
    const status = statusOf(next, await stores.runs.accounts(next.partner_id, next.id));
    const done_at = status === 'done' ? (before.done_at ?? at) : null;
    const changed = (['faults', 'submitted_at', 'billing_done_at'] as const).some((name) => next[name] !== before[name]);
    if (!changed && status === before.status) return;
    const { faults, submitted_at, billing_done_at } = next;
    await stores.runs.update(next.partner_id, next.id, before.revision, {
      faults,
      submitted_at,
      billing_done_at,
      status,
      done_at,
      updated_at: at,
    });
    if (status !== before.status) await stores.record({ kind: `run.${status}`, at, partner: next.partner_id, about: { run: next.id } });
  }

  /** The next account of the run becomes due once the one before it was answered one way or another. */
  async function release(stores: Stores, account: AccountRow, at: number): Promise<void> {
    const accounts = await stores.runs.accounts(account.partner_id, account.run_id);
    const held = accounts.find((each) => each.position > account.position && each.state === 'planned' && each.next_at === null);
    if (held) await stores.runs.moveAccount(held, { next_at: at });
  }

  async function ask(account: AccountRow): Promise<void> {
    const { run, key } = await contextOf(account);
    const plan = planOf(run, account.vendor);
    const customer = await keep.read.customers.find(run.partner_id, run.customer_id);
    if (!plan || !customer || run.submitted_at === null) {
      await keep.transact((stores) => stores.runs.moveAccount(account, { next_at: null }));
      return;
    }
    if (!key) return later(account, new Failure('credential-missing'));
    const values = readAnswers(box, run);
    const fields = Object.fromEntries(Object.entries(plan.mapping).map(([theirs, ours]) => [theirs, String(values[ours] ?? '')]));
    const asked = { state: 'asking' as const, asked_at: now(), next_at: null };
    if (!(await move(account, asked, async () => ({}), 'provisioning.asked'))) return;
    const asking = { ...account, ...asked };
    reached('before-call');
    const opening = await vendors[account.vendor].open(key, customer.external_id, fields);
    reached('after-call');
    await settle(asking, opening).catch((error: unknown) => {
      // The vendor has answered but the answer could not be kept: nobody knows any more what it opened.
      report(error, account.run_id);
      return unknown(asking);
    });
    reached('after-commit');
  }

  function settle(asking: AccountRow, opening: Opening): Promise<unknown> {
    switch (opening.kind) {
      case 'opened':
        return opened(asking, opening.ref, opening.secret);
      case 'refused':
        return refused(asking, opening.faults);
      case 'later':
        return later(asking, opening.cause);
      case 'unknown':
        report(opening.cause, asking.run_id);
        return unknown(asking);
    }
  }

  /** The secret is sealed before anything else is done with the answer. */
  const opened = (account: AccountRow, ref: string, secret: string | undefined, actor = 'opened') =>
    move(
      account,
      { state: 'opened', tries: 0, unreachable: false },
      async (stores, run, at) => {
        const under = planOf(run, account.vendor)?.store ?? [account.vendor];
        let credential: CredentialRow | undefined;
        for (const vendor of secret === undefined ? [] : under) {
          const row = await storeSecret(
            stores,
            box,
            { partnerId: run.partner_id, customerId: run.customer_id, vendor, mode: run.mode, secret: secret ?? '', ref },
            at,
          );
          if (vendor === account.vendor || !credential) credential = row;
        }
        await release(stores, account, at);
        // Without a key, or at a vendor that has no such state, there is nothing more to learn about it.
        const followed = credential !== undefined && vendors[account.vendor].readiness !== undefined;
        const rest = followed ? { next_at: at } : { state: 'ready' as const, ready_at: at, next_at: null };
        const billing = !followed && awaitsBilling(run, account.vendor) ? { billing_done_at: at } : {};
        return { account: { vendor_ref: ref, credential_id: credential?.id ?? null, opened_at: at, ...rest }, run: billing };
      },
      `provisioning.${actor}`,
    );

  const refused = (account: AccountRow, faults: readonly Refusal[]) =>
    move(
      account,
      { state: 'refused', next_at: null, unreachable: false },
      async (_stores, run) => {
        const mapping = planOf(run, account.vendor)?.mapping ?? {};
        const written: Fault[] = faults.map(({ field, code }) => ({
          pointer: field === null ? '' : `/values/${mapping[field] ?? ''}`,
          code,
          params: { vendor: account.vendor },
        }));
        return { run: { faults: written, submitted_at: null } };
      },
      'provisioning.refused',
    );

  const later = (account: AccountRow, cause: unknown) => {
    report(cause, account.run_id);
    const next = { state: 'planned' as const, next_at: now() + backoff(account.tries), tries: account.tries + 1, unreachable: true };
    return move(
      account,
      next,
      async (stores, _run, at) => {
        await release(stores, account, at);
        return {};
      },
      '',
    ).then(() => undefined);
  };

  const unknown = (account: AccountRow) =>
    move(
      account,
      { state: 'unknown', next_at: null },
      async (stores, _run, at) => {
        await release(stores, account, at);
        return {};
      },
      'provisioning.unknown',
    );

  /** Asks how far an opened account is, and whether its billing is still to be set up. */
  async function check(account: AccountRow): Promise<void> {
    const key = account.credential_id ? await keep.read.credentials.find(account.partner_id, account.credential_id) : undefined;
    const readiness = vendors[account.vendor].readiness;
    if (!key || !readiness) {
      await keep.transact((stores) => stores.runs.moveAccount(account, { next_at: null }));
      return;
    }
    let found: Readiness | undefined;
    try {
      found = await readiness(key);
    } catch (error) {
      report(error, account.run_id);
    }
    const at = now();
    const tries = account.tries + 1;
    if (!found) {
      await keep.transact((stores) =>
        stores.runs.moveAccount(account, { checked_at: at, next_at: at + backoff(tries), tries, unreachable: true }),
      );
      return;
    }
    const ready = account.state === 'ready' || found.ready;
    const billed = ready && found.billingUrl === null;
    await move(
      account,
      { checked_at: at, tries, unreachable: false, ...(ready && { state: 'ready', ready_at: account.ready_at ?? at }) },
      async (_stores, run) => {
        const waits = awaitsBilling(run, account.vendor);
        const finished = ready && (billed || !waits);
        return { account: { next_at: finished ? null : at + backoff(tries) }, run: billed && waits ? { billing_done_at: at } : {} };
      },
      ready && account.state !== 'ready' ? 'provisioning.ready' : '',
    );
  }

  const act = (account: AccountRow): Promise<void> => (account.state === 'planned' ? ask(account) : check(account));

  async function findUnknown(
    partnerId: string,
    runId: string,
    vendor: Provisioner | undefined,
  ): Promise<{ run: RunRow; account: AccountRow }> {
    const run = await keep.read.runs.find(partnerId, runId);
    if (!run) throw new Failure('not-found', 'There is no such run.');
    const unclear = (await keep.read.runs.accounts(partnerId, runId)).filter(
      (each) => each.state === 'unknown' && (!vendor || each.vendor === vendor),
    );
    const [account] = unclear;
    if (!account) throw new Failure('run-wrong-state', 'No account of this run is unknown.');
    if (unclear.length > 1) throw new Failure('run-wrong-state', 'Several accounts are unknown: name the vendor.');
    return { run, account };
  }

  return {
    /** Starts whatever is due, without waiting for it. */
    async tick(): Promise<void> {
      for (const account of await keep.read.runs.due(now(), mostAtOnce)) {
        const id = `${account.run_id} ${account.vendor}`;
        if (inFlight.has(id) || inFlight.size >= mostAtOnce) continue;
        const work = act(account)
          .catch((error: unknown) => report(error, account.run_id))
          .finally(() => inFlight.delete(id));
        inFlight.set(id, work);
      }
    },

    /** Waits for the calls in flight, `grace` milliseconds at most; what is cut off is found and told truly at the next start. */
    async settleWithin(grace: number): Promise<void> {
      await Promise.race([Promise.allSettled(inFlight.values()), new Promise((resolve) => setTimeout(resolve, grace).unref())]);
    },

    /** To be called once at the start, before the first tick. */
    async recover(): Promise<void> {
      for (const account of await keep.read.runs.interrupted()) {
        if (vendors[account.vendor].repeatable)
          await move(account, { state: 'planned', next_at: now() }, async () => ({}), 'provisioning.resumed');
        else await unknown(account);
      }
    },

    /** The partner decides to ask once more, knowing that it may open a second account. */
    async retry(partnerId: string, runId: string, vendor: Provisioner | undefined, actor: string): Promise<void> {
      const { account } = await findUnknown(partnerId, runId, vendor);
      const moved = await move(
        account,
        { state: 'planned', next_at: now(), tries: 0 },
        async (stores, run, at) => {
          await stores.record({ kind: 'run.retried', at, partner: partnerId, actor, about: { run: run.id, vendor: account.vendor } });
          return {};
        },
        '',
      );
      if (!moved) throw new Failure('run-wrong-state', 'The account changed in the meantime.');
    },

    /** The partner has found the account at the vendor: it is taken over with its key, where one is known. */
    async adopt(
      partnerId: string,
      runId: string,
      { vendor, team_id, api_key }: { vendor?: Provisioner | undefined; team_id: string; api_key?: string | undefined },
      actor: string,
    ): Promise<void> {
      const { run, account } = await findUnknown(partnerId, runId, vendor);
      const key = await keep.read.credentials.findFor(partnerId, '', account.vendor, run.mode);
      const secret = api_key ?? (key && (await vendors[account.vendor].recover?.(key, team_id)));
      if (api_key) await assertOpens(account, run, team_id, api_key);
      await keep.transact((stores) =>
        stores.record({
          kind: 'run.adopted',
          at: now(),
          partner: partnerId,
          actor,
          about: { run: runId, vendor: account.vendor, ref: team_id },
        }),
      );
      if (!(await opened(account, team_id, secret, 'adopted')))
        throw new Failure('run-wrong-state', 'The account changed in the meantime.');
    },
  };

  /** The key must open the account it is said to open. */
  async function assertOpens({ vendor }: AccountRow, run: RunRow, ref: string, secret: string): Promise<void> {
    const readiness = vendors[vendor].readiness;
    if (!readiness) return;
    const unkept = { id: 'cred_offered', partner_id: run.partner_id, customer_id: run.customer_id, vendor, mode: run.mode };
    const offered: CredentialRow = {
      ...unkept,
      box: box.seal(secret, ['credential', run.partner_id, run.customer_id, vendor, run.mode, unkept.id]),
      fingerprint: '',
      vendor_ref: null,
      created_at: 0,
      updated_at: 0,
    };
    const found = await readiness(offered).catch((cause: unknown) => {
      throw new Failure('invalid-input', undefined, {
        cause,
        errors: [{ pointer: '/api_key', code: 'key', message: 'The vendor does not take this key.' }],
      });
    });
    if (found.ref !== ref)
      throw new Failure('invalid-input', undefined, {
        errors: [{ pointer: '/team_id', code: 'team', message: 'The key opens another team.' }],
      });
  }
}
export type Provisioning = ReturnType<typeof createProvisioning>;
