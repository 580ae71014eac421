import type { Budget } from './lexer.ts';
import { type Entry, type Section, sectionsFrom } from './sections.ts';
import { type Dict, Unreadable } from './values.ts';

/** What one save added to the file (ISO 32000-2, 7.5.6). A linearized file's two sections are one revision. */
export interface Revision {
  /** Its first byte and the one after its `%%EOF`. */
  readonly start: number;
  readonly end: number;
  /** What this revision alone says of objects. */
  readonly entries: ReadonlyMap<number, Entry>;
  readonly trailer: Dict;
  readonly sections: readonly Section[];
}

const most = 100;

/** The file's revisions, oldest first. Each ends with a `startxref` of its own, as the first byte after it would find it. */
export function revisionsOf(bytes: Buffer, budget: Budget): Revision[] {
  const word = bytes.lastIndexOf('startxref');
  if (word < 0) throw new Unreadable('The file has no startxref.');
  const groups = grouped(sectionsFrom(bytes, startxrefAt(bytes, word).offset, budget));
  if (groups.length > most) throw new Unreadable(`The file has more than ${most} revisions.`);
  const revisions: Revision[] = [];
  for (const sections of groups) {
    const start = revisions.at(-1)?.end ?? 0;
    const end = endOf(bytes, sections);
    const [newest] = sections;
    if (!newest || end <= start || sections.some(({ offset }) => offset < start)) throw new Unreadable('The file’s revisions overlap.');
    revisions.push({ start, end, sections, entries: merged(sections), trailer: newest.trailer });
  }
  return revisions;
}

/** A section that lies behind every older one begins a revision; one before them belongs to theirs, as in a linearized file. */
function grouped(newestFirst: readonly Section[]): Section[][] {
  const groups: Section[][] = [];
  let farthest = -1;
  for (const section of [...newestFirst].reverse()) {
    const last = groups.at(-1);
    if (last && section.offset < farthest) last.unshift(section);
    else groups.push([section]);
    farthest = Math.max(farthest, section.offset);
  }
  return groups;
}

function endOf(bytes: Buffer, sections: readonly Section[]): number {
  const after = Math.max(...sections.map(({ end }) => end));
  const word = bytes.indexOf('startxref', after);
  const { offset, end } = startxrefAt(bytes, word);
  if (bytes.toString('latin1', after, Math.max(after, word)).trim() !== '' || offset !== sections[0]?.offset)
    throw new Unreadable('A revision does not end with a startxref that leads to it.');
  return end;
}

function startxrefAt(bytes: Buffer, word: number): { offset: number; end: number } {
  const [whole, digits] = /^startxref[\0\t\n\f\r ]+(\d{1,12})[\0\t\n\f\r ]+%%EOF/.exec(bytes.toString('latin1', word, word + 60)) ?? [];
  if (word < 0 || whole === undefined) throw new Unreadable('A startxref is not followed by an offset and the mark of the end.');
  return { offset: Number(digits), end: word + whole.length };
}

function merged(newestFirst: readonly Section[]): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const section of newestFirst) for (const [number, entry] of section.entries) if (!entries.has(number)) entries.set(number, entry);
  return entries;
}
