import type { Provisioner } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Account, Box, Edges, Run, Signing, Storage, Stores } from '../records/ports.ts';
import { isRefused } from '../records/refusal.ts';
import { sealedSecret } from '../registry/credentials.ts';
import { findPartner } from '../registry/partners.ts';
import { progressOf } from '../run/run-progress.ts';
import { endedUnsigned, isUnknown } from '../run/sign-step.ts';
import type { SigningMoves } from '../signing/moves.ts';
import type { SigningVendor } from '../signing/vendor.ts';
import type { AccountMoves } from './account-moves.ts';
import type { ProvisioningVendors } from './vendor.ts';

interface Options {
  storage: Storage;
  box: Box;
  vendors: ProvisioningVendors;
  envelopes: Pick<SigningVendor, 'standing'>;
  moves: AccountMoves;
  signingMoves: SigningMoves;
  /** Read once a vendor has answered: what is written has that instant. */
  now: Edges['now'];
  /** Something became due for the workers. */
  wake: () => void;
}

/** The account that was opened after all: its id at the vendor and, where it is known, its key. */
interface AccountAdoption {
  readonly vendor?: Provisioner | undefined;
  readonly team_id: string;
  readonly api_key?: string | undefined;
}
/** An account, or the envelope that was made after all: one of the two ids. */
export type Adoption = { readonly [K in keyof AccountAdoption]?: AccountAdoption[K] | undefined } & {
  readonly envelope_id?: string | undefined;
};

const fault = (pointer: string, code: string, message: string, cause?: unknown): Failure =>
  new Failure('invalid-input', undefined, { cause, errors: [{ pointer, code, message }] });

const vendorOf = (stuck: Account | Signing): string => ('vendor' in stuck ? stuck.vendor : 'loyva');

/** The run of a partner that is not deleted. */
export async function findRunOf(stores: Stores, partnerId: string, runId: string): Promise<Run> {
  await findPartner(stores, partnerId);
  const run = await stores.runs.find(partnerId, runId);
  if (!run) throw new Failure('not-found', 'There is no such run.');
  return run;
}

