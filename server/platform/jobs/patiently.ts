import { setImmediate } from 'node:timers/promises';
import type { Job } from '../../jobs.ts';

const second = 1_000;
const longestWait = 600 * second;
/** Far more than are ever waiting, so that those that fail again and again leave room for the others. */
const atOnce = 1_000;

interface Work<T> {
  readonly name: string;
  due(limit: number): Promise<readonly T[]>;
  /** Must be safe to be killed in, and to be done again. */
  work(item: T): Promise<unknown>;
  readonly now: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Does the work for each that is due. One that fails is reported and waits, longer each time, while the others go on; a start begins anew. */
export function patiently<T extends { readonly id: string }>({ name, due, work, now, report }: Work<T>): Job {
  const failed = new Map<string, { tries: number; nextAt: number }>();
  return {
    name,
    every: second,
    async run(): Promise<void> {
      for (const item of await due(atOnce)) {
        const { tries, nextAt } = failed.get(item.id) ?? { tries: 0, nextAt: 0 };
        if (nextAt > now()) continue;
        try {
          await work(item);
          failed.delete(item.id);
        } catch (error) {
          failed.set(item.id, { tries: tries + 1, nextAt: now() + Math.min(longestWait, 2 ** tries * 2 * second) });
          report(error, `${name} ${item.id}`);
        }
        // The database answers without ending the event loop's turn: whoever calls meanwhile must get one.
        await setImmediate();
      }
    },
  };
}
