import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { moveIn, openBlobs } from '../storage/blobs.ts';
import { openDatabase } from '../storage/database.ts';
import { assertNotNew, headBeside } from '../storage/head-beside.ts';
import { secretBox } from '../storage/secret-box.ts';
import type { GatewayConfig } from './config.ts';
import { createClockWatch } from './domain/records/clock-watch.ts';
import type { Edges } from './domain/records/ports.ts';
import { assertMasterKey } from './stores/master-key.ts';
import { migrations } from './stores/migrations.ts';
import { storageIn } from './stores/stores.ts';
import type { FileTables } from './stores/tables.ts';

/** Opens what the data folder holds of the gateway: its database, its documents, and the clock that everything kept goes by. */
export async function openData(config: GatewayConfig, masterKey: Uint8Array, outer: Edges) {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const place = {
    database: join(config.dataDir, 'gateway.db'),
    folder: join(config.dataDir, 'documents'),
    acceptLoss: config.acceptLoss ?? false,
    report: (error: unknown) => outer.report(error, 'documents.head.json'),
  };
  assertNotNew(place.database, place.folder, place.acceptLoss);
  const database = await openDatabase<FileTables>(place.database, migrations);
  const box = secretBox(masterKey);
  await assertMasterKey(database.write, box.keyId);
  const beside = await headBeside(database.read, place);
  const storage = storageIn(database, beside.grown);
  // Whoever proves something, or names an instant, goes by the clock as it is set; everything that is kept here, by one that is moved along.
  const clock = createClockWatch({ storage, edges: outer });
  const aside = join(config.dataDir, 'quarantine');
  const blobs = openBlobs(place.folder, aside);
  // Before they had a folder of their own, they lay in the platform's.
  await moveIn(blobs, openBlobs(join(config.dataDir, 'blobs'), aside), await storage.read.documents.addresses());
  return { database, box, beside, storage, clock, blobs };
}
