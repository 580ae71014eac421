import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { fits } from '../../../../shared/text/marks.ts';
import { bringTable, unprinted } from '../answers/unprinted.ts';
import { handOf, measure } from '../markers/script-face.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';

/**
 * What is wrong with a text while it is typed, as far as this page can tell: characters that no face has, more than the field holds. The
 * server decides. `changed` is called when the table of characters has come.
 */
export function typingFault(model: Model, field: Field, value: Extract<FieldValue, { text: string }>, changed: () => void): string {
  const text = value.text.trim();
  if (!text) return '';
  void bringTable(text).then((news) => news && changed());
  const strange = unprinted(text.replace(/[\r\n]/g, ' '));
  if (strange.length > 0) return model.sentence({ code: 'glyph', params: { characters: strange.slice(0, 20).join(' ') } });
  const drawn = value.kind === 'typed' && handOf(text) !== 'script' ? model.outlines?.of(value)?.width : undefined;
  const hand = value.kind === 'typed' ? 'script' : 'text';
  const fitting = field.places.every((place) => {
    const { width, height } = model.view.document.pages[place.page - 1] ?? { width: 0, height: 0 };
    const size = { width: place.width * width, height: place.height * height };
    return fits(size, text, (part) => drawn ?? measure(part, hand), hand, 1, field.multiline);
  });
  return fitting ? '' : model.sentence({ code: 'does-not-fit' });
}
