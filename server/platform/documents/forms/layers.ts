import { PDFDict, PDFName } from '@cantoo/pdf-lib';
import type { Edits } from '../pdf/edits.ts';
import { Refusal } from '../pdf/refusals.ts';
import { dictIn, itemsIn, nameIn, valueIn, walk } from '../pdf/walk.ts';

/**
 * Takes the switches of layers away (ISO 32000-2, 8.11), where everything is shown at all times. Refusal `layers`, with what says so, where
 * a layer is off, or on only on screen, on paper, at some size, for some language or user, or the other way round.
 */
export function mergeLayers(edits: Edits, catalog: PDFDict): void {
  const properties = dictIn(catalog, 'OCProperties');
  if (properties) refuseHidden(properties);
  let merged = properties !== undefined;
  for (const { dict } of walk(edits.context)) if (nameIn(dict, 'Type') === 'OCMD') refuseNegated(dict);
  for (const { dict } of walk(edits.context)) {
    if (dict.has(PDFName.of('OC'))) {
      edits.remove(dict, 'OC');
      merged = true;
    }
  }
  edits.remove(catalog, 'OCProperties');
  if (!merged) return;
  for (const [, object] of edits.context.enumerateIndirectObjects()) if (object instanceof PDFDict) withoutSwitch(object);
  edits.warn('layers');
}

/** Content goes on naming its group, which is now an empty property list. */
function withoutSwitch(dict: PDFDict): void {
  if (['OCG', 'OCMD'].includes(nameIn(dict, 'Type') ?? '')) for (const key of dict.keys()) dict.delete(key);
}

function refuseHidden(properties: PDFDict): void {
  const shown = dictIn(properties, 'D');
  if (!shown) return;
  if (itemsIn(shown, 'OFF').length > 0) throw new Refusal('layers', 'OFF');
  if (!['ON', 'Unchanged'].includes(nameIn(shown, 'BaseState') ?? 'ON')) throw new Refusal('layers', 'BaseState');
  const automatic = new Set(itemsIn(shown, 'AS').flatMap((one) => (one instanceof PDFDict ? categoriesOf(one) : [])));
  for (const group of itemsIn(properties, 'OCGs')) {
    const usage = group instanceof PDFDict ? dictIn(group, 'Usage') : undefined;
    if (!usage) continue;
    if (stateOf(usage, 'View', 'ViewState') === 'OFF') throw new Refusal('layers', 'ViewState');
    if (stateOf(usage, 'Print', 'PrintState') === 'OFF') throw new Refusal('layers', 'PrintState');
    const other = ['Zoom', 'Language', 'User'].find((kind) => automatic.has(kind) && usage.has(PDFName.of(kind)));
    if (other) throw new Refusal('layers', other);
  }
}

const categoriesOf = (application: PDFDict): string[] =>
  itemsIn(application, 'Category').flatMap((name) => (name instanceof PDFName ? [name.decodeText()] : []));

const stateOf = (usage: PDFDict, kind: string, key: string): string | undefined => {
  const inside = dictIn(usage, kind);
  return inside && nameIn(inside, key);
};

/** With every group on, membership hides something only where it asks for one that is off (8.11.2.2). */
function refuseNegated(membership: PDFDict): void {
  const policy = nameIn(membership, 'P') ?? 'AnyOn';
  if (!['AllOn', 'AnyOn'].includes(policy)) throw new Refusal('layers', policy);
  if (valueIn(membership, 'VE') !== undefined) throw new Refusal('layers', 'VE');
}
