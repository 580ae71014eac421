import { randomBytes } from 'node:crypto';
import { PDFArray, type PDFDict, PDFName, PDFNumber, type PDFPage, PDFRawStream, type PDFRef } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import { flate } from '../fonts/embed.ts';
import { drawOver, type Laid } from '../pages/page.ts';
import type { Structure } from '../pages/structure.ts';
import { appearanceOf, type Drawn, isShown, numbersIn, placed, rectangleIn } from '../pdf/appearance.ts';
import { showsIn } from '../pdf/content-shows.ts';
import type { Edits } from '../pdf/edits.ts';
import { decoded } from '../pdf/isolate.ts';
import { n } from '../pdf/numbers.ts';
import { Refusal } from '../pdf/refusals.ts';
import { dictIn, nameIn, valueIn } from '../pdf/walk.ts';
import { type FormField, inherited, onState, stateOf, textOf, type Widget } from './form.ts';

/**
 * What of a field's widgets becomes part of the page: as they look with their value, or, where the field becomes Inlay's, as they look without
 * one. Refusal `look` for a value that has no look: readers make one up, each its own.
 */
export function looksOf(edits: Edits, field: FormField, becomes: boolean, form: PDFDict | undefined): { page: number; drawn: Drawn }[] {
  const defaults = form && dictIn(form, 'DR');
  const isMade = form !== undefined && `${valueIn(form, 'NeedAppearances')}` === 'true';
  const state = field.kind === 'check' || field.kind === 'radio' ? stateOf(field) : undefined;
  return field.widgets.flatMap((widget) => {
    if (!isShown(widget.dict)) return [];
    const look = becomes ? emptyLook(edits, field, widget) : appearanceOf(widget.dict, state);
    if (!look && !becomes) refuseMadeUp(field, widget, state);
    if (look && !becomes && isMade) refuseOtherWords(field, widget, look);
    if (look) giveResources(edits, look, defaults);
    const drawn = look && placed(widget.dict, look, widget.page);
    return drawn ? [{ page: widget.page, drawn: becomes ? { ...drawn, of: undefined } : drawn }] : [];
  });
}

function refuseMadeUp(field: FormField, widget: Widget, state: string | undefined): void {
  const chosen = nameIn(widget.dict, 'AS');
  const ticked = state !== undefined && [undefined, state].includes(onState(widget)) && chosen !== 'Off';
  const isButton = field.kind === 'check' || field.kind === 'radio';
  // A state that it does not have, or none at all where the field has one to begin with.
  const lost = isButton && (chosen === undefined ? ![undefined, 'Off'].includes(textOf(inherited(field.dict, 'DV'))) : chosen !== 'Off');
  if (wordsOf(field) !== '' || ticked || lost) throw new Refusal('look', 'Widget', widget.page);
}

const bare = (text: string): string => text.replace(/\s+/g, '');

/** What is written in a field, without white space. */
const wordsOf = ({ kind, dict }: FormField): string =>
  kind === 'text' || kind === 'choice' ? bare(textOf(inherited(dict, 'V')) ?? '') : '';

/**
 * Where a form asks for looks to be made (`NeedAppearances`), some readers make one from the value and others draw the one that there is: both
 * must say the same. Refusal `look` too where that cannot be told, as from the codes of a font of its own.
 */
function refuseOtherWords(field: FormField, widget: Widget, look: PDFRef): void {
  const stream = widget.dict.context.lookup(look);
  const content = stream instanceof PDFRawStream ? decoded(stream) : undefined;
  const shows = content && showsIn(Buffer.from(content));
  const items = shows?.flatMap((show) => show.items.filter((item): item is Buffer => item instanceof Buffer));
  if (wordsOf(field) !== (items && bare(Buffer.concat(items).toString('latin1'))) && ['text', 'choice'].includes(field.kind))
    throw new Refusal('look', 'NeedAppearances', widget.page);
}

/** A button as it looks when it is off; any other field's background and border. */
function emptyLook({ context }: Edits, { kind }: FormField, { dict }: Widget): PDFRef | undefined {
  if (kind === 'check' || kind === 'radio') return offLook(dict);
  const look = dictIn(dict, 'MK');
  const rect = rectangleIn(dict, 'Rect');
  const [fill, stroke] = [look && colourOf(look, 'BG', 'g rg k'), look && colourOf(look, 'BC', 'G RG K')];
  if (!rect || !(fill || stroke)) return undefined;
  const [width, height] = [rect[2] - rect[0], rect[3] - rect[1]];
  const line = borderWidth(dict);
  const content = [
    fill && `${fill} 0 0 ${n(width)} ${n(height)} re f`,
    stroke && line > 0 && `${stroke} ${n(line)} w ${n(line / 2)} ${n(line / 2)} ${n(width - line)} ${n(height - line)} re S`,
  ];
  const entries = { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, width, height], Resources: {} };
  return context.register(flate(context, content.filter(Boolean).join('\n'), entries));
}

