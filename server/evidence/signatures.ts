import { type CheckedSignature, checkSignature } from './cms.ts';
import type { OpenedFile, View } from './objects.ts';
import { dictOf, type Field, type Outline } from './outline.ts';
import { type Dict, isCount, isList, isText, nameOf, Unreadable, type Value } from './values.ts';

/** How much a certifying signature permits later (ISO 32000-2, table 257): 1 nothing, 2 forms and signatures, 3 annotations too. */
export type Level = 1 | 2 | 3;

export interface Signature {
  /** Fully qualified name. */
  readonly field: string;
  readonly kind: 'certification' | 'approval' | 'time-stamp';
  /** What it permits later; null where it says nothing. */
  readonly level: Level | null;
  /** All of the file, all of an earlier revision, or neither. */
  readonly covers: 'file' | 'revision' | 'part';
  /** The revision that it covers, counted from 1. */
  readonly revision: number | null;
  /** It covers a revision, and fits it by the certificate that it carries. Whether that one is trusted is the caller's to say. */
  readonly intact: boolean;
  /** A sentence; null where it is intact. */
  readonly fault: string | null;
  /** In DER, the signer's first. */
  readonly certificates: readonly Uint8Array[];
}

const most = 100;
const subFilters: Readonly<Record<string, 'detached' | 'time-stamp'>> = {
  'ETSI.CAdES.detached': 'detached',
  'adbe.pkcs7.detached': 'detached',
  'ETSI.RFC3161': 'time-stamp',
};

/** Every signature of every revision that can be read, each once, in the order in which they were made. */
export function signaturesOf(file: OpenedFile, outlines: readonly (Outline | Unreadable)[]): Signature[] {
  const found = new Map<string, Signature>();
  outlines.forEach((outline, i) => {
    if (outline instanceof Unreadable) return;
    const view = file.view(i + 1);
    for (const field of outline.fields.values()) {
      const signature = signatureOf(view, field);
      const contents = signature?.entries.get('Contents');
      if (!signature || !isText(contents)) continue;
      const place = `${contents.start} ${contents.end} ${contents.bytes.length}`;
      if (!found.has(place)) found.set(place, checked(file, view, field, signature, contents));
      if (found.size > most) throw new Unreadable(`The file has more than ${most} signatures.`);
    }
  });
  return [...found.values()].sort((one, other) => (one.revision ?? 0) - (other.revision ?? 0));
}

/** The dictionary of what a signature field holds. */
export function signatureOf(view: View, { number, type }: Field): Dict | undefined {
  return type === 'Sig' ? dictOf(view, dictOf(view, view.object(number))?.entries.get('V')) : undefined;
}

export const isTimeStamp = ({ entries }: Dict): boolean =>
  nameOf(entries.get('Type')) === 'DocTimeStamp' && nameOf(entries.get('SubFilter')) === 'ETSI.RFC3161';

function checked(file: OpenedFile, view: View, field: Field, signature: Dict, contents: Value): Signature {
  const { isCertifying, level } = locksOf(view, signature);
  const other = isCertifying ? 'certification' : 'approval';
  const kind = isTimeStamp(signature) ? 'time-stamp' : other;
  const range = rangeOf(view, signature);
  const covered = range && coverage(file, range, contents);
  const { isIntact, fault, certificates } = covered
    ? check(signature, covered.parts, contents)
    : { isIntact: false, fault: 'It does not cover all of a revision but itself.', certificates: [] };
  const covers = covered ? covered.covers : 'part';
  return { field: field.name, kind, level, covers, revision: covered?.revision ?? null, intact: isIntact, fault, certificates };
}

function check({ entries }: Dict, parts: readonly Buffer[], contents: Value): CheckedSignature {
  const subFilter = nameOf(entries.get('SubFilter')) ?? '';
  const kind = Object.hasOwn(subFilters, subFilter) ? subFilters[subFilter] : undefined;
  if (!kind || !isText(contents)) return { isIntact: false, fault: 'It is of a kind that is not checked here.', certificates: [] };
  return checkSignature(contents.bytes, parts, kind);
}

/** What the signature locks. Which fields a FieldMDP locks is not told apart: it is taken for all of them. */
function locksOf(view: View, { entries }: Dict): { isCertifying: boolean; level: Level | null } {
  const references = view.resolve(entries.get('Reference'));
  const locks = (isList(references) ? references : []).map((reference) => {
    const found = dictOf(view, reference);
    const method = nameOf(found?.entries.get('TransformMethod'));
    if (method !== 'DocMDP') return { method, level: 1 as const };
    const permitted = view.resolve(dictOf(view, found?.entries.get('TransformParams'))?.entries.get('P')) ?? 2;
    return { method, level: permitted === 2 || permitted === 3 ? permitted : 1 } as const;
  });
  const levels = locks.filter(({ method }) => method === 'DocMDP' || method === 'FieldMDP').map(({ level }) => level);
  return { isCertifying: locks.some(({ method }) => method === 'DocMDP'), level: levels.sort()[0] ?? null };
}

type Range = readonly [number, number, number, number];

function rangeOf(view: View, { entries }: Dict): Range | undefined {
  const list = view.resolve(entries.get('ByteRange'));
  const [zero, first, second, rest, ...more] = isList(list) ? list : [];
  const isRange = isCount(zero) && isCount(first) && isCount(second) && isCount(rest) && more.length === 0;
  return isRange ? [zero, first, second, rest] : undefined;
}

/**
 * The range begins with the file, leaves out exactly the string of the signature, and ends with a revision: at its last `%%EOF`, or in the
 * white space after it. Else nothing.
 */
function coverage({ bytes, revisions }: OpenedFile, [zero, first, second, rest]: Range, contents: Value) {
  const end = second + rest;
  if (zero !== 0 || !isText(contents) || contents.start !== first || contents.end !== second || end > bytes.length) return undefined;
  // An offset inside of an object stream is none in the file, whatever it says.
  if (bytes[first] !== 0x3c || bytes[second - 1] !== 0x3e || !/^[0-9a-f]*$/i.test(bytes.toString('latin1', first + 1, second - 1)))
    return undefined;
  if (!Buffer.from(bytes.toString('latin1', first + 1, second - 1), 'hex').equals(contents.bytes)) return undefined;
  const index = revisions.findLastIndex((revision) => revision.end <= end);
  const revision = revisions[index];
  if (!revision || second > revision.end || !isBlank(bytes.subarray(revision.end, end))) return undefined;
  const parts = [bytes.subarray(0, first), bytes.subarray(second, end)];
  return { parts, revision: index + 1, covers: end === bytes.length ? ('file' as const) : ('revision' as const) };
}

/** White space only (7.2.3). */
export const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => [0, 9, 10, 12, 13, 32].includes(byte));
