import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPlatform } from '../../start-platform.ts';
import { partner } from '../world/envelopes.ts';

/** A platform in a process of its own that vaults an envelope and is gone as soon as the copy's file is there, as if the power had failed. */
const [dataDir = '', key = '', id = ''] = process.argv.slice(2);
const platform = await startPlatform({ dataDir, key: Buffer.from(key, 'hex') });
const files = () => readdirSync(join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name));
const before = files().length;
const look = () => {
  if (files().length > before) process.kill(process.pid, 'SIGKILL');
  setImmediate(look);
};
look();
await partner(platform, 'POST', `${id}/vault-in-signed`);
