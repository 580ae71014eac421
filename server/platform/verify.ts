import { join } from 'node:path';
import { type Verdict, verifyPart } from '../storage/verify.ts';
import type { Tables } from './stores/schema/schema.ts';
import { vaultBook } from './stores/vault.ts';

/** The platform's log, and the files of envelopes and templates. */
export const verifyPlatform = (dataDir: string, key: Uint8Array | undefined): Promise<Verdict> =>
  verifyPart<Tables>({
    database: join(dataDir, 'platform.db'),
    folder: join(dataDir, 'blobs'),
    aside: join(dataDir, 'quarantine'),
    key,
    named: (db) => vaultBook(db).named(),
  });
