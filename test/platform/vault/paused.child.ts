import { startPlatform } from '../../start-platform.ts';

/** A platform in a process of its own, with so many accounts; says where it is and with which keys, and when asked what its memory holds. */
const accounts = Number(process.argv[2]);
// However slow the machine is, none is cut before all of them are there.
const platform = await startPlatform({ pace: { patience: 600_000, bytesPerSecond: 1 } });
const keys = [platform.keys];
while (keys.length < accounts) keys.push(await platform.seed(`Account ${keys.length}`));
process.on('disconnect', () => void platform.close().then(() => process.exit()));
process.on('message', () => {
  global.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ held: heapUsed + external, resident: rss });
});
process.send?.({ url: platform.url, keys });
