import type { Edges, Storage } from './ports.ts';

/** Milliseconds that the clock may go astray between two looks without having been set: what NTP does little by little stays below it. */
const slack = 1_000;

/**
 * When something is due is written down by the clock that can be set, so that it is known after a restart. Where that clock is set while the
 * program runs, everything that is waited for is moved along: nothing stands still for the hour it was set back, and nothing is asked early.
 */
export function createClockWatch({ storage, edges }: { storage: Storage; edges: Pick<Edges, 'now' | 'elapsed'> }) {
  const ahead = (): number => edges.now() - edges.elapsed();
  let known = ahead();
  let moving: Promise<void> | undefined;

  async function move(by: number): Promise<void> {
    await storage.transact(async (stores) => {
      await stores.runs.shift(by);
      await stores.signings.shift(by);
      known += by;
    });
  }

  return {
    /** The time of day as it is written down: that of before, until what was written by it is moved. */
    now: (): number => (Math.abs(ahead() - known) > slack ? Math.round(edges.elapsed() + known) : edges.now()),
    /** To be awaited before anything is looked for that is due. */
    async look(): Promise<void> {
      const by = ahead() - known;
      if (Math.abs(by) > slack)
        moving ??= move(by).finally(() => {
          moving = undefined;
        });
      await moving;
    },
  };
}
export type ClockWatch = ReturnType<typeof createClockWatch>;