/** What people decide where nobody knows what a vendor did, or where it refused. */
export function createRepairs({ storage, box, vendors, envelopes, moves, signingMoves, now, wake }: Options) {
  const findRun = (partnerId: string, runId: string) => findRunOf(storage.read, partnerId, runId);

  async function findUnknown(partnerId: string, runId: string, vendor: Provisioner | undefined): Promise<{ run: Run; account: Account }> {
    const run = await findRun(partnerId, runId);
    const accounts = await storage.read.runs.accounts(partnerId, runId);
    const unclear = accounts.filter((each) => each.state === 'unknown' && (!vendor || each.vendor === vendor));
    const [account] = unclear;
    if (!account) throw new Failure('run-wrong-state', 'No account of this run is unknown.');
    if (unclear.length > 1) throw new Failure('run-wrong-state', 'Several accounts are unknown: name the vendor.');
    return { run, account };
  }

  /** The key must open the account that it is said to open. */
  async function assertOpens({ vendor }: Account, run: Run, ref: string, secret: string): Promise<void> {
    const readiness = vendors[vendor].readiness;
    if (!readiness) return;
    const offered = sealedSecret(box, { partnerId: run.partnerId, customerId: run.customerId, vendor, mode: run.mode, secret, ref }, 0);
    const found = await readiness(offered).catch((cause: unknown) => {
      if (!(cause instanceof Failure) || cause.code !== 'vendor-refused') throw new Failure('vendor-unavailable', undefined, { cause });
      throw fault('/api_key', 'key', 'The vendor does not take this key.', cause);
    });
    if (found.ref !== ref) throw fault('/team_id', 'team', 'The key opens another team.');
  }

  /** The account's key as the vendor gives it out again; the account must be there and be this customer's. */
  async function recovered({ vendor }: Account, run: Run, { team_id, api_key }: AccountAdoption): Promise<string | undefined> {
    const { recover } = vendors[vendor];
    if (!recover) return api_key;
    const partnerKey = await storage.read.credentials.findFor(run.partnerId, '', vendor, run.mode);
    if (!partnerKey) throw new Failure('credential-missing');
    const found = await recover(partnerKey, team_id);
    const customer = await storage.read.customers.find(run.partnerId, run.customerId);
    if (!found || found.externalId !== customer?.externalId)
      throw fault('/team_id', 'team', 'The vendor has no such account of this customer.');
    if (api_key !== undefined && api_key !== found.secret) throw fault('/api_key', 'key', 'The account has another key.');
    return found.secret;
  }

  const assertMoved = (moved: boolean): void => {
    if (!moved) throw new Failure('run-wrong-state', 'It changed in the meantime.');
    wake();
  };

  /** One that is there, or was asked for, is asked about again; in place of one that was not made, or has ended, another is made. */
  const again = (signing: Signing, actor: string, at: number): Promise<boolean> =>
    isRefused(signing) && (signing.envelopeId !== null || signing.unclear)
      ? signingMoves.resumed(signing, actor, at)
      : signingMoves.renewed(signing, actor, 'run.retried', at);

  /** The vendor has this envelope, and no other run has it. */
  async function adoptEnvelope(partnerId: string, runId: string, envelopeId: string, actor: string): Promise<void> {
    const run = await findRun(partnerId, runId);
    const signing = await storage.read.signings.find(partnerId, runId);
    if (!signing || !isUnknown(signing)) throw new Failure('run-wrong-state', 'The envelope of this run is not unknown.');
    const key = await storage.read.credentials.findFor(partnerId, '', 'loyva', run.mode);
    if (!key) throw new Failure('credential-missing');
    const found = await envelopes.standing(key, envelopeId);
    if (!found) throw fault('/envelope_id', 'envelope', 'The vendor has no such envelope for the stored key.');
    if (await storage.read.signings.findByEnvelope(partnerId, envelopeId))
      throw fault('/envelope_id', 'envelope', 'It is the envelope of another run.');
    assertMoved(await signingMoves.adopted(signing, envelopeId, actor, now()));
  }

  return {
    /**
     * Asks once more, and only when somebody says so: for the unknown account or envelope, which may make a second one; for what was refused; or
     * for a new envelope in place of one that ended unsigned.
     */
    async retry(partnerId: string, runId: string, vendor: Provisioner | 'loyva' | undefined, actor: string, at: number): Promise<void> {
      const run = await findRun(partnerId, runId);
      const { accounts, signing } = await progressOf(storage.read, run);
      const stuck: (Account | Signing)[] = accounts.filter((each) => each.state === 'unknown' || isRefused(each));
      if (signing && (endedUnsigned.has(signing.state) || isUnknown(signing) || isRefused(signing))) stuck.push(signing);
      const named = stuck.filter((each) => vendor === undefined || vendorOf(each) === vendor);
      const unclear = named.filter((each) => each.state === 'unknown' || ('stepId' in each && isUnknown(each)));
      const [wanted, ...others] = unclear.length > 0 ? unclear : named;
      if (!wanted) throw new Failure('run-wrong-state', 'Nothing of this run is unknown, refused or ended unsigned.');
      if (others.length > 0)
        throw new Failure('run-wrong-state', `Several stand still: name the vendor (${[wanted, ...others].map(vendorOf).join(', ')}).`);
      if ('stepId' in wanted) return assertMoved(await again(wanted, actor, at));
      if (run.submittedAt === null && wanted.state === 'refused')
        throw new Failure('run-wrong-state', 'The details are open: it is asked again once they are sent.');
      assertMoved(await moves.retried(wanted, actor, 'run.retried', at));
    },

    /** Takes over what was found at the vendor. */
    async adopt(partnerId: string, runId: string, { vendor, team_id, api_key, envelope_id }: Adoption, actor: string): Promise<void> {
      if ((team_id === undefined) === (envelope_id === undefined))
        throw fault('/team_id', 'one-of', 'Name the account by team_id, or the envelope by envelope_id.');
      if (team_id === undefined) return adoptEnvelope(partnerId, runId, envelope_id ?? '', actor);
      const { run, account } = await findUnknown(partnerId, runId, vendor);
      if (api_key !== undefined) await assertOpens(account, run, team_id, api_key);
      const secret = await recovered(account, run, { team_id, api_key });
      assertMoved(await moves.opened(account, { ref: team_id, secret, actor }, 'provisioning.adopted', now()));
    },
  };
}
export type Repairs = ReturnType<typeof createRepairs>;
