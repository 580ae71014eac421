import { setTimeout as after } from 'node:timers/promises';
import { startPlatform } from '../../start-platform.ts';

/** A platform in a process of its own, some of whose writes fail: does its jobs ten times a second, and goes on where one fails, as the program does. */
const [dataDir = '', key = ''] = process.argv.slice(2);
const platform = await startPlatform({ dataDir, key: Buffer.from(key, 'hex') });
process.on('disconnect', () => process.exit());
process.send?.({ url: platform.url, keys: platform.keys });
for (;;) {
  await platform.runJobs().catch(() => {});
  // What failed is tried again after some seconds, of a clock that a test moves.
  platform.clock.now += 1_000;
  await after(100);
}
