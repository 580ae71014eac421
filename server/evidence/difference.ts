import type { ChangeKind } from './changes.ts';
import type { View } from './objects.ts';
import { isDict, isEqual, isList, isRef, isStream, Unreadable, type Value } from './values.ts';

/** Where a value stands: the object that it is written in (null: the trailer), and the keys that lead to it. */
export interface Spot {
  readonly owner: number | null;
  readonly kind: ChangeKind;
  readonly path: string;
}

/** What is found of each object: the kinds of change that it is part of, each with the first way to it. */
export type Findings = Map<number | null, Map<ChangeKind, string>>;

/** How many more values are compared, over all revisions of a file. */
export interface Effort {
  left: number;
}

export interface Difference {
  /** Compares two values and all that they lead to; every difference is noted at its spot. */
  compare(before: Value | undefined, after: Value | undefined, spot: Spot): void;
  /** Notes all that a value leads to as part of this change. */
  mark(view: View, value: Value | undefined, spot: Spot): void;
  note(spot: Spot): void;
  readonly findings: Findings;
}

/**
 * Compares two revisions from any place on, in loops of their own instead of by recursion: a file may lead on for ever. `isApart` names
 * objects that are compared elsewhere, by what they are in both revisions: a reference to one is compared as a reference.
 */
export function differenceOf(before: View, after: View, isApart: (number: number) => boolean, effort: Effort): Difference {
  const findings: Findings = new Map();
  const seen = new Set<string>();
  const open: (() => void)[] = [];
  let isRunning = false;

  function run(step: () => void): void {
    open.push(step);
    if (isRunning) return;
    isRunning = true;
    for (let next = open.pop(); next; next = open.pop()) next();
    isRunning = false;
  }

  function note({ owner, kind, path }: Spot): void {
    const found = findings.get(owner) ?? new Map<ChangeKind, string>();
    if (!found.has(kind)) found.set(kind, path);
    findings.set(owner, found);
  }

  function spend(): void {
    if (--effort.left < 0) throw new Unreadable('The revisions of the file have more to compare than is compared.');
  }

  function compareNow(one: Value | undefined, other: Value | undefined, spot: Spot): void {
    spend();
    if (isRef(one) && isRef(other) && isEqual(one, other)) followBoth(other.number, spot);
    else if (isList(one) && isList(other) && one.length === other.length)
      one.forEach((each, i) => {
        compareNow(each, other[i], below(spot, String(i)));
      });
    else if (isDict(one) && isDict(other)) compareKeys(one.entries, other.entries, spot);
    else if (isStream(one) && isStream(other)) {
      compareKeys(one.dict.entries, other.dict.entries, spot);
      if (one.start !== other.start && !before.data(one).equals(after.data(other))) note(spot);
    } else if (!isEqual(one, other)) {
      note(spot);
      markNow(before, one, spot);
      markNow(after, other, spot);
    }
  }

  function compareKeys(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>, spot: Spot): void {
    for (const key of new Set([...one.keys(), ...other.keys()])) compareNow(one.get(key), other.get(key), below(spot, key));
  }

  function followBoth(number: number, { kind, path }: Spot): void {
    const mark = `${number} ${kind}`;
    if (isApart(number) || seen.has(mark)) return;
    seen.add(mark);
    open.push(() => compareNow(before.object(number), after.object(number), { owner: number, kind, path }));
  }

  function markNow(view: View, value: Value | undefined, spot: Spot): void {
    spend();
    if (isList(value))
      value.forEach((each, i) => {
        markNow(view, each, below(spot, String(i)));
      });
    else if (isStream(value)) markNow(view, value.dict, spot);
    else if (isDict(value)) for (const [key, each] of value.entries) markNow(view, each, below(spot, key));
    else if (isRef(value)) {
      const { number } = value;
      const mark = `${number} ${spot.kind} ${view.number}`;
      if (isApart(number) || seen.has(mark)) return;
      seen.add(mark);
      note({ ...spot, owner: number });
      open.push(() => markNow(view, view.object(number), { ...spot, owner: number }));
    }
  }

  return {
    findings,
    note,
    compare: (one, other, spot) => run(() => compareNow(one, other, spot)),
    mark: (view, value, spot) => run(() => markNow(view, value, spot)),
  };
}

/** 80 letters are kept of a way: whoever reads it has the object's number. */
export const below = (spot: Spot, key: string): Spot =>
  spot.path.length > 80 ? spot : { ...spot, path: (spot.path ? `${spot.path}/${key}` : key).slice(0, 120) };
