import { html, type TemplateResult } from 'lit/html.js';
import { drawn } from '../../../parts/icons.ts';
import { type Kept, savedMark } from '../../../parts/saved.ts';
import { icons } from '../icons.ts';
import type { Model } from '../model.ts';
import { zooms } from './desk.ts';

export interface BarProps {
  kept: Kept;
  zoom: number;
  menu: boolean;
  onZoom(steps: number): void;
  onMenu(open: boolean): void;
  onDownload(): void;
  onDecline(): void;
}

/** The bar on top: what is signed and as whom, the zoom, and what is needed seldom behind "More". */
export function barView(model: Model, props: BarProps): TemplateResult {
  const { words, view, level } = model;
  return html`
    <div class="bar" part="bar">
      <div class="bar-name">
        <h2 id="title" tabindex="-1" aria-level=${level}><bdi>${view.name}</bdi></h2>
        <p><span class="bar-from">${words.say('sign.from', { sender: view.sender })} · </span>${words.say('sign.as', { name: view.you.name })}</p>
      </div>
      ${savedMark(words, props.kept, view.saved_at)}
      <div class="zoom num" role="group" aria-label=${words.say('sign.zoom')}>${zoomView(model, props)}</div>
      ${moreView(model, props)}
    </div>`;
}

function zoomView({ words }: Model, { zoom, onZoom }: BarProps): TemplateResult {
  const button = (steps: number, end: number | undefined) => {
    const [label, sign] =
      steps < 0 ? ([words.say('sign.smaller'), icons.smaller] as const) : ([words.say('sign.larger'), icons.larger] as const);
    return html`<button class="button button-quiet button-icon" part="button button-quiet" type="button" aria-label=${label}
      aria-disabled=${zoom === end} @click=${() => onZoom(steps)}>${drawn(sign)}</button>`;
  };
  return html`${button(-1, zooms[0])}<span>${words.say('sign.percent', { n: Math.round(zoom * 100) })}</span>${button(1, zooms.at(-1))}`;
}

/** A disclosure, not a menu: its buttons are walked with Tab like all others. */
function moreView(model: Model, props: BarProps): TemplateResult {
  const { words } = model;
  const { menu, onMenu } = props;
  const leave = ({ relatedTarget, currentTarget }: FocusEvent) =>
    relatedTarget && !(currentTarget as Element).contains(relatedTarget as Node) && onMenu(false);
  const item = (label: string, press: () => void, id: string) =>
    html`<button class="button button-quiet" part="button button-quiet" type="button" id=${id} @click=${press}>${label}</button>`;
  return html`
    <div class="more" @focusout=${leave} @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && menu && onMenu(false)}>
      <button class="button button-quiet button-icon" part="button button-quiet" type="button" id="more" aria-expanded=${menu} aria-controls="menu"
        aria-label=${words.say('sign.more')} @click=${() => onMenu(!menu)}>${drawn(icons.more, 'more')}</button>
      <div class="menu" id="menu" ?hidden=${!menu}>
        <div class="zoom zoom-small num" role="group" aria-label=${words.say('sign.zoom')}>${zoomView(model, props)}</div>
        ${item(words.say('sign.download'), props.onDownload, 'download')}
        ${item(words.say('sign.decline'), props.onDecline, 'decline')}
      </div>
    </div>`;
}
