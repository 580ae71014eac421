import type { Kysely } from 'kysely';
import type { Database } from '../../storage/database.ts';
import { append } from '../../storage/log/leaves.ts';
import type { Storage, Stores } from '../domain/records/ports.ts';
import { keptCallStore } from './calls.ts';
import { credentialStore, flowStore } from './credentials.ts';
import { keyStore, signingKeyStore } from './keys.ts';
import { named } from './names.ts';
import { partnerStore } from './partners.ts';
import { passStore } from './passes.ts';
import { runStore } from './runs.ts';
import { customerStore, sessionStore } from './sessions.ts';
import { flowDocumentStore, signingStore } from './signings.ts';
import type { FileTables } from './tables.ts';
import { webhookStore } from './webhooks.ts';

function storesOn(file: Kysely<FileTables>): Stores {
  const db = named(file);
  return {
    partners: partnerStore(db),
    keys: keyStore(db),
    credentials: credentialStore(db),
    flows: flowStore(db),
    customers: customerStore(db),
    sessions: sessionStore(db),
    passes: passStore(db),
    runs: runStore(db),
    signings: signingStore(db),
    documents: flowDocumentStore(db),
    tokenKeys: signingKeyStore(db),
    webhooks: webhookStore(db),
    calls: keptCallStore(db),
    async record(entry) {
      await append(file, entry);
    },
  };
}

/** `committed` is called after each commit. */
export const storageIn = (database: Database<FileTables>, committed: () => void = () => {}): Storage => ({
  read: storesOn(database.read),
  async transact(work) {
    const done = await database.transact((tx) => work(storesOn(tx)));
    committed();
    return done;
  },
});
