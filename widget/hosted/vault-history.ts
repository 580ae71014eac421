import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { VaultView } from '../../shared/vault.ts';
import type { Words } from '../text/words.ts';
import { shortMoment } from './vault-time.ts';

type AccessEntry = NonNullable<VaultView['access_log']>[number];

/** Who did what, the newest first. */
export const historyOf = (words: Words, lines: readonly AccessEntry[]): TemplateResult | typeof nothing =>
  lines.length === 0
    ? nothing
    : html`<section class="stack" aria-labelledby="t-history">
        <h3 class="subtitle" id="t-history" aria-level="2">${words.say('vault.history')}</h3>
        <table class="table">
          <thead><tr><th scope="col">${words.say('vault.history.who')}</th><th scope="col">${words.say('vault.history.what')}</th><th scope="col">${words.say('vault.history.when')}</th></tr></thead>
          <tbody>${lines.map(
            (line) =>
              html`<tr><th scope="row"><bdi>${line.by ?? words.say('vault.title')}</bdi></th><td>${actOf(words, line)}</td><td class="cell-quiet num"><time datetime=${line.at}>${shortMoment(words, line.at)}</time></td></tr>`,
          )}</tbody>
        </table>
      </section>`;

function actOf(words: Words, { kind, detail }: AccessEntry): string {
  const thing = words.find(`vault.thing.${detail}`) ?? words.say('vault.thing.other');
  if (kind === 'vault.linked') return detail === 'page' ? words.say('vault.act.let-in') : words.say('vault.act.asked', { thing });
  if (kind === 'vault.read') return words.say('vault.act.opened', { thing });
  return words.find(`vault.act.${kind}`) ?? kind;
}
