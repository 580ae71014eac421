import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Words } from '../text/words.ts';
import { quiet } from './pieces.ts';

/** The shape of what comes. Invisible for the first 150 ms (styles), so that a fast answer shows no flicker. */
export const skeleton = (words: Words, slow: boolean, again: () => void): TemplateResult => html`
  <div class="flow skeleton" part="skeleton" aria-busy="true">
    <div class="rail bones" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
    <div class="content">
      <div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>
      <div class="bones bones-form" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>
      ${slow ? html`<p class="small muted slow">${words.say('load.slow')} ${quiet(words.say('again'), again)}</p>` : nothing}
    </div>
  </div>`;
