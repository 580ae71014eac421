import { PDFArray, PDFDict, type PDFDocument, PDFName, type PDFPageLeaf } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { FoundField } from '../../domain/files/documents.ts';
import { keepHarmless, removeTriggers } from '../forms/actions.ts';
import { runsScript } from '../forms/active-content.ts';
import { nameOfFile, type Sorted, sortAnnotations } from '../forms/annotations.ts';
import { flatten, looksOf } from '../forms/flatten.ts';
import { type FormField, fieldsOf } from '../forms/form.ts';
import { foundField } from '../forms/found-fields.ts';
import { mergeLayers } from '../forms/layers.ts';
import { createStructure } from '../pages/structure.ts';
import { type Drawn, isShown } from '../pdf/appearance.ts';
import type { Edits } from '../pdf/edits.ts';
import { dropLostObjects } from '../pdf/lost-objects.ts';
import { dictIn, itemsIn, nameIn, valueIn, walk } from '../pdf/walk.ts';

export interface CleanOptions {
  readonly fields: 'become' | 'flattened';
  /** The boxes of the pages, in order. */
  readonly boxes: readonly PageBox[];
}

/**
 * Makes one picture of a document: what is laid over the pages becomes part of them as the screen shows it, and everything that could show
 * another picture, act, or be filled in goes. Links and outlines stay, to places in the document and on the web. What cannot go stays, for the
 * walk that refuses it. The fields that the form asks for, unless they are to be flattened.
 */
export function clean(edits: Edits, document: PDFDocument, { fields, boxes }: CleanOptions): FoundField[] {
  const { catalog } = document;
  mergeLayers(edits, catalog);
  const pages = document
    .getPages()
    .map((page, i) => ({ page, leaf: page.node, sorted: sortAnnotations(edits, page.node, i + 1), box: boxes[i] as PageBox }));
  const form = dictIn(catalog, 'AcroForm');
  const widgets = pages.flatMap(({ sorted, box }, i) => sorted.widgets.map((dict) => ({ dict, page: i + 1, box })));
  const found: FoundField[] = [];
  const laid = pages.map(({ sorted }): Drawn[] => [...sorted.drawn]);
  for (const field of fieldsOf(widgets)) {
    const becomes = fields === 'become' ? foundField(field) : undefined;
    if (becomes) found.push(becomes);
    else if (fields === 'become' && isLost(field)) edits.warn('form-flattened', field.name);
    if (hasScript(field)) edits.warn('form-scripts');
    for (const { page, drawn } of looksOf(edits, field, becomes !== undefined, form)) laid[page - 1]?.push(drawn);
  }
  const structure = createStructure(document);
  for (const [i, { page, leaf, sorted, box }] of pages.entries()) {
    flatten(edits, structure, page, box, laid[i] ?? []);
    cleanPage(edits, leaf, sorted);
  }
  structure.finish();
  if (dropLostObjects(document)) edits.touch();
  cleanCatalog(edits, catalog);
  sweep(edits);
  return found;
}

/** Fields that somebody would have filled in, and that nobody can any more. */
const isLost = ({ kind, readOnly, widgets }: FormField): boolean =>
  !readOnly && ['text', 'choice', 'check', 'radio'].includes(kind) && widgets.some(({ dict }) => isShown(dict));

const hasScript = ({ dict, widgets }: FormField): boolean =>
  [dict, ...widgets.map((widget) => widget.dict)].some((one) => {
    const triggers = dictIn(one, 'AA');
    return runsScript(valueIn(one, 'A')) || (triggers?.keys().some((key) => runsScript(triggers.lookup(key))) ?? false);
  });

function cleanPage(edits: Edits, leaf: PDFPageLeaf, { kept }: Sorted): void {
  const before = leaf.lookup(PDFName.of('Annots'));
  const isSame = before instanceof PDFArray && before.size() === kept.length;
  if (kept.length === 0 && !isSame) edits.remove(leaf, 'Annots');
  else if (!isSame) edits.set(leaf, 'Annots', edits.context.obj(kept.map(({ entry }) => entry)));
  removeTriggers(edits, leaf);
  edits.remove(leaf, 'Thumb', 'B', 'PresSteps');
}

/** Entries of the catalog that are of no use to a signed document, or could change what it shows (ISO 32000-2, table 29). */
const useless = ['AcroForm', 'Threads', 'SpiderInfo', 'Requirements', 'DSS', 'Legal'];
/** How a reader opens the file: beside panels for what is no longer there. */
const panels = ['UseAttachments', 'UseOC'];

function cleanCatalog(edits: Edits, catalog: PDFDict): void {
  const perms = dictIn(catalog, 'Perms');
  if (perms) edits.remove(catalog, 'Perms');
  edits.remove(catalog, ...useless);
  if (panels.includes(nameIn(catalog, 'PageMode') ?? '')) edits.remove(catalog, 'PageMode');
  keepHarmless(edits, catalog, 'OpenAction');
  removeTriggers(edits, catalog);
  cleanNames(edits, catalog);
  cleanOutline(edits, catalog);
  if (nameIn(catalog, 'Type') === undefined) edits.set(catalog, 'Type', PDFName.of('Catalog'));
}

/** Of the trees of names only the places to go to stay, and scripts, which are refused. */
function cleanNames(edits: Edits, catalog: PDFDict): void {
  const names = dictIn(catalog, 'Names');
  if (!names) return;
  const attached = dictIn(names, 'EmbeddedFiles');
  for (const file of attached ? filesIn(attached) : []) edits.warn('attachments', nameOfFile(file));
  const gone = names
    .keys()
    .map((key) => key.decodeText())
    .filter((key) => !['Dests', 'JavaScript'].includes(key));
  edits.remove(names, ...gone);
}

/** The file specifications of a tree of names, however it branches. */
function filesIn(node: PDFDict, level = 0): PDFDict[] {
  if (level > 20) return [];
  const own = itemsIn(node, 'Names').filter((item) => item instanceof PDFDict);
  return [...own, ...itemsIn(node, 'Kids').flatMap((kid) => (kid instanceof PDFDict ? filesIn(kid, level + 1) : []))];
}

function cleanOutline(edits: Edits, catalog: PDFDict): void {
  const seen = new Set<PDFDict>();
  const open = [dictIn(catalog, 'Outlines')];
  for (let item = open.pop(); open.length > 0 || item; item = open.pop()) {
    if (!item || seen.has(item)) continue;
    seen.add(item);
    keepHarmless(edits, item, 'A');
    removeTriggers(edits, item);
    open.push(dictIn(item, 'First'), dictIn(item, 'Next'));
  }
}

/** What may hang on any object: files that are associated with it, and another picture of it for the printer. */
function sweep(edits: Edits): void {
  for (const { dict, stream } of walk(edits.context)) {
    const files = dict.has(PDFName.of('AF')) ? itemsIn(dict, 'AF') : [];
    for (const file of files) {
      const name = file instanceof PDFDict ? nameOfFile(file) : undefined;
      edits.warn(nameIn(dict, 'Type') === 'Catalog' ? 'attachments' : 'structure', name);
    }
    edits.remove(dict, 'AF');
    if (stream) edits.remove(dict, 'Alternates', 'OPI');
  }
}
