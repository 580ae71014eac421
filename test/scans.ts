import { existsSync } from 'node:fs';
import SqliteFile, { type Database } from 'better-sqlite3';

/**
 * Whatever a platform or a gateway asks of its database in a test is explained when it closes, and the test's process fails where a statement
 * reads all of what grows. Looked at are the statements that the program prepares once its database is up to date; what tests ask by themselves
 * is theirs.
 */

const asked = new Map<string, Set<string>>();
const upToDate = new WeakSet<Database>();
const prepare = SqliteFile.prototype.prepare;
SqliteFile.prototype.prepare = function (this: Database, text: string) {
  // Where a call comes from takes longer to find out than what was asked before.
  if (!asked.get(this.name)?.has(text) && new Error().stack?.includes('/server/storage/database.ts')) {
    if (upToDate.has(this) || this.readonly) asked.set(this.name, (asked.get(this.name) ?? new Set()).add(text));
    // What follows the migrations.
    if (text.startsWith('create table if not exists opened')) upToDate.add(this);
  }
  return prepare.call(this, text);
} as typeof prepare;

const found = new Set<string>();
process.once('exit', () => {
  if (found.size === 0) return;
  console.error(`These statements read more the more there is:\n${[...found].join('\n')}`);
  process.exitCode = 1;
});

/** Of which there are few, however long it runs, or of which the operator makes each row. */
const small = new Set([
  ...['opened', 'kysely_migration', 'sqlite_master', 'key_check', 'master_key', 'kept_secret', 'signing_key', 'subscribr_numbers'],
  ...['accounts', 'partner', 'partner_origin', 'partner_key', 'flow', 'flow_document'],
  // Waits to be tidied up by a job; one for many thousand leaves.
  ...['doomed_files', 'log_head'],
]);
/** Indexes of what is under way at this instant, and looked through at a start or by a job. */
const underWay =
  /account_asking|signing_asking|signing_unmade|kept_call_running|account_refused|signing_refused|people_unsettled|envelopes_finishing|envelopes_waiting/;
const allowed = new RegExp(
  [
    // The hourly look at which files are named: a thousand rows at a time, with everybody else in between.
    String.raw`json_extract\("document", '\$\.address'\)`,
    // What time alone has changed is merged, in the list's order, into what the index says: it is asked for by columns of its own.
    String.raw`where "account_id" = \? and "status" = \? union all select`,
    // Runs that stood still, when an administrator brings another key.
    String.raw`update "run" set "status" = \? where "partner_id" = \? and "status" = \? and "id" not in`,
  ].join('|'),
);
/** Columns that say whose row it is, or of which kind: a search by nothing else finds all that somebody has. */
const broad = new Set(['account_id', 'partner_id', 'list', 'kind', 'mode', 'status', 'state', 'vendor', 'purpose', 'dialect']);

/** Explains what was asked of this file. */
export function assertNoScans(file: string): void {
  // Some tests take their folder away first.
  if (!existsSync(file)) return;
  const db = new SqliteFile(file, { readonly: true });
  for (const text of asked.get(file) ?? []) {
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(text) || allowed.test(text)) continue;
    const holes: null[] = Array.from({ length: text.split('?').length - 1 }, () => null);
    const steps = prepare.call(db, `explain query plan ${text}`).all(holes) as { detail: string }[];
    const sorted = steps.some(({ detail }) => detail.startsWith('USE TEMP B-TREE FOR ORDER BY'));
    const paged = /\blimit\b/i.test(text) && !sorted;
    for (const { detail } of steps) if (readsAll(db, detail, text, paged)) found.add(`${detail}\n    ${text}`);
  }
  db.close();
}

function readsAll(db: Database, detail: string, text: string, paged: boolean): boolean {
  const [, how, name = '', index] = /^(SCAN|SEARCH) (\S+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
  const table = new RegExp(`"?(\\w+)"? as "?${name}"?\\b`, 'i').exec(text)?.[1] ?? name;
  const isTable = prepare.call(db, `select 1 from sqlite_master where type = 'table' and name = ?`).get(table) !== undefined;
  if (!how || !isTable || small.has(table) || underWay.test(index ?? '')) return false;
  // An insert only looks for rows that would be its children where there are orphans.
  if (/^\s*insert/i.test(text) && !text.includes(`"${table}"`)) return false;
  const by = [...detail.matchAll(/(\w+)(?=[=<>])/g)].map(([column = '']) => column);
  // A page is told as far as it is read, where the index knows all that is asked for.
  if (paged) {
    const asked = [...text.matchAll(/"(\w+)" = \?/g)].map(([, column]) => column);
    const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    return by.every((column) => broad.has(column)) && columns.some((column) => asked.includes(column) && !by.includes(column));
  }
  if (how === 'SCAN') return true;
  return by.length > 0 && by.every((column) => broad.has(column)) && !isWhole(db, index, by);
}

/** Is it a unique index, and searched by all of its columns? */
function isWhole(db: Database, index: string | undefined, by: readonly string[]): boolean {
  if (!index) return false;
  const columns = db.pragma(`index_info(${index})`) as { name: string }[];
  const unique = prepare.call(db, 'select "unique" from sqlite_master m, pragma_index_list(m.tbl_name) l where l.name = ? and m.name = ?');
  return columns.length === by.length && (unique.pluck().get([index, index]) as number) === 1;
}
