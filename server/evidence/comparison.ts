import { areExtensions, isStampField, kindOfAdded, strangeInDss } from './additions.ts';
import type { ChangeKind } from './changes.ts';
import { below, type Difference, differenceOf, type Effort, type Findings, type Spot } from './difference.ts';
import type { View } from './objects.ts';
import { dictOf, type Outline, refsIn } from './outline.ts';
import { type Dict, isEqual, isList, isName, isRef, nameOf, type Value } from './values.ts';

interface Sides {
  readonly before: View;
  readonly after: View;
  readonly was: Outline;
  readonly is: Outline;
  /** Of the fields that were there before. */
  readonly names: ReadonlySet<string>;
  readonly difference: Difference;
}

/** Every object of `after` that means something else than in `before`, with the kinds of change it is part of. */
export function compareRevisions(before: View, after: View, was: Outline, is: Outline, effort: Effort): Findings {
  const common = (one: Iterable<number>, other: ReadonlySet<number>): number[] => [...one].filter((number) => other.has(number));
  const fields = common(was.fields.keys(), new Set(is.fields.keys()));
  const annotations = common(was.annotations, is.annotations);
  const pages = common(was.pages, new Set(is.pages));
  const nodes = common(was.nodes, new Set(is.nodes));
  const catalog = was.catalog === is.catalog ? [is.catalog] : [];
  const apart = new Set([...catalog, ...fields, ...annotations, ...pages, ...nodes]);
  const difference = differenceOf(before, after, (number) => apart.has(number), effort);
  const names = new Set([...was.fields.values()].map(({ name }) => name));
  const sides: Sides = { before, after, was, is, names, difference };
  compareTrailers(sides);
  compareCatalogs(sides);
  comparePageTrees(sides, nodes);
  const order = new Map(is.pages.map((page, i) => [page, i + 1]));
  for (const page of pages) comparePages(sides, page, order.get(page) ?? 0);
  for (const number of new Set([...fields, ...annotations])) compareAnnotations(sides, number);
  return difference.findings;
}

/** Both values of each key that either has. */
function eachKey(one: Dict | undefined, other: Dict | undefined, visit: (key: string, one?: Value, other?: Value) => void): void {
  for (const key of new Set([...(one?.entries.keys() ?? []), ...(other?.entries.keys() ?? [])]))
    visit(key, one?.entries.get(key), other?.entries.get(key));
}

function compareTrailers({ before, after, was, is, difference }: Sides): void {
  const trailer: Spot = { owner: null, kind: 'catalog', path: '' };
  if (was.catalog !== is.catalog) difference.note(below(trailer, 'Root'));
  const info = after.trailer.entries.get('Info');
  const owner = isRef(info) ? info.number : null;
  if (!isEqual(before.trailer.entries.get('Info'), info)) difference.note({ owner, kind: 'file-information', path: 'Info' });
  eachKey(dictOf(before, before.trailer.entries.get('Info')), dictOf(after, info), (key, one, other) => {
    const kind = ['ModDate', 'Producer'].includes(key) ? 'file-information' : 'metadata';
    difference.compare(one, other, { owner, kind, path: key });
  });
  // Whatever else leads on from a trailer; numbers and names there are about the file itself.
  const known = ['Root', 'Info', 'ID', 'Size', 'Prev', 'XRefStm', 'Length', 'Filter', 'DecodeParms', 'Type', 'W', 'Index'];
  eachKey(before.trailer, after.trailer, (key, one, other) => {
    if (!known.includes(key) && (isRef(one) || isRef(other))) difference.compare(one, other, below(trailer, key));
  });
}

function compareCatalogs(sides: Sides): void {
  const { before, after, was, is, difference } = sides;
  const owner = is.catalog;
  eachKey(dictOf(before, before.object(was.catalog)), dictOf(after, after.object(is.catalog)), (key, one, other) => {
    const spot: Spot = { owner, kind: 'catalog', path: key };
    if (key === 'Pages') comparePageRoots(sides, one, other);
    else if (key === 'AcroForm') compareForms(sides, one, other);
    else if (key === 'DSS') compareDss(sides, one, other, owner);
    else if (key === 'Extensions') compareExtensions(sides, one, other, owner);
    else if (key === 'Version') difference.compare(one, other, { ...spot, kind: isName(other) ? 'file-information' : 'catalog' });
    else difference.compare(one, other, { ...spot, kind: key === 'Metadata' ? 'metadata' : 'catalog' });
  });
}

