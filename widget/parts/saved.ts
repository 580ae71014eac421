import { html, nothing } from 'lit/html.js';
import type { Words } from '../text/words.ts';
import { icon } from './icons.ts';
import type { Content } from './pieces.ts';

/** Whether answers are kept. `waiting`: they are to be saved soon; `unreached`: the server does not answer, and asking goes on by itself. */
export type Kept = 'saved' | 'saving' | 'waiting' | 'unreached';

/** When answers were kept (ISO 8601), for the eye only: a live region speaks for it. */
export function savedMark(words: Words, kept: Kept, at: string | null): Content {
  const off = kept === 'unreached';
  const saving = kept === 'saving';
  if (!saving && !off && !at) return nothing;
  const text = words.say(off ? 'saved.not' : saving ? 'saved.busy' : 'saved.at', { time: words.time(at) });
  return html`<p class="saved" part="saved" data-off=${off ? '' : nothing}>${saving ? nothing : icon(off ? 'off' : 'check', 's')}<span>${text}</span></p>`;
}
