import { html, nothing, type TemplateResult } from 'lit/html.js';
import { bring } from '../session/bring.ts';
import { sleep } from '../session/link.ts';
import type { LinkError } from '../session/link-error.ts';
import type { Words } from '../text/words.ts';
import type { Ending } from './lost.ts';
import { primary, title, turnLine } from './pieces.ts';

/** The other endings come when one is needed; undefined when they cannot be had soon. */
export const bringEndings = () =>
  Promise.race([bring(() => import('./endings.ts')).catch(() => undefined), sleep(1500).then(() => undefined)]);

export function endingView(
  words: Words,
  ending: Ending,
  error: LinkError,
  savedAt: string,
  level: number,
  press: () => void,
): TemplateResult {
  const { name, turn, retryable } = ending;
  const whose = turn === 'you' ? 'turn.you' : words.partnerName ? 'turn.partner' : 'turn.portal';
  const id = error.instance?.match(/[0-9a-f]{8}-[0-9a-f]{4}/i)?.[0];
  const text = (savedAt && words.find(`end.${name}.saved`, { time: savedAt })) || words.find(`end.${name}.text`);
  return html`
    <section class="centre" part="content" aria-labelledby="title">
      ${turnLine(turn, words.say(whose))} ${title(words.find(`end.${name}.title`) ?? '', level)}
      <p class="lead" part="lead">${text}</p>
      <div class="actions" part="actions">
        ${retryable ? primary({ label: words.find(`end.${name}.again`) ?? words.say('again'), press }) : nothing}
        ${id ? html`<span class="small muted mono">${words.say('reference', { id })}</span>` : nothing}
      </div>
    </section>`;
}