function offLook(widget: PDFDict): PDFRef | undefined {
  const looks = dictIn(widget, 'AP');
  const states = looks && dictIn(looks, 'N');
  const off = states?.get(PDFName.of('Off'));
  return states && off && 'objectNumber' in off && valueIn(states, 'Off') !== undefined ? (off as PDFRef) : undefined;
}

/** As many numbers as the colour space has parts (ISO 32000-2, table 192); none is transparent. */
function colourOf(look: PDFDict, key: string, operators: string): string | undefined {
  const parts = numbersIn(look, key) ?? [];
  const operator = { 1: 0, 3: 1, 4: 2 }[parts.length];
  return operator === undefined ? undefined : `${parts.map(n).join(' ')} ${operators.split(' ')[operator]}`;
}

function borderWidth(widget: PDFDict): number {
  const style = dictIn(widget, 'BS');
  const width = style ? valueIn(style, 'W') : undefined;
  if (style) return width instanceof PDFNumber ? width.asNumber() : 1;
  const border = valueIn(widget, 'Border');
  const given = border instanceof PDFArray ? border.lookup(2) : undefined;
  return given instanceof PDFNumber ? given.asNumber() : 1;
}

/** An appearance that leans on the form's own fonts gets them, since a page does not have them. */
function giveResources(edits: Edits, form: PDFRef, defaults: PDFDict | undefined): void {
  const stream = edits.context.lookup(form);
  if (!defaults || !stream || !('dict' in stream)) return;
  const dict = (stream as unknown as { dict: PDFDict }).dict;
  const own = dictIn(dict, 'Resources');
  const [fonts, given] = [own && dictIn(own, 'Font'), dictIn(defaults, 'Font')];
  const missing = given?.entries().filter(([name]) => !fonts?.has(name)) ?? [];
  if (missing.length === 0) return;
  const merged = own?.clone() ?? edits.context.obj({});
  const all = fonts?.clone() ?? edits.context.obj({});
  for (const [name, font] of missing) all.set(name, font);
  merged.set(PDFName.of('Font'), all);
  edits.set(dict, 'Resources', merged);
}

/** Draws what was laid over a page into it. */
export function flatten(edits: Edits, structure: Structure, page: PDFPage, box: PageBox, drawn: readonly Drawn[]): void {
  if (drawn.length === 0) return;
  for (const { form } of drawn) {
    const stream = edits.context.lookup(form);
    if (!stream || !('dict' in stream)) continue;
    const dict = (stream as unknown as { dict: PDFDict }).dict;
    dict.set(PDFName.of('Type'), PDFName.of('XObject'));
    dict.set(PDFName.of('Subtype'), PDFName.of('Form'));
  }
  const laid = structure.covers(page.node) ? drawn.map((one): Laid => ({ ...one, as: roleOf(one) })) : drawn;
  drawOver({ context: edits.context, structure, name: `Laid${randomBytes(4).toString('hex')}` }, page, box, laid);
  edits.touch();
}

/** What is no longer an annotation is content of the element that told of it; without one, an element of its own. */
function roleOf({ of }: Drawn): NonNullable<Laid['as']> {
  if (!of) return 'Layout';
  const title = textOf(inherited(of, 'TU')) ?? textOf(valueIn(of, 'Contents'));
  const told = title === undefined || title === '' ? {} : { title };
  if (nameIn(of, 'Subtype') !== 'Widget') return { type: 'Annot', attributes: told, insteadOf: of };
  const [kind, set] = [inherited(of, 'FT'), inherited(of, 'Ff')];
  if (!(kind instanceof PDFName) || kind.decodeText() !== 'Btn')
    return { type: 'Form', attributes: { ...told, field: 'tv' }, insteadOf: of };
  const bits = set instanceof PDFNumber ? set.asNumber() : 0;
  const field = bits & pushes ? 'pb' : bits & chooses ? 'rb' : 'cb';
  const off = [undefined, 'Off'].includes(nameIn(of, 'AS'));
  return { type: 'Form', attributes: { ...told, field, ...(field === 'pb' ? {} : { checked: !off }) }, insteadOf: of };
}

/** Field flags of buttons (ISO 32000-2, table 229). */
const [pushes, chooses] = [1 << 16, 1 << 15];
