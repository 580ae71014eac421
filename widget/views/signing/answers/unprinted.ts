import { bring } from '../../../session/bring.ts';

/** Latin letters and what is written with them: all of it can be printed. */
const plain = /^[\x20-\x7e\xa0-\u024f\u2013\u2014\u2018-\u201e\u2026\u20ac]*$/;

let known: ((text: string) => readonly string[]) | undefined;

/** Brings the table of what can be printed, at the first character that is not plain: true when it has just come. Without it the server alone can tell. */
export async function bringTable(text: string): Promise<boolean> {
  if (known || plain.test(text)) return false;
  const table = await bring(() => import('../../../../shared/text/written.ts')).catch(() => undefined);
  if (known || !table) return false;
  known = table.unprinted;
  return true;
}

/** What of a line cannot be printed, as far as is known here. */
export const unprinted = (text: string): readonly string[] => (plain.test(text) ? [] : (known?.(text) ?? []));
