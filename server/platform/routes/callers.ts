import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { type LoyvaScope, loyvaKeyHeader } from '../../../shared/vendors/loyva.ts';
import { type Rates, secondsUntil } from '../../http/rates.ts';
import type { Accounts } from '../domain/account/accounts.ts';
import type { Account } from '../domain/records/account.ts';
import { type Dialect, keyMark } from '../domain/records/secrets.ts';

/** Who calls with a partner key, and whether that key may do this. */
export interface Callers {
  /** Of a vendor without scopes. Failure `unauthenticated`, `rate-limited`. */
  of(ctx: Context, dialect: Dialect, key: string): Promise<Account>;
  /** Of Loyva. Failure `unauthenticated`, `rate-limited`, `scope-missing`. */
  loyva(ctx: Context, scope: LoyvaScope): Promise<Account>;
  /** The same where the body says which scope is needed: `within` refuses by scope, once it is read. Failure `unauthenticated`, `rate-limited`. */
  loyvaHolder(ctx: Context): Promise<{ account: Account; within(scope: LoyvaScope): void }>;
  /** Counts one call of a known key that is no partner's, such as a team's own, or of a known reader. Failure `rate-limited`. */
  count(ctx: Context, key: string, rateLimit: number): void;
}

/** Loyva's headers (docs.stg.loyva.net/api-reference/overview) on every answer to a known key; the other vendors document none, so they get the same. */
export function createCallers({ accounts, rates }: { accounts: Accounts; rates: Rates }): Callers {
  async function holderOf(ctx: Context, dialect: Dialect, key: string) {
    const holder = await accounts.ofKey(dialect, key);
    count(ctx, key, holder.rateLimit);
    return holder;
  }

  function count(ctx: Context, key: string, rateLimit: number): void {
    const allowance = rates.spend(keyMark(key), rateLimit);
    const { limit, remaining, resetAt, within } = allowance;
    const reset = Math.ceil(resetAt / 1000);
    ctx.set({ 'X-RateLimit-Limit': String(limit), 'X-RateLimit-Remaining': String(remaining), 'X-RateLimit-Reset': String(reset) });
    if (within) return;
    throw new Failure('rate-limited', `At most ${limit} calls a minute are answered.`, {
      retryAfter: secondsUntil(allowance, rates.now()),
    });
  }

  async function loyvaHolder(ctx: Context) {
    const holder = await holderOf(ctx, 'loyva', ctx.get(loyvaKeyHeader));
    const within = (scope: LoyvaScope): void => {
      if (!holder.scopes.includes(scope)) throw new Failure('scope-missing', `The key lacks the scope ${scope}.`);
    };
    return { account: holder, within };
  }

  return {
    of: holderOf,
    count,
    loyvaHolder,
    async loyva(ctx, scope) {
      const { account, within } = await loyvaHolder(ctx);
      within(scope);
      return account;
    },
  };
}
