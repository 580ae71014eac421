import { writeFileSync } from 'node:fs';
import type { Row } from './row.ts';
import { type TargetName, targetNames } from './targets.ts';

/** What came of each endpoint at each target. `npm test` prints it as a table when everything has run. */

const begun = new Map<string, number>();
const passed = new Map<string, number>();
const nameOf = (row: Row, target: TargetName): string => `${target} ${row.endpoint}`;

/** A test of this row begins (`false`), or has come to its end (`true`). */
export function noteResult(row: Row, target: TargetName, done: boolean): void {
  const counts = done ? passed : begun;
  counts.set(nameOf(row, target), (counts.get(nameOf(row, target)) ?? 0) + 1);
}

function signOf(row: Row, target: TargetName): '✓' | '✗' | '–' {
  if (!row.at.includes(target)) return '–';
  const name = nameOf(row, target);
  return begun.has(name) && begun.get(name) === passed.get(name) ? '✓' : '✗';
}

const titles: Readonly<Record<string, string>> = {
  scribeless: 'Scribeless',
  scaikey: 'ScaiKey',
  loyva: 'Loyva',
  kelviq: 'Kelviq',
  subscribr: 'Subscribr',
};

function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ endpoint }) => endpoint.length));
  const line = (page: string, endpoint: string, signs: readonly string[]) =>
    `${page.padEnd(12)}${endpoint.padEnd(width + 2)}${signs.map((sign) => sign.padEnd(11)).join('')}`.trimEnd();
  const body = rows.map((row) =>
    line(
      titles[row.page ?? ''] ?? 'Inlay',
      row.endpoint,
      targetNames.map((target) => signOf(row, target)),
    ),
  );
  return [line('Page', 'Endpoint', targetNames), ...body].join('\n');
}

/** Hands the table to `npm test`, which names the file; whoever runs this file alone sees it at once. */
export function keepResults(rows: readonly Row[]): void {
  const file = process.env.INLAY_CONTRACT_TABLE;
  if (file) writeFileSync(file, tableOf(rows));
  else console.log(tableOf(rows));
}
