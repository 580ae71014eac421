import { setTimeout as after } from 'node:timers/promises';
import { startPlatform } from '../start-platform.ts';

/** A platform in a process of its own, to be killed: says where it is and with which keys, and does its jobs ten times a second until then. */
const [dataDir = '', key = ''] = process.argv.slice(2);
const platform = await startPlatform({ dataDir, key: Buffer.from(key, 'hex') });
process.on('disconnect', () => process.exit());
process.send?.({ url: platform.url, keys: platform.keys });
for (;;) await platform.runJobs().then(() => after(100));
