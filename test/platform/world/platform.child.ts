import { startPlatform } from '../../start-platform.ts';

/** A platform in a process of its own, to be killed: says where it is and with which key, then goes on until then. */
const [dataDir = '', key = ''] = process.argv.slice(2);
const platform = await startPlatform({ dataDir, key: Buffer.from(key, 'hex') });
process.on('disconnect', () => process.exit());
process.send?.({ url: platform.url, keys: platform.keys });
for (;;) await platform.runJobs().then(() => new Promise((resolve) => setImmediate(resolve)));
