import type { Kysely } from 'kysely';
import { type RawBuilder, sql } from 'kysely';

/** How many rows there are of a list, kept in the transaction that changes them: counting them when somebody asks would cost more with every row. */
export interface TotalTables {
  /** `owner`: whose rows; `part`: which of them, or '' where they are not told apart. */
  totals: { list: string; owner: string; part: string; n: number };
}

export const totalsSchema = sql`create table totals (
  list text not null, owner text not null, part text not null, n integer not null, primary key (list, owner, part)
) strict`;

/** What is counted: the rows of `table` by SQL over one of them, whose columns are written `row.column`. */
interface Counted {
  readonly list: string;
  readonly table: string;
  readonly owner: string;
  readonly part?: string;
}

/**
 * Counts the rows that are there, and from then on each that comes, goes or becomes another's. By triggers, since no statement can forget them:
 * not one over many rows, nor a repair by hand.
 */
export function counting({ list, table, owner, part = "''" }: Counted): RawBuilder<unknown>[] {
  const of = (row: string) => `'${list}', ${owner.replaceAll('row.', `${row}.`)}, ${part.replaceAll('row.', `${row}.`)}`;
  const more = `insert into totals (list, owner, part, n) values (${of('new')}, 1)
    on conflict (list, owner, part) do update set n = totals.n + excluded.n;`;
  // By the columns alone, so that an index in their order is read instead of sorting.
  const columns = [...`${owner} ${part}`.matchAll(/row\.(\w+)/g)].map(([, column]) => column).join(', ');
  const present = `insert into totals (list, owner, part, n) select ${of(table)}, count(*) from ${table} where true group by ${columns}
    on conflict (list, owner, part) do update set n = totals.n + excluded.n`;
  const less = `update totals set n = n - 1 where (list, owner, part) = (${of('old')});`;
  return [
    present,
    `create trigger ${list}_come after insert on ${table} begin ${more} end`,
    `create trigger ${list}_go after delete on ${table} begin ${less} end`,
    `create trigger ${list}_move after update on ${table} when (${of('old')}) <> (${of('new')}) begin ${less} ${more} end`,
  ].map((text) => sql.raw(text));
}

/** How many rows this owner has: of one part, or of all of them (their parts must be few). */
export async function totalOf(db: Kysely<TotalTables>, list: string, owner: string, part?: string): Promise<number> {
  const counted = db.selectFrom('totals').where('list', '=', list).where('owner', '=', owner);
  const { n } = await (part === undefined ? counted : counted.where('part', '=', part))
    .select((e) => e.fn.sum<number | null>('n').as('n'))
    .executeTakeFirstOrThrow();
  return n ?? 0;
}
