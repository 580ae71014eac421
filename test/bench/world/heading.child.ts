import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Opens the log in a file with the build in a folder, and prints how many milliseconds its first head takes; then closes it as a program does. */
const [folder = '', file = '', key = ''] = process.argv.slice(2);
const from = (path: string) => import(pathToFileURL(join(folder, 'server/storage', path)).href);
const { openDatabase } = await from('database.ts');
const database = await openDatabase(file, { log: { up: async () => {} } });
const opened = existsSync(join(folder, 'server/storage/log.ts'))
  ? (await from('log.ts')).logReader(database.read)
  : (await from('log/log.ts')).openLog(database, (await from('log/checkpoint.ts')).logKeyFrom(Buffer.from(key, 'hex')), console.error);
const begun = performance.now();
await opened.head();
process.stdout.write(String(performance.now() - begun));
await opened.close?.();
await database.close();
