import { setImmediate } from 'node:timers/promises';
import type { Job } from '../../jobs.ts';

const second = 1_000;
const longestWait = 600 * second;
/** Far more than are ever waiting, so that those that fail again and again leave room for the others. */
const atOnce = 1_000;

/** Milliseconds after which is looked again for what is due: whoever comes meanwhile does not wait behind everything that was due before. */
const roundMs = 1_000;

interface Work<T> {
  readonly name: string;
  due(limit: number): Promise<readonly T[]>;
  /** Must be safe to be killed in, and to be done again. */
  work(item: T): Promise<unknown>;
  /** Whose it is: one after the other of each, so many of them side by side. All is one lane unless told. */
  readonly lanes?: { of(item: T): string; readonly most: number };
  readonly elapsed: () => number;
  readonly report: (error: unknown, instance: string) => void;
}

/** Does the work for each that is due. One that fails is reported and waits, longer each time, while the others go on; a start begins anew. */
export function patiently<T extends { readonly id: string }>({ name, due, work, lanes, elapsed, report }: Work<T>): Job {
  const failed = new Map<string, { tries: number; nextAt: number }>();
  const laneOf = (item: T): string => lanes?.of(item) ?? '';

  async function attempt(item: T): Promise<void> {
    try {
      await work(item);
      failed.delete(item.id);
    } catch (error) {
      const tries = failed.get(item.id)?.tries ?? 0;
      failed.set(item.id, { tries: tries + 1, nextAt: elapsed() + Math.min(longestWait, 2 ** tries * 2 * second) });
      report(error, `${name} ${item.id}`);
    }
    // The database answers without ending the event loop's turn: whoever calls meanwhile must get one.
    await setImmediate();
  }

  /** True where something is left to do. */
  async function round(): Promise<boolean> {
    const end = performance.now() + roundMs;
    const waiting = (await due(atOnce)).filter(({ id }) => (failed.get(id)?.nextAt ?? 0) <= elapsed());
    const busy = new Set<string>();
    const hand = async (): Promise<void> => {
      while (performance.now() < end) {
        const [item] = waiting.splice(firstOf(waiting, busy), 1);
        if (!item) return;
        busy.add(laneOf(item));
        await attempt(item);
        busy.delete(laneOf(item));
      }
    };
    await Promise.all(Array.from({ length: lanes?.most ?? 1 }, hand));
    return waiting.length > 0;
  }
  const firstOf = (waiting: readonly T[], busy: ReadonlySet<string>): number => {
    const first = waiting.findIndex((item) => !busy.has(laneOf(item)));
    return first < 0 ? waiting.length : first;
  };

  return {
    name,
    every: second,
    async run(): Promise<void> {
      while (await round());
    },
  };
}
