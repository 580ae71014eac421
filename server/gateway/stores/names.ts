import { CamelCasePlugin, CompiledQuery, type Kysely } from 'kysely';
import type { FileTables, Tables } from './tables.ts';

const names = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Tables and columns lie in the file in snake_case; by this handle they are asked for in camelCase. Texts that are written out are sent as they are. */
export const named = (db: Kysely<FileTables>): Kysely<Tables> => db.withPlugin(names) as Kysely<unknown> as Kysely<Tables>;

/** The first row of a statement that runs at every call: written out, since building it takes longer than SQLite does. */
export async function rowOf<Row>(db: Kysely<Tables>, text: string, ...values: unknown[]): Promise<Row | undefined> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, values) as CompiledQuery<Row>);
  return rows[0];
}
