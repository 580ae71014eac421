import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawn, icon } from '../../../parts/icons.ts';
import { typeIcons } from '../icons.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';
import { radioView } from './radio.ts';
import { flagView, type MarkerProps, markAt, markerId, nameOf, type Spot, spotsOn, wordOf } from './spots.ts';

/** The markers of one page. Where they lie is set by `placeMarkers`, once they are in the page. */
export function markersView(model: Model, page: number, props: MarkerProps): TemplateResult[] {
  const { answers } = props;
  const theirs = model.view.fields.filter((field) => !field.mine);
  return [
    ...answers.mine.flatMap((field) => {
      const spots = spotsOn(page, field);
      if (field.type === 'radio' && spots.length > 0) return [radioView(model, field, spots, props)];
      return spots.map((spot) => ownView(model, field, spot, props));
    }),
    ...theirs.flatMap((field) => spotsOn(page, field).map((spot) => theirView(model, field, spot))),
  ];
}

/** Puts each marker where its field is: fractions of the page, by CSSOM, since the page's policy lets no style attribute be. */
export function placeMarkers(root: ParentNode, fields: readonly Field[]): void {
  const known = new Map(fields.map((field) => [field.id, field]));
  for (const { dataset, style } of root.querySelectorAll<HTMLElement>('.marker')) {
    const place = known.get(dataset['id'] ?? '')?.places[Number(dataset['n'])];
    if (!place) continue;
    style.left = `${place.x * 100}%`;
    style.top = `${place.y * 100}%`;
    style.width = `${place.width * 100}%`;
    style.height = `${place.height * 100}%`;
  }
}

function ownView(model: Model, field: Field, spot: Spot, props: MarkerProps): TemplateResult {
  const { words } = model;
  const { answers, current, onPress } = props;
  const { id, type } = field;
  const { n } = spot;
  const value = answers.value(field);
  if (type === 'date_signed')
    return html`<span class="marker" part="marker" data-id=${id} data-n=${n} data-field="done" data-fixed>
      ${value ? markAt(model, field, spot, value) : drawn(typeIcons[type])}<span class="hush">${model.label(field)}: ${model.said(field, value)}${words.say('marker.auto')}</span>
    </span>`;
  const now = current?.id === id && n === 0;
  const done = answers.isDone(field);
  const faulty = answers.faults.has(id);
  // The name is an attribute: where parts of it are hidden in the text, browsers put spaces between them.
  return html`<button class="marker" part="marker" type="button" id=${markerId(field, n)} data-id=${id} data-n=${n} data-field=${done ? 'done' : now ? 'current' : 'todo'}
      data-type=${type} data-fault=${faulty ? '' : nothing} aria-label=${nameOf(model, field, answers, n)} @click=${() => onPress(field, n)}>
      ${now && !done ? flagView(model) : nothing}
      ${done ? html`<span class="marker-tick">${icon('check')}</span>` : nothing}
      ${
        value && (done || faulty)
          ? markAt(model, field, spot, value)
          : html`${type === 'checkbox' ? nothing : drawn(typeIcons[type])}<span class="marker-word">${wordOf(model, field)}</span>`
      }
    </button>`;
}

function theirView(model: Model, field: Field, spot: Spot): TemplateResult {
  const { words, view } = model;
  const { id, signer, value, type } = field;
  const { n } = spot;
  const name = model.signer(signer);
  const rank = (who: string) => view.signers.findIndex((one) => one.id === who);
  const after = view.order === 'sequential' && rank(signer) > rank(view.you.id);
  const said = model.said(field, value);
  // Said once, at the first place.
  const hidden =
    n > 0
      ? nothing
      : html`<span class="hush">${words.say('marker.theirs', { label: model.label(field), name })}${said ? `: ${said}` : ''}</span>`;
  if (value)
    return html`<span class="marker" part="marker" data-id=${id} data-n=${n} data-field="done" data-fixed>${markAt(model, field, spot, value)}${hidden}</span>`;
  return html`<span class="marker" part="marker" data-id=${id} data-n=${n} data-field="other" data-type=${type}>
    ${type === 'checkbox' || type === 'radio' ? nothing : icon('clock')}<span class="marker-word" aria-hidden="true">${words.say(after ? 'marker.after' : 'marker.other', { name })}</span>${hidden}
  </span>`;
}
