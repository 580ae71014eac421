import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { type LoyvaScope, loyvaKeyHeader } from '../../../shared/vendors/loyva.ts';
import type { Accounts } from '../domain/accounts.ts';
import type { Account } from '../domain/books.ts';
import type { Limits } from '../domain/limits.ts';
import { type Dialect, keyMark } from '../domain/secrets.ts';

/** Who calls with a partner key, and whether that key may do this. */
export interface Callers {
  /** Of a vendor without scopes. Failure `unauthenticated`, `rate-limited`. */
  of(ctx: Context, dialect: Dialect, key: string): Promise<Account>;
  /** Of Loyva. Failure `unauthenticated`, `rate-limited`, `scope-missing`. */
  loyva(ctx: Context, scope: LoyvaScope): Promise<Account>;
}

/** Loyva's headers (docs.stg.loyva.net/api-reference/overview) on every answer to a known key; the other vendors document none, so they get the same. */
export function callersOf({ accounts, limits }: { accounts: Accounts; limits: Limits }): Callers {
  async function holderOf(ctx: Context, dialect: Dialect, key: string) {
    const holder = await accounts.ofKey(dialect, key);
    const { limit, remaining, resetAt, within } = limits.spend(keyMark(key), holder.rateLimit);
    const reset = Math.ceil(resetAt / 1000);
    ctx.set({ 'X-RateLimit-Limit': String(limit), 'X-RateLimit-Remaining': String(remaining), 'X-RateLimit-Reset': String(reset) });
    if (within) return holder;
    const seconds = Math.max(1, reset - Math.floor(limits.now() / 1000));
    throw new Failure('rate-limited', `This key may make ${limit} calls a minute.`, { retryAfter: seconds });
  }

  return {
    of: holderOf,
    async loyva(ctx, scope) {
      const holder = await holderOf(ctx, 'loyva', ctx.get(loyvaKeyHeader));
      if (!holder.scopes.includes(scope)) throw new Failure('scope-missing', `The key lacks the scope ${scope}.`);
      return holder;
    },
  };
}
