import type { Kysely } from 'kysely';
import { type Database, openDatabase } from '../../storage/database.ts';
import { StartRefused } from '../../storage/refused.ts';
import type { SecretBox } from '../../storage/secret-box.ts';
import type { Storage, Stores } from '../domain/records/stores.ts';
import { accountBook } from './account/accounts.ts';
import { webhookBook } from './account/webhooks.ts';
import { envelopeBook } from './envelope/envelopes.ts';
import { mailBook } from './mails.ts';
import { peopleBook } from './people/people.ts';
import { kelviqBook } from './sandbox/kelviq.ts';
import { invitationBook, organizationBook, teamBook } from './sandbox/organizations.ts';
import { subscribrBook } from './sandbox/subscribr.ts';
import { migrations, type Tables } from './schema/schema.ts';
import { secretBook } from './secrets.ts';
import { templateBook } from './templates.ts';
import { vaultBook } from './vault.ts';

/** Opens platform.db; `committed` is called after each commit. A file that was written under another key is refused: its sealed keys could not be read. */
export async function openStorage(
  file: string,
  box: SecretBox,
  committed: () => void = () => {},
): Promise<{ storage: Storage; database: Database<Tables> }> {
  const database = await openDatabase<Tables>(file, migrations);
  const { key_id } = (await database.write.selectFrom('key_check').selectAll().executeTakeFirst()) ?? {};
  if (key_id === undefined) await database.write.insertInto('key_check').values({ key_id: box.keyId }).execute();
  else if (key_id !== box.keyId) {
    await database.close();
    throw new StartRefused('INLAY_PLATFORM_KEY is not the key that this platform.db was written under.');
  }
  const storage: Storage = {
    read: booksOn(database.read, box),
    async transact(work) {
      const done = await database.transact((tx) => work(booksOn(tx, box)));
      committed();
      return done;
    },
  };
  return { storage, database };
}

const booksOn = (db: Kysely<Tables>, box: SecretBox): Stores => ({
  accounts: accountBook(db),
  organizations: organizationBook(db),
  teams: teamBook(db),
  kelviq: kelviqBook(db, box),
  subscribr: subscribrBook(db),
  invitations: invitationBook(db),
  mails: mailBook(db),
  envelopes: envelopeBook(db, box),
  people: peopleBook(db, box),
  vault: vaultBook(db),
  templates: templateBook(db, box),
  webhooks: webhookBook(db, box),
  secrets: secretBook(db, box),
  magic: {
    async spend(accountId, dialect, ownerKey, at) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('spent_magic')
        .values({ account_id: accountId, dialect, owner_key: ownerKey, spent_at: at })
        .onConflict((c) => c.columns(['account_id', 'dialect', 'owner_key']).doNothing())
        .executeTakeFirstOrThrow();
      return Boolean(numInsertedOrUpdatedRows);
    },
  },
});
