import type { Kysely } from 'kysely';
import type { Database } from '../../storage/database.ts';
import { append } from '../../storage/log/leaves.ts';
import type { Storage, Stores } from '../domain/records/ports.ts';
import { keptCallStore } from './calls.ts';
import { credentialStore, flowStore } from './credentials.ts';
import { keyStore, signingKeyStore } from './keys.ts';
import { names } from './names.ts';
import { partnerStore } from './partners.ts';
import { passStore } from './passes.ts';
import { runStore } from './runs.ts';
import { customerStore, sessionStore } from './sessions.ts';
import { flowDocumentStore, signingStore } from './signings.ts';
import type { Tables } from './tables.ts';
import { webhookStore } from './webhooks.ts';

function storesOn(db: Kysely<Tables>): Stores {
  const named = db.withPlugin(names);
  return {
    partners: partnerStore(named),
    keys: keyStore(named),
    credentials: credentialStore(named),
    flows: flowStore(named),
    customers: customerStore(named),
    sessions: sessionStore(named),
    passes: passStore(named),
    runs: runStore(named),
    signings: signingStore(named),
    documents: flowDocumentStore(named),
    tokenKeys: signingKeyStore(named),
    webhooks: webhookStore(named),
    calls: keptCallStore(named),
    async record(entry) {
      await append(db, entry);
    },
  };
}

/** `committed` is called after each commit. */
export const storageIn = (database: Database<Tables>, committed: () => void = () => {}): Storage => ({
  read: storesOn(database.read),
  async transact(work) {
    const done = await database.transact((tx) => work(storesOn(tx)));
    committed();
    return done;
  },
});
