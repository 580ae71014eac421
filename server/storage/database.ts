import { closeSync, openSync } from 'node:fs';
import SqliteFile, { type Database as Sqlite } from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/**
 * A database as every part keeps it: `write` and `read` are two connections to one file (WAL), so that reading never waits for a
 * transaction. Use only the handle that `transact` hands in while inside it: the outer one would wait for ever.
 */
export interface Database<Tables> {
  readonly read: Kysely<Tables>;
  readonly write: Kysely<Tables>;
  /** Runs the work in one transaction on the writing connection. No network, PDF or key derivation inside. */
  transact<T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Carries the write-ahead log into the file and empties it: afterwards what was overwritten or deleted is in neither. Error while another process reads. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** How long a statement waits for another process, in milliseconds. */
const patience = 5_000;

/** Opens the file, brings it to the newest schema, and proves that a commit reaches the disk. */
export async function openDatabase<Tables>(file: string, migrations: Record<string, Migration>): Promise<Database<Tables>> {
  const writer = connect(file, false);
  const write = new Kysely<Tables>({ dialect: new SqliteDialect({ database: preparedOnce(writer) }) });
  await migrate(write, migrations);
  await assertDurable(write);
  const reader = connect(file, true);
  const read = new Kysely<Tables>({ dialect: new SqliteDialect({ database: preparedOnce(reader) }) });
  return {
    read,
    write,
    transact: (work) => write.transaction().execute(work),
    async settle() {
      const busy = await write.connection().execute(async (one) => {
        // SQLite waits without letting anybody else in this process go on: whoever settles can come again.
        await sql`pragma busy_timeout = 100`.execute(one);
        try {
          const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(one);
          return rows[0]?.busy !== 0;
        } finally {
          await sql`pragma busy_timeout = ${sql.lit(patience)}`.execute(one);
        }
      });
      if (busy) throw new Error('The write-ahead log could not be emptied: somebody else is reading the database.');
    },
    async close() {
      await read.destroy();
      await write.destroy();
    },
  };
}

function connect(file: string, readonly: boolean): Sqlite {
  // For its owner alone; what SQLite puts beside it takes the same mode.
  if (!readonly) closeSync(openSync(file, 'a', 0o600));
  const sqlite = new SqliteFile(file, { readonly });
  if (!readonly) sqlite.pragma('journal_mode = WAL');
  // The library is built to run WAL at NORMAL, which loses acknowledged commits when the power fails.
  sqlite.pragma('synchronous = FULL');
  // What is deleted or overwritten is filled with zeros at once. VACUUM would do the same once, with everybody waiting while the file is copied.
  sqlite.pragma('secure_delete = ON');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma(`busy_timeout = ${patience}`);
  sqlite.pragma('trusted_schema = OFF');
  return sqlite;
}

/** Kysely prepares a statement for each execution; keeping them by text saves most of a small query's time. */
function preparedOnce(sqlite: Sqlite) {
  const statements = new Map<string, ReturnType<Sqlite['prepare']>>();
  return {
    prepare(text: string) {
      let statement = statements.get(text);
      if (!statement) {
        if (statements.size > 500) statements.clear();
        statement = sqlite.prepare(text);
        statements.set(text, statement);
      }
      return statement;
    },
    close: () => sqlite.close(),
  };
}

async function migrate<Tables>(db: Kysely<Tables>, migrations: Record<string, Migration>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error) throw error;
}

/** `synchronous` may read FULL before the first write and NORMAL after it, so it is asked after a write. 2 is FULL. */
async function assertDurable<Tables>(db: Kysely<Tables>): Promise<void> {
  await sql`create table if not exists opened (at integer not null) strict`.execute(db);
  await sql`delete from opened`.execute(db);
  await sql`insert into opened (at) values (${Date.now()})`.execute(db);
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
  if (rows[0]?.synchronous !== 2)
    throw new Error('The database does not run at synchronous=FULL: a commit could be lost when the power fails.');
}
