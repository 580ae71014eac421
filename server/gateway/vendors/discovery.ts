import { Failure } from '../../../shared/problem.ts';
import { Discovery, discoveryPath } from '../../../shared/signing/ceremony.ts';
import { reached, type VendorOptions } from './call.ts';
import { json } from './read.ts';

/** For how long it is known whether the vendor has a ceremony, in milliseconds. */
const lifetimes = { present: 300_000, absent: 30_000 } as const;

/** Where the vendor has its ceremony, as it says itself; nothing where it has none. */
export type Discover = () => Promise<string | undefined>;

export function discovery({ origin, request, deadline, elapsed }: Omit<VendorOptions, 'keyOf'> & { elapsed: () => number }): Discover {
  async function look(): Promise<string | undefined> {
    const answer = await reached(
      request({ origin, path: discoveryPath, method: 'GET', headers: { accept: 'application/json' }, deadline }),
    );
    if (answer.status === 429 || answer.status >= 500) throw new Failure('vendor-unavailable');
    const found = answer.status === 200 ? json(answer, Discovery) : undefined;
    return found?.version === 1 && /^(\/[\w-]+)+$/.test(found.path) ? found.path : undefined;
  }

  let known: { path: string | undefined; until: number } | undefined;
  return async () => {
    const at = elapsed();
    if (!known || known.until <= at) {
      // That there is none must be said twice: by one stray 404 a ceremony's own token would be minted for a frame.
      const path = (await look()) ?? (await look());
      known = { path, until: at + (path ? lifetimes.present : lifetimes.absent) };
    }
    return known.path;
  };
}
