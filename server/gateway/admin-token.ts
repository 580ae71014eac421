import { join } from 'node:path';
import { openDatabase } from '../storage/database.ts';
import { secretBox } from '../storage/secret-box.ts';
import { openTokenKeys } from './domain/records/token-keys.ts';
import { createAdmins } from './domain/registry/admins.ts';
import { migrations } from './stores/migrations.ts';
import { storageIn } from './stores/stores.ts';
import type { FileTables } from './stores/tables.ts';

/** Makes an administrator's token from the gateway's files, whether it runs or not. Good for an hour. */
export async function issueAdminToken({
  dataDir,
  publicUrl,
  masterKey,
}: {
  dataDir: string;
  publicUrl: string;
  masterKey: Uint8Array;
}): Promise<string> {
  const database = await openDatabase<FileTables>(join(dataDir, 'gateway.db'), migrations);
  try {
    const box = secretBox(masterKey);
    const keys = await openTokenKeys({
      storage: storageIn(database),
      box,
      purpose: 'admin',
      longest: 3_600_000,
      at: Date.now(),
    });
    return await createAdmins({ keys, publicUrl, external: undefined, mark: box.fingerprint }).issue(3600, Date.now());
  } finally {
    await database.close();
  }
}
