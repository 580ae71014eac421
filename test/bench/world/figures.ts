import type { Row } from './harness.ts';

/** The table of figures: on the terminal, and in docs/figures.md. */
export const head = '| Figure | Inlay | Yardstick | | Ratio (spread) | Target | |\n|---|--:|---|--:|--:|--:|---|\n';

export const lineOf = ({ what, ours, yardstick, theirs, ratio, spread, target, verdict }: Row): string =>
  `| ${what} | ${ours} | ${yardstick} | ${theirs} | ${ratio} (${spread}) | ${target} | ${verdict} |\n`;

/** What a line is found again by: its figure and its yardstick. */
function nameOf(line: string): string {
  const [what, , yardstick] = line.split(' | ');
  return `${what} beside ${yardstick}`;
}

/** The page with these rows: each in place of its earlier self, or at the end. Rows that were not measured stay, and so do the words around. */
export function pageWith(page: string, rows: readonly Row[], machine: string): string {
  const start = page.indexOf(head) + head.length;
  const [old = ''] = /^(?:\|.*\n)*/.exec(page.slice(start)) ?? [];
  const lines = new Map(old.match(/.+\n/g)?.map((line) => [nameOf(line), line]));
  for (const row of rows) lines.set(nameOf(lineOf(row)), lineOf(row));
  const rest = page.slice(start + old.length).replace(/^Measured on .*$/m, `Measured on ${machine}.`);
  return page.slice(0, start) + [...lines.values()].join('') + rest;
}
