import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import SqliteFile, { type Database as Sqlite } from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { groupCommit } from './group-commit.ts';
import { asRefusal, StartRefused } from './refused.ts';

/**
 * A database as every part keeps it: `write` and `read` are two connections to one file (WAL), so that reading never waits for a
 * transaction. Use only the handle that `transact` hands in while inside it: the outer one would wait for ever.
 */
export interface Database<Tables> {
  readonly read: Kysely<Tables>;
  readonly write: Kysely<Tables>;
  /** Runs the work in one transaction on the writing connection; those that wait together share a commit. No network, PDF or key derivation inside. */
  transact<T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Why nothing can be written, while that is so: a sentence. */
  fault(): string | undefined;
  /** Where the last commit failed, tries whether one is possible again. */
  tryAgain(): Promise<void>;
  /** Carries the write-ahead log into the file and empties it: afterwards what was overwritten or deleted is in neither. Error while another process reads. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** How long a statement waits for another process, in milliseconds. */
const patience = 5_000;

/** Opens the file, brings it to the newest schema, and proves that a commit reaches the disk. StartRefused, with nothing changed, if a newer schema is in it, or where the disk or the file is to blame. */
export async function openDatabase<Tables>(file: string, migrations: Record<string, Migration>): Promise<Database<Tables>> {
  const opened: Kysely<Tables>[] = [];
  const open = (readonly: boolean): Kysely<Tables> => {
    const one = new Kysely<Tables>({ dialect: new SqliteDialect({ database: preparedOnce(connect(file, readonly)) }) });
    opened.push(one);
    return one;
  };
  const begin = async () => {
    const write = open(false);
    await migrate(write, migrations, basename(file));
    await assertDurable(write);
    return { write, read: open(true) };
  };
  let broken: unknown;
  const { write, read } = await begin().catch(async (error: unknown) => {
    for (const one of opened) await one.destroy();
    throw asRefusal(error, file);
  });
  const transact = groupCommit(write, (error) => {
    broken = error;
  });
  return {
    read,
    write,
    transact,
    fault: () => (broken === undefined ? undefined : String((asRefusal(broken, basename(file)) as Error).message)),
    async tryAgain() {
      if (broken !== undefined) await transact((tx) => noteOpened(tx)).catch(() => {});
    },
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

/** Reads a database that somebody else may be writing: nothing is made, brought up to date or changed. */
export const openToRead = <Tables>(file: string): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database: preparedOnce(connect(file, true)) }) });

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

async function migrate<Tables>(db: Kysely<Tables>, migrations: Record<string, Migration>, file: string): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (!error) return;
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  const unknown = rows.find(({ name }) => !Object.hasOwn(migrations, name));
  if (!unknown) throw error;
  throw new StartRefused(
    `${file} was brought to "${unknown.name}" by a newer version of Inlay, which this one cannot read: start that version again, or set INLAY_DATA_DIR to another folder.`,
  );
}

/** A write that changes nothing anybody reads. */
async function noteOpened<Tables>(db: Kysely<Tables>): Promise<void> {
  await sql`delete from opened`.execute(db);
  await sql`insert into opened (at) values (${Date.now()})`.execute(db);
}

/** `synchronous` may read FULL before the first write and NORMAL after it, so it is asked after a write. 2 is FULL. */
async function assertDurable<Tables>(db: Kysely<Tables>): Promise<void> {
  await sql`create table if not exists opened (at integer not null) strict`.execute(db);
  await db.transaction().execute(noteOpened);
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
  if (rows[0]?.synchronous !== 2)
    throw new Error('The database does not run at synchronous=FULL: a commit could be lost when the power fails.');
}
