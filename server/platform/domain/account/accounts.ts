import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import { type LoyvaScope, loyvaScopes } from '../../../../shared/vendors/loyva.ts';
import type { Account, KeyHolder } from '../records/account.ts';
import { type Dialect, dialects, hashOf, newPartnerKey } from '../records/secrets.ts';
import type { Storage, Stores } from '../records/stores.ts';

/** An account's partner keys in the clear: shown once, by seeding. */
export type PartnerKeys = Record<Dialect, string>;

/** What an account's keys may do: Loyva's scopes (all of them unless said), and calls a minute (100 unless said, as Loyva's own). */
export interface KeyLimits {
  readonly scopes?: readonly LoyvaScope[] | undefined;
  readonly rateLimit?: number | undefined;
}

export type Accounts = ReturnType<typeof createAccounts>;

export const createAccounts = (storage: Storage) => ({
  /** The account this partner key belongs to; a key of another kind or dialect is as good as none. */
  async ofKey(dialect: Dialect, key: string): Promise<KeyHolder> {
    const account = key ? await storage.read.accounts.byKey(dialect, hashOf(key)) : undefined;
    if (!account) throw new Failure('unauthenticated');
    return account;
  },

  /** Makes the account once. Keys that are still its own are given back as they came, with these limits; for every other a new one takes the old one's place. */
  seed: (name: string, known: Partial<PartnerKeys>, limits: KeyLimits, at: number): Promise<PartnerKeys> =>
    storage.transact(async (stores) => {
      const account = (await stores.accounts.byName(name)) ?? (await open(stores, name, at));
      const keys = await Promise.all(
        dialects.map(async (dialect) => [dialect, await keep(stores, account, dialect, known[dialect], limits, at)]),
      );
      return Object.fromEntries(keys) as PartnerKeys;
    }),
});

async function open(stores: Stores, name: string, at: number): Promise<Account> {
  const account = { id: newId('account'), name };
  await stores.accounts.add(account, at);
  await stores.subscribr.addTeam({ accountId: account.id, organizationId: null, ownerName: name }, at);
  return account;
}

async function keep(
  stores: Stores,
  account: Account,
  dialect: Dialect,
  known: string | undefined,
  { scopes = loyvaScopes, rateLimit = 100 }: KeyLimits,
  at: number,
): Promise<string> {
  const own = known && (await stores.accounts.byKey(dialect, hashOf(known)))?.id === account.id;
  const key = own ? known : newPartnerKey[dialect]();
  await stores.accounts.setKey(account.id, dialect, { hash: hashOf(key), scopes, rateLimit }, at);
  return key;
}