function compareDss({ after, difference }: Sides, one: Value | undefined, other: Value | undefined, owner: number): void {
  const strange = strangeInDss(after, other);
  const kind = strange === undefined ? 'validation-data' : 'catalog';
  difference.compare(one, other, { owner, kind, path: strange === undefined ? 'DSS' : `DSS/${strange}` });
}

/** Those that were there stay as they were; others may come. */
function compareExtensions({ before, after, difference }: Sides, one: Value | undefined, other: Value | undefined, owner: number): void {
  const [old, now] = [dictOf(before, one), dictOf(after, other)];
  const isKept = [...(old?.entries ?? [])].every(([key, value]) => isEqual(value, now?.entries.get(key)));
  const kind = isKept && now && areExtensions(now) ? 'validation-data' : 'catalog';
  difference.compare(one, other, { owner, kind, path: 'Extensions' });
}

function comparePageRoots({ difference, is, was, before, after }: Sides, one: Value | undefined, other: Value | undefined): void {
  const spot: Spot = { owner: is.catalog, kind: 'page-order', path: 'Pages' };
  if (!isEqual(one, other)) difference.note(spot);
  const old = new Set(was.pages);
  const now = new Set(is.pages);
  for (const page of is.pages) if (!old.has(page)) difference.mark(after, refTo(after, page), { ...spot, kind: 'page-added' });
  for (const page of was.pages) if (!now.has(page)) difference.mark(before, refTo(before, page), { ...spot, kind: 'page-removed' });
  const kept = [was.pages.filter((page) => now.has(page)), is.pages.filter((page) => old.has(page))];
  if (!isEqual(kept[0], kept[1])) difference.note({ ...spot, owner: is.nodes[0] ?? is.catalog });
}

const refTo = (view: View, number: number): Value => {
  const place = view.place(number);
  return { kind: 'ref', number, generation: place?.kind === 'at' ? place.generation : 0 };
};

function comparePageTrees(sides: Sides, common: readonly number[]): void {
  const { before, after, was, is, difference } = sides;
  const known = new Set(common);
  for (const node of is.nodes)
    if (!known.has(node)) difference.mark(after, refTo(after, node), { owner: node, kind: 'page-order', path: 'Pages' });
  const kind: ChangeKind =
    is.pages.length > was.pages.length ? 'page-added' : is.pages.length < was.pages.length ? 'page-removed' : 'page-order';
  for (const node of common)
    eachKey(dictOf(before, before.object(node)), dictOf(after, after.object(node)), (key, one, other) => {
      const isTree = ['Kids', 'Count', 'Parent', 'Type'].includes(key);
      if (!isTree) difference.compare(one, other, { owner: node, kind: 'page-content', path: key });
      else if (!isEqual(shape(before, one), shape(after, other)))
        difference.note({ owner: key === 'Kids' && isRef(other) ? other.number : node, kind, path: key });
    });
}

/** References of a list as they are, whether it is written in place or elsewhere. */
const shape = (view: View, value: Value | undefined): Value => {
  const found = view.resolve(value);
  return isList(found) ? found : (value ?? null);
};

function comparePages(sides: Sides, page: number, number: number): void {
  const { before, after, difference } = sides;
  eachKey(dictOf(before, before.object(page)), dictOf(after, after.object(page)), (key, one, other) => {
    const spot: Spot = { owner: page, kind: 'page-content', path: `page ${number}: ${key}` };
    if (key === 'Annots') compareLists(sides, one, other, { ...spot, kind: 'annotation-changed' });
    else difference.compare(one, other, spot);
  });
}

function compareForms(sides: Sides, one: Value | undefined, other: Value | undefined): void {
  const { before, after, is, difference } = sides;
  const owner = isRef(other) ? other.number : is.catalog;
  if (isRef(one) !== isRef(other) || (isRef(one) && !isEqual(one, other)))
    difference.note({ owner: is.catalog, kind: 'form-changed', path: 'AcroForm' });
  eachKey(dictOf(before, one), dictOf(after, other), (key, old, now) => {
    const spot: Spot = { owner, kind: 'form-changed', path: `AcroForm/${key}` };
    if (key === 'Fields') compareLists(sides, old, now, spot);
    else if (key === 'SigFlags' && typeof now === 'number' && ((Number(old) || 0) & ~now) === 0)
      difference.compare(old, now, { ...spot, kind: 'time-stamp' });
    else difference.compare(old, now, spot);
  });
}

