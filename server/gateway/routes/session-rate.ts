import type { Context, Middleware } from 'koa';
import type { CallerAddressOf } from '../../http/caller-address.ts';
import { doorRates, limitRate, type Rates } from '../../http/rates.ts';
import { hashOf } from '../domain/records/ids.ts';

/** Counts the calls of browsers: of each token, and of each address. Before anything of them is read or looked up. */
export const rateOfSessions =
  (rates: Rates, addressOf: CallerAddressOf): Middleware =>
  (ctx: Context, next) => {
    const token = ctx.get('Authorization');
    const address = { name: `address ${addressOf(ctx).address}`, limit: doorRates.address };
    const pass = { name: hashOf(token), limit: doorRates.pass };
    limitRate(ctx, rates, token === '' ? [address] : [address, pass]);
    return next();
  };
