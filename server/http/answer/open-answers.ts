import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';

/** Files that are being given out at the same time, to one reader and on behalf of one account. */
const most = { reader: 4, account: 50 } as const;

/** Counts a file that is given out until its connection has taken all of it, or is gone. Failure `rate-limited` for one too many. */
export type OpenAnswers = (ctx: Context, whose: { readonly reader: string; readonly account: string }) => void;

export function openAnswers(): OpenAnswers {
  const open = new Map<string, number>();
  return (ctx, { reader, account }) => {
    const counted = [
      { name: `reader ${account} ${reader}`, limit: most.reader },
      { name: `account ${account}`, limit: most.account },
    ];
    for (const { name, limit } of counted)
      if ((open.get(name) ?? 0) >= limit)
        throw new Failure('rate-limited', `At most ${limit} files are given out here at the same time.`, { retryAfter: 5 });
    for (const { name } of counted) open.set(name, (open.get(name) ?? 0) + 1);
    ctx.res.once('close', () => {
      for (const { name } of counted) {
        const left = (open.get(name) ?? 0) - 1;
        if (left > 0) open.set(name, left);
        else open.delete(name);
      }
    });
  };
}
