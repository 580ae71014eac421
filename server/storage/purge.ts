import { type Kysely, sql } from 'kysely';

/** What is over by an instant: `key` tells the rows of the table apart, and `age` has an index. */
interface Over {
  readonly table: string;
  readonly key: readonly string[];
  readonly age: string;
  readonly before: number;
}

/** Rows that are deleted at a time, in one short transaction: whoever waits for it waits a few milliseconds. */
const batch = 250;

/** Deletes some of what is over, the oldest first. True: there may be more. */
export async function purgeSome<Tables>(db: Kysely<Tables>, { table, key, age, before }: Over): Promise<boolean> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const oldest = sql`select ${columns} from ${sql.table(table)} where ${sql.ref(age)} < ${before} order by ${sql.ref(age)} limit ${batch}`;
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where (${columns}) in (${oldest})`.execute(db);
  return (numAffectedRows ?? 0n) >= BigInt(batch);
}
