import type { Findings } from './difference.ts';
import type { OpenedFile, View } from './objects.ts';
import type { Revision } from './revisions.ts';
import type { Entry } from './sections.ts';
import { isBlank } from './signatures.ts';
import { isEqual, isStream } from './values.ts';

/** What a later revision wrote, whatever it means. */
export interface Written {
  /** Objects that are other than before, or no longer there. */
  readonly changed: ReadonlySet<number>;
  /** Cross-reference streams and object streams: they hold what was written, and are nothing themselves. */
  readonly holders: ReadonlySet<number>;
  /** Where readers may differ, or find what others do not: number of the object (null: the file), and a sentence. */
  readonly faults: readonly { readonly owner: number | null; readonly detail: string }[];
}

/** Reads what the revision wrote beside what it leaves as it was. Throws Unreadable where an object is not where it should be. */
export function writtenIn(file: OpenedFile, before: View, after: View): Written {
  const revision = file.revisions[after.number - 1] as Revision;
  const faults: { owner: number | null; detail: string }[] = [];
  const changed = new Set<number>();
  for (const number of revision.entries.keys()) if (!isSame(before, after, number)) changed.add(number);
  const held = containersOf(file.revisions.slice(0, before.number));
  for (const number of changed) {
    for (const detail of faultsOf(revision, before, after, number)) faults.push({ owner: number, detail });
    if (held.has(number)) faults.push({ owner: number, detail: 'It held other objects, which are now others.' });
  }
  for (const container of containersOf([revision]))
    if (after.numbersIn(container).some((each) => !isIn(revision.entries.get(each), container)))
      faults.push({ owner: container, detail: 'It holds objects that no cross-reference section names.' });
  for (const section of revision.sections)
    if (section.isAmbiguous) faults.push({ owner: null, detail: 'A cross-reference section can be read in several ways.' });
  if (hasStrayBytes(file, after, revision))
    faults.push({ owner: null, detail: 'Something is written that no cross-reference section names.' });
  const sections = new Set(revision.sections.map(({ offset }) => offset));
  const holders = new Set<number>();
  for (const [number, entry] of revision.entries) {
    if (entry.kind === 'at' && sections.has(entry.offset) && !before.place(number)) holders.add(number);
    if (entry.kind === 'in' && !before.place(entry.container)) holders.add(entry.container);
  }
  return { changed, holders, faults };
}

/** Lies it where it lay, or is it written again with the same meaning? */
function isSame(before: View, after: View, number: number): boolean {
  const [was, is] = [before.place(number), after.place(number)];
  if (!was || !is) return !was && !is;
  if (was.kind === 'at' && is.kind === 'at' && was.offset === is.offset) return true;
  const [one, other] = [before.object(number), after.object(number)];
  if (!isStream(one) || !isStream(other)) return isEqual(one, other);
  return isEqual(one.dict, other.dict) && before.data(one).equals(after.data(other));
}

function faultsOf({ start }: Revision, before: View, after: View, number: number): string[] {
  const [was, is] = [before.place(number), after.place(number)];
  const said: string[] = [];
  if (is && after.isAmbiguous(number)) said.push('A dictionary has a key twice.');
  if (is?.kind === 'at' && is.offset < start) said.push('It is taken from an earlier revision’s bytes.');
  if (was && is && generationOf(was) !== generationOf(is)) said.push('Its generation has changed.');
  return said;
}

const generationOf = (place: { kind: 'at'; generation: number } | { kind: 'in' }): number => (place.kind === 'at' ? place.generation : 0);

const isIn = (entry: Entry | undefined, container: number): boolean => entry?.kind === 'in' && entry.container === container;

/** The object streams that these revisions take objects from. */
const containersOf = (revisions: readonly Revision[]): ReadonlySet<number> =>
  new Set(revisions.flatMap(({ entries }) => [...entries.values()].flatMap((entry) => (entry.kind === 'in' ? [entry.container] : []))));

/** Is there anything between the objects and sections of this revision but white space and comments, or do they overlap? */
function hasStrayBytes({ bytes }: OpenedFile, after: View, { start, entries, sections }: Revision): boolean {
  const spans = new Map<number, number>();
  for (const { offset, end } of sections) spans.set(offset, end);
  for (const [number, entry] of entries)
    if (entry.kind === 'at' && entry.offset >= start && !spans.has(entry.offset)) spans.set(entry.offset, after.span(number).end);
  let at = start;
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    if (from < at || !isRemark(bytes.subarray(at, from))) return true;
    at = to;
  }
  return false;
}

/** Readers that mend a file look for these words wherever they stand. */
const words = /obj|trailer|xref|stream/;

function isRemark(bytes: Buffer): boolean {
  if (isBlank(bytes)) return true;
  const text = bytes.toString('latin1');
  return text.replace(/%[^\r\n]*/g, '').replace(/[\0\t\n\f\r ]+/g, '') === '' && !words.test(text);
}

/** Puts the faults among what was found of the objects. */
export function addFaults(findings: Findings, { changed, holders, faults }: Written): void {
  for (const { owner, detail } of faults) findings.set(owner, new Map([...(findings.get(owner) ?? []), ['structure', detail]]));
  for (const number of changed) {
    if (findings.has(number)) continue;
    const isHolder = holders.has(number);
    findings.set(number, new Map([[isHolder ? 'cross-reference' : 'unused', isHolder ? '' : 'Nothing leads to it.']]));
  }
}
