import { Failure } from '../../../shared/problem.ts';
import type { Account, Books, Store } from './books.ts';
import { type Dialect, dialects, hashOf, newId, newPartnerKey } from './secrets.ts';

/** An account's partner keys in the clear: shown once, by seeding. */
export type PartnerKeys = Record<Dialect, string>;

export type Accounts = ReturnType<typeof accountsOf>;

export const accountsOf = (store: Store) => ({
  /** The account this partner key belongs to; a key of another kind or dialect is as good as none. */
  async ofKey(dialect: Dialect, key: string): Promise<Account> {
    const account = key ? await store.read.accounts.byKey(dialect, hashOf(key)) : undefined;
    if (!account) throw new Failure('unauthenticated');
    return account;
  },

  /** Makes the account once. Keys that are still its own are given back as they came; for every other a new one takes the old one's place. */
  seed: (name: string, known: Partial<PartnerKeys>, at: number): Promise<PartnerKeys> =>
    store.transact(async (books) => {
      const account = (await books.accounts.byName(name)) ?? (await open(books, name, at));
      const keys = await Promise.all(dialects.map(async (dialect) => [dialect, await keep(books, account, dialect, known[dialect], at)]));
      return Object.fromEntries(keys) as PartnerKeys;
    }),
});

async function open(books: Books, name: string, at: number): Promise<Account> {
  const account = { id: newId('account'), name };
  await books.accounts.add(account, at);
  return account;
}

async function keep(books: Books, account: Account, dialect: Dialect, key: string | undefined, at: number): Promise<string> {
  if (key && (await books.accounts.byKey(dialect, hashOf(key)))?.id === account.id) return key;
  const fresh = newPartnerKey[dialect]();
  await books.accounts.setKey(account.id, dialect, hashOf(fresh), at);
  return fresh;
}
