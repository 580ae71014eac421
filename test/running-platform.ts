import type { StartedPlatform } from './start-platform.ts';

/**
 * A platform's clock and its jobs stand still unless they are moved; here they go like everybody's. But what passes by itself after three seconds
 * a busy machine would miss: nothing passes while it is held.
 */
export function runs(platform: StartedPlatform) {
  let last = performance.now();
  let holders = 0;
  const jobs = platform.startJobs();
  const ticking = setInterval(() => {
    const now = performance.now();
    if (holders === 0) platform.clock.now += Math.round(now - last);
    last = now;
  }, 100);
  return {
    /** No time passes for the platform until the work is done, but what the test lets pass. */
    async hold<T>(work: () => Promise<T>): Promise<T> {
      holders += 1;
      try {
        return await work();
      } finally {
        holders -= 1;
      }
    },
    async stop(): Promise<void> {
      clearInterval(ticking);
      await jobs.stop();
    },
  };
}
export type Running = ReturnType<typeof runs>;
