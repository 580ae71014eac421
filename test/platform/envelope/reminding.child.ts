import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { startPlatform } from '../../start-platform.ts';

/** A platform in a process of its own that reminds, and is gone as soon as so many reminders are written, as if the power had failed. */
const [dataDir = '', key = '', now = '', after = ''] = process.argv.slice(2);
const platform = await startPlatform({ dataDir, key: Buffer.from(key, 'hex'), now: Number(now) });
const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
const counted = db.prepare('select count(*) as n from signers where reminded_at is not null');
const look = () => {
  if ((counted.get() as { n: number }).n >= Number(after)) process.kill(process.pid, 'SIGKILL');
  setImmediate(look);
};
look();
await platform.runJobs();
