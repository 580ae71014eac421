import { join } from 'node:path';
import { type Verdict, verifyPart } from '../storage/verify.ts';
import { named } from './stores/names.ts';
import { flowDocumentStore } from './stores/signings.ts';
import type { FileTables } from './stores/tables.ts';

/** The gateway's log, and the documents that its flows name. */
export const verifyGateway = (dataDir: string, key: Uint8Array | undefined): Promise<Verdict> =>
  verifyPart<FileTables>({
    database: join(dataDir, 'gateway.db'),
    folder: join(dataDir, 'documents'),
    aside: join(dataDir, 'quarantine'),
    key,
    named: (db) => flowDocumentStore(named(db)).addresses(),
  });
