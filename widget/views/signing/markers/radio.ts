import { html, nothing, type TemplateResult } from 'lit/html.js';
import { labelOf } from '../../../../shared/signing/fields.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';
import { flagView, type MarkerProps, markAt, markerId, nameOf, type Spot } from './spots.ts';

/** The buttons of a radio on one page: one stop of the Tab key for all of them, from which the arrows lead on and choose. */
export function radioView(model: Model, field: Field, spots: readonly Spot[], props: MarkerProps): TemplateResult {
  const { answers } = props;
  return html`<span class="radio" role="radiogroup" aria-label=${nameOf(model, field, answers)} aria-required=${field.required}
    aria-invalid=${answers.faults.has(field.id)}>${spots.map((spot) => buttonView(model, field, spot, props))}</span>`;
}

function buttonView(model: Model, field: Field, spot: Spot, { answers, current, onPress }: MarkerProps): TemplateResult {
  const { id, options, places } = field;
  const { place, n } = spot;
  const value = answers.value(field);
  const chosen = value?.kind === 'chosen' ? value.option : undefined;
  const done = answers.isDone(field);
  const now = current?.id === id && !done;
  const stop = Math.max(
    0,
    places.findIndex(({ option }) => option === chosen),
  );
  const state = done ? (place.option === chosen ? 'done' : 'rest') : now ? 'current' : 'todo';
  const onKey = (event: KeyboardEvent): void => {
    const to = nextPlace(field, place.option, event.key);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement)
      .closest('.desk')
      ?.querySelector<HTMLElement>(`#${CSS.escape(markerId(field, to))}`)
      ?.focus();
    onPress(field, to);
  };
  return html`<button class="marker" part="marker" type="button" role="radio" id=${markerId(field, n)} data-id=${id} data-n=${n} data-type="radio"
    data-field=${state} data-fault=${answers.faults.has(id) ? '' : nothing} aria-checked=${place.option === chosen} tabindex=${n === stop ? 0 : -1}
    aria-label=${labelOf(place.option ?? '', options)} @click=${() => onPress(field, n)} @keydown=${onKey}>${
      now && n === 0 ? flagView(model) : nothing
    }${markAt(model, field, spot, value)}</button>`;
}

/** The place that an arrow leads to: that of the option after or before this one, around the end. Paper runs from left to right. */
function nextPlace({ options, places }: Field, option: string | null, key: string): number | undefined {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  const all = options?.length ?? 0;
  if (steps === undefined || all === 0) return undefined;
  const at = options?.findIndex(({ value }) => value === option) ?? 0;
  const to = options?.[(at + steps + all) % all]?.value;
  const n = places.findIndex((place) => place.option === to);
  return n < 0 ? undefined : n;
}
