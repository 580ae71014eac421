import { type Change, isPermitted } from './changes.ts';
import { compareRevisions } from './comparison.ts';
import type { Effort, Findings } from './difference.ts';
import { type OpenedFile, openFile } from './objects.ts';
import { type Outline, outlineOf } from './outline.ts';
import { isBlank, type Level, type Signature, signaturesOf } from './signatures.ts';
import { Unreadable } from './values.ts';
import { addFaults, writtenIn } from './writing.ts';

export type { Change, ChangeKind } from './changes.ts';
export type { Level, Signature } from './signatures.ts';

/** What one revision did to what had been signed before it. */
export interface JudgedRevision {
  /** Counts from 1. */
  readonly number: number;
  /** What the signatures before it permit; null where there is none, and then nothing is judged. */
  readonly level: Level | null;
  readonly verdict: 'allowed' | 'forbidden';
  readonly changes: readonly Change[];
}

export interface Evidence {
  /**
   * `allowed`: every signature is intact, and every later change is one that they permit. `forbidden`: a later change is not. `broken`: a
   * signature is not intact, whatever was changed. `unsigned`: there is no signature. `unreadable`: nothing is said of the file; `reason`
   * says why.
   */
  readonly verdict: 'allowed' | 'forbidden' | 'broken' | 'unsigned' | 'unreadable';
  /** A sentence where the file is broken or unreadable, else null. */
  readonly reason: string | null;
  readonly signatures: readonly Signature[];
  readonly revisions: readonly JudgedRevision[];
}

/**
 * Judges a PDF by its own reader, without asking anybody: which signatures it has, what they cover, and what every later revision changed.
 * A certification says itself what it permits (DocMDP, ISO 32000-2, 12.8.2.2); files that only carry other signatures are judged as by level
 * 2: forms may be filled in and signatures added. No certificate is trusted or mistrusted, that is the caller's. Never throws; takes time
 * and memory in proportion to the file, up to 100 MB of it: strangers' files belong into a process of their own.
 */
export function judge(bytes: Uint8Array): Evidence {
  try {
    return judged(openFile(bytes));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { verdict: 'unreadable', reason: error.message, signatures: [], revisions: [] };
  }
}

function judged(file: OpenedFile): Evidence {
  const outlines = file.revisions.map((_, i) => readable(() => outlineOf(file.view(i + 1))));
  const signatures = signaturesOf(file, outlines);
  const last = outlines.at(-1);
  if (signatures.length === 0 && last instanceof Unreadable) throw last;
  const effort: Effort = { left: 30_000_000 };
  const revisions = file.revisions.map((_, i) => judgedRevision({ file, outlines, effort }, i + 1, signatures));
  const tail = file.bytes.subarray(file.revisions.at(-1)?.end ?? 0);
  if (signatures.length > 0 && !isBlank(tail)) {
    const detail = `${tail.length} bytes follow after the end of the last revision.`;
    const level = levelAfter(signatures, revisions.length);
    revisions.push({ number: revisions.length + 1, level, verdict: 'forbidden', changes: [{ object: null, kind: 'structure', detail }] });
  }
  const broken = signatures.find(({ intact }) => !intact);
  return { ...verdictOf(signatures, revisions), reason: broken ? `${broken.field}: ${broken.fault}` : null, signatures, revisions };
}

function verdictOf(signatures: readonly Signature[], revisions: readonly JudgedRevision[]): Pick<Evidence, 'verdict'> {
  if (signatures.length === 0) return { verdict: 'unsigned' };
  if (signatures.some(({ intact }) => !intact)) return { verdict: 'broken' };
  return { verdict: revisions.every(({ verdict }) => verdict === 'allowed') ? 'allowed' : 'forbidden' };
}

/** What was read, or why it could not be: what a later revision spoils does not spoil those before it. */
function readable<T>(read: () => T): T | Unreadable {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** The strictest level of the signatures that cover an earlier revision. */
function levelAfter(signatures: readonly Signature[], number: number): Level | null {
  const levels = signatures.filter(({ revision }) => revision !== null && revision < number).map(({ level }) => level ?? 2);
  return levels.sort()[0] ?? null;
}

interface Reading {
  readonly file: OpenedFile;
  readonly outlines: readonly (Outline | Unreadable)[];
  readonly effort: Effort;
}

function judgedRevision(reading: Reading, number: number, signatures: readonly Signature[]): JudgedRevision {
  const level = levelAfter(signatures, number);
  if (level === null) return { number, level, verdict: 'allowed', changes: [] };
  const changes = changesIn(reading, number);
  return { number, level, verdict: changes.every(({ kind }) => isPermitted(kind, level)) ? 'allowed' : 'forbidden', changes };
}

function changesIn(reading: Reading, number: number): Change[] {
  const found = readable(() => findingsIn(reading, number));
  if (found instanceof Unreadable) return [{ object: null, kind: 'structure', detail: found.message }];
  const after = reading.file.view(number);
  return [...found]
    .sort(([one], [other]) => (one ?? -1) - (other ?? -1))
    .flatMap(([owner, kinds]) => [...kinds].map(([kind, detail]) => ({ object: nameIn(after, owner), kind, detail })));
}

function findingsIn({ file, outlines, effort }: Reading, number: number): Findings {
  const [was, is] = [outlines[number - 2], outlines[number - 1]];
  if (was instanceof Unreadable) throw was;
  if (is instanceof Unreadable) throw is;
  if (!was || !is) throw new Unreadable(`There is nothing before revision ${number}.`);
  const [before, after] = [file.view(number - 1), file.view(number)];
  const written = writtenIn(file, before, after);
  const findings = compareRevisions(before, after, was, is, effort);
  // What leads on to objects that are as they were is no change of theirs.
  for (const owner of findings.keys()) if (owner !== null && !written.changed.has(owner)) findings.delete(owner);
  addFaults(findings, written);
  return findings;
}

function nameIn(view: ReturnType<OpenedFile['view']>, owner: number | null): string | null {
  if (owner === null) return null;
  const place = view.place(owner);
  return `${owner} ${place?.kind === 'at' ? place.generation : 0}`;
}
