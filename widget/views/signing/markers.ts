import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawn, icon } from '../../parts/icons.ts';
import type { Answers, Field } from './answers.ts';
import { typeIcons } from './icons.ts';
import { markView } from './mark.ts';
import type { Scene } from './scene.ts';

export interface MarkerProps {
  answers: Answers;
  /** The field that is next. */
  current: Field | undefined;
  onPress(field: Field): void;
}

/** The markers of one page. Where they lie is set by `placeMarkers`, once they are in the page. */
export function markersView(scene: Scene, page: number, props: MarkerProps): TemplateResult[] {
  const { answers } = props;
  const mine = answers.mine.filter((field) => field.page === page);
  const theirs = scene.view.fields.filter((field) => !field.mine && field.page === page);
  return [...mine.map((field) => ownView(scene, field, props)), ...theirs.map((field) => theirView(scene, field))];
}

/** Puts each marker where its field is: fractions of the page, by CSSOM, since the page's policy lets no style attribute be. */
export function placeMarkers(root: ParentNode, fields: readonly Field[]): void {
  const places = new Map(fields.map((field) => [field.id, field]));
  for (const { dataset, style } of root.querySelectorAll<HTMLElement>('.marker')) {
    const place = places.get(dataset.id ?? '');
    if (!place) continue;
    style.left = `${place.x * 100}%`;
    style.top = `${place.y * 100}%`;
    style.width = `${place.width * 100}%`;
    style.height = `${place.height * 100}%`;
  }
}

const sizeOf = ({ view }: Scene, { page, width, height }: Field) => {
  const paper = view.document.pages[page - 1] ?? { width: 0, height: 0 };
  return { width: width * paper.width, height: height * paper.height };
};

function ownView(scene: Scene, field: Field, props: MarkerProps): TemplateResult {
  const { words } = scene;
  const { answers, current, onPress } = props;
  const { id, type } = field;
  const value = answers.value(field);
  if (type === 'date_signed')
    return html`<span class="marker" part="marker" data-id=${id} data-field="done" data-fixed>
      ${value ? markView(sizeOf(scene, field), value, type) : drawn(typeIcons[type])}<span class="hush">${scene.label(field)}: ${textOf(value)}${words.say('marker.auto')}</span>
    </span>`;
  const now = current?.id === id;
  const done = answers.isDone(field);
  const faulty = answers.faults.has(id);
  // The name is an attribute: where parts of it are hidden in the text, browsers put spaces between them.
  return html`<button class="marker" part="marker" type="button" id="m-${id}" data-id=${id} data-field=${done ? 'done' : now ? 'current' : 'todo'}
      data-type=${type} data-fault=${faulty ? '' : nothing} aria-label=${nameOf(scene, field, answers)} @click=${() => onPress(field)}>
      ${now && !done ? html`<span class="marker-flag" data-flag=${words.say('marker.next')}></span>` : nothing}
      ${done ? html`<span class="marker-tick">${icon('check')}</span>` : nothing}
      ${
        value && (done || faulty)
          ? markView(sizeOf(scene, field), value, type)
          : html`${type === 'checkbox' ? nothing : drawn(typeIcons[type])}<span class="marker-word">${wordOf(scene, field)}</span>`
      }
    </button>`;
}

/** What an empty field says: the sender's word, or what is to be done. */
const wordOf = ({ words }: Scene, { label, type }: Field): string => label || words.say(`do.${type}`);

/** What a marker is called: what it says, how far it is, which of all it is. */
function nameOf(scene: Scene, field: Field, answers: Answers): string {
  const { words } = scene;
  const text = textOf(answers.value(field));
  const done = answers.isDone(field);
  const called = done || text ? scene.label(field) : wordOf(scene, field);
  const position = words.say('marker.position', { n: answers.asked.indexOf(field) + 1, all: answers.asked.length });
  const need = words.say(field.required ? 'marker.required' : 'marker.optional');
  return `${called}${text ? `: ${text}` : ''}${done ? words.say('marker.done') : ''}${position}${need}`;
}

function theirView(scene: Scene, field: Field): TemplateResult {
  const { words, view } = scene;
  const { id, signer, value, type } = field;
  const name = scene.signer(signer);
  const place = (who: string) => view.signers.findIndex((one) => one.id === who);
  const after = view.order === 'sequential' && place(signer) > place(view.you.id);
  const hidden = html`<span class="hush">${words.say('marker.theirs', { label: scene.label(field), name })}${value ? `: ${textOf(value)}` : ''}</span>`;
  if (value)
    return html`<span class="marker" part="marker" data-id=${id} data-field="done" data-fixed>${markView(sizeOf(scene, field), value, type)}${hidden}</span>`;
  return html`<span class="marker" part="marker" data-id=${id} data-field="other" data-type=${type}>
    ${type === 'checkbox' ? nothing : icon('clock')}<span class="marker-word" aria-hidden="true">${words.say(after ? 'marker.after' : 'marker.other', { name })}</span>${hidden}
  </span>`;
}

/** What an answer says, for those who do not see it. */
const textOf = (value: Field['value']): string => (value && 'text' in value ? value.text : '');
