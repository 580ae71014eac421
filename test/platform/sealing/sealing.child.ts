import { startPlatform } from '../../start-platform.ts';

/** A platform in a process of its own that seals what is due and ends itself at the named step, as if the power had gone. */
const [dataDir = '', key = '', deadly = ''] = process.argv.slice(2);
const platform = await startPlatform({
  dataDir,
  key: Buffer.from(key, 'hex'),
  reached: (step) => {
    if (step === deadly) process.kill(process.pid, 'SIGKILL');
  },
});
await platform.runJobs();
process.send?.({ reported: platform.reported.map(String) });