/** Lists of annotations and of fields: what was there stays, in its order; what comes is told by what it is. */
function compareLists(sides: Sides, one: Value | undefined, other: Value | undefined, spot: Spot): void {
  const { before, after, difference } = sides;
  const [were, are] = [refsIn(before, one), refsIn(after, other)];
  const [old, now] = [new Set(were), new Set(are)];
  // Where the list has moved into an object of its own, whoever led to it has changed as well.
  const list = isRef(other) ? other.number : spot.owner;
  const owners = isEqual(one, other) ? [list] : [...new Set([list, spot.owner])];
  difference.compare(remaining(before, one, now), remaining(after, other, old), { ...spot, owner: list });
  const changed = (view: View, number: number, kind: ChangeKind): void => {
    for (const owner of owners) difference.note({ ...spot, owner, kind });
    difference.mark(view, refTo(view, number), { ...spot, kind });
  };
  for (const number of are) if (!old.has(number)) changed(after, number, kindIn(sides, number, spot));
  for (const number of were)
    if (!now.has(number)) changed(before, number, spot.kind === 'form-changed' ? 'field-removed' : 'annotation-removed');
}

/** What a list holds besides references, and those references that the other list has too. */
function remaining(view: View, value: Value | undefined, there: ReadonlySet<number>): Value[] {
  const list = view.resolve(value);
  return isList(list) ? list.filter((each) => !isRef(each) || there.has(each.number)) : [];
}

/** A field needs a name that no other has: two fields of one name are one field. */
function kindIn({ after, names, is }: Sides, number: number, { kind }: Spot): ChangeKind {
  const name = is.fields.get(number)?.name;
  const isTaken = !name || names.has(name);
  return kind === 'form-changed' && isTaken ? 'form-changed' : kindOfAdded(after, number);
}

/** What filling in a field changes: its value, how that looks, and when. */
const filling = ['V', 'AS', 'AP', 'DA', 'M', 'I', 'TI', 'RV'];

/** An annotation or a field that was there before and is there still. */
function compareAnnotations(sides: Sides, number: number): void {
  const { before, after, is, difference } = sides;
  const [old, now] = [dictOf(before, before.object(number)), dictOf(after, after.object(number))];
  const field = is.fields.get(number);
  const isField = field !== undefined || nameOf(now?.entries.get('Subtype')) === 'Widget';
  eachKey(old, now, (key, one, other) => {
    const path = field?.name ? `${field.name}: ${key}` : key;
    const isFilling = filling.includes(key) || (key === 'Ff' && flagsOf(before, old) === flagsOf(after, now));
    const ofField: ChangeKind = isFilling ? 'field-filled' : 'field-changed';
    const kind = isField ? ofField : 'annotation-changed';
    if (isField && key === 'Kids') compareLists(sides, one, other, { owner: number, kind: 'form-changed', path });
    else if (field?.type === 'Sig' && key === 'V') compareSeals(sides, { number, one, other, path }, now);
    else difference.compare(one, other, { owner: number, kind, path });
  });
}

/** A field's flags: its own, or those that it inherits; none where none are written. Some programs write them out when they fill in. */
function flagsOf(view: View, field: Dict | undefined): Value {
  let at = field;
  for (let i = 0; at && i < 32; i++) {
    const flags = at.entries.get('Ff');
    if (flags !== undefined) return view.resolve(flags);
    at = dictOf(view, at.entries.get('Parent'));
  }
  return 0;
}

function compareSeals(
  { after, difference }: Sides,
  { number, one, other, path }: { number: number; one: Value | undefined; other: Value | undefined; path: string },
  field: Dict | undefined,
): void {
  const signature = dictOf(after, other);
  const isNew = one === undefined && signature !== undefined && field !== undefined;
  const added: ChangeKind = isNew && isStampField(after, field, signature) ? 'time-stamp' : 'signature-added';
  difference.compare(one, other, { owner: number, kind: isNew ? added : 'field-changed', path });
}
