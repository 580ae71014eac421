import { CamelCasePlugin, CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Tables and columns lie in the file in snake_case; whoever asks spells them in camelCase. Texts that are written out are sent as they are. */
export const names = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** The first row of a statement that runs at every call: written out, since building it takes longer than SQLite does. */
export async function rowOf<Row>(db: Kysely<Tables>, text: string, ...values: unknown[]): Promise<Row | undefined> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, values) as CompiledQuery<Row>);
  return rows[0];
}
