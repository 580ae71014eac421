import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { VaultView } from '../../shared/vault.ts';
import { shortMoment } from './vault-time.ts';
import { acts, things, words } from './vault-words.ts';

type Line = NonNullable<VaultView['access_log']>[number];

/** Who did what, the newest first. */
export const historyOf = (lines: readonly Line[]): TemplateResult | typeof nothing =>
  lines.length === 0
    ? nothing
    : html`<section class="stack" aria-labelledby="t-history">
        <h3 class="subtitle" id="t-history" aria-level="2">${words.history}</h3>
        <table class="table">
          <thead><tr><th scope="col">Who</th><th scope="col">What</th><th scope="col">When</th></tr></thead>
          <tbody>${lines.map(
            (line) =>
              html`<tr><th scope="row"><bdi>${line.by ?? words.vault}</bdi></th><td>${actOf(line)}</td><td class="cell-quiet num"><time datetime=${line.at}>${shortMoment(line.at)}</time></td></tr>`,
          )}</tbody>
        </table>
      </section>`;

function actOf({ kind, detail }: Line): string {
  const thing = things[detail ?? ''] ?? 'it';
  if (kind === 'vault.linked') return detail === 'page' ? 'Was let in to read' : `Asked for the address of ${thing}`;
  if (kind === 'vault.read') return `Opened ${thing}`;
  return acts[kind] ?? kind;
}
