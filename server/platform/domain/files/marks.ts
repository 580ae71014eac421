import { drawnValue, isAnswered, labelOf, placesOf } from '../../../../shared/signing/fields.ts';
import type { EnvelopeField, Signer } from '../records/envelope.ts';
import type { Mark } from './documents.ts';

/**
 * What is stamped: every answer, at all its places, as the signer saw it. An unticked box leaves no mark, nor does an option that was not chosen.
 * `locale` is the language of answers that name none.
 */
export function marksOf(fields: readonly EnvelopeField[], signers: readonly Signer[], locale: string | null = null): Mark[] {
  const names = new Map(signers.map(({ id, name }) => [id, name]));
  return fields.flatMap(({ type, places, multiline, options, value, label, signerId }) => {
    if (!value || !isAnswered(value)) return [];
    const drawn = drawnValue(type, 'text' in value ? { ...value, lang: value.lang ?? locale ?? undefined } : value, options);
    const said = drawn.kind === 'chosen' ? { ...drawn, option: labelOf(drawn.option, options) } : drawn;
    const told = { type, value: said, multiline, label, signer: names.get(signerId) };
    return placesOf(places, value).map(({ page, x, y, width, height }) => ({ ...told, page, x, y, width, height }));
  });
}
