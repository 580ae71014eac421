import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawnValue, placesOf } from '../../../../shared/signing/fields.ts';
import type { Answers } from '../answers/answers.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';
import { markView } from './mark.ts';

/** A place of a field, and which of its places it is, from 0. */
export interface Spot {
  readonly place: Field['places'][number];
  readonly n: number;
}

export interface MarkerProps {
  answers: Answers;
  /** The field that is next. */
  current: Field | undefined;
  /** `n`: which of its places was pressed; nothing when it was none of them. */
  onPress(field: Field, n?: number): void;
}

export const spotsOn = (page: number, { places }: Field): Spot[] =>
  places.map((place, n) => ({ place, n })).filter(({ place }) => place.page === page);

/** The id of a field's marker; that of the first place belongs to the field itself. */
export const markerId = ({ id }: Field, n = 0): string => (n === 0 ? `m-${id}` : `m-${id}-${n}`);

/** An answer as it will stand at this place; nothing where it does not. */
export function markAt(
  { view, outlines }: Model,
  { type, options, multiline }: Field,
  { place }: Spot,
  value: Field['value'],
): TemplateResult | typeof nothing {
  if (!value || !placesOf([place], value).length) return nothing;
  const paper = view.document.pages[place.page - 1] ?? { width: 0, height: 0 };
  const size = { width: place.width * paper.width, height: place.height * paper.height };
  return markView(size, drawnValue(type, value, options), outlines, multiline);
}

export const flagView = ({ words }: Model): TemplateResult => html`<span class="marker-flag" data-flag=${words.say('marker.next')}></span>`;

/** What an empty field says: the sender's word, or what is to be done. */
export const wordOf = ({ words }: Model, { label, type }: Field): string => label || words.say(`do.${type}`);

/** What a marker is called: what it says, how far it is, which of all it is. */
export function nameOf(model: Model, field: Field, answers: Answers, n = 0): string {
  const { words } = model;
  const { places, required, type } = field;
  const text = model.said(field, answers.value(field));
  const done = answers.isDone(field);
  const called = done || text ? model.label(field) : wordOf(model, field);
  const position = words.say('marker.position', { n: answers.asked.indexOf(field) + 1, all: answers.asked.length });
  const place = type !== 'radio' && places.length > 1 ? words.say('marker.place', { n: n + 1, all: places.length }) : '';
  const need = words.say(required ? 'marker.required' : 'marker.optional');
  return `${called}${text ? `: ${text}` : ''}${done ? words.say('marker.done') : ''}${position}${place}${need}`;
}
