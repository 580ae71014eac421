import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import type { VaultCheck, VaultView } from '../../shared/vault.ts';
import { drawn, icon } from '../parts/icons.ts';
import { facts, primary, title, turnLine } from '../parts/pieces.ts';
import type { Words } from '../text/words.ts';
import { historyOf } from './vault-history.ts';
import { moment, shortMoment } from './vault-time.ts';

const download = 'M10 3.5v9M6.2 9 10 12.8 13.8 9M3.5 13.5v1.5A1.5 1.5 0 0 0 5 16.5h10a1.5 1.5 0 0 0 1.5-1.5v-1.5';

interface Acts {
  readonly saving: boolean;
  save(): void;
}

/** Whose turn it is in each state of a record. */
const turns = { vaulted: 'done', frozen: 'us', left: 'other' } as const;

/** The whole record: what it is, how it stands with the law, and who did what. */
export const recordOf = (words: Words, record: VaultView, acts: Acts): TemplateResult => html`
  <div class="view">
    ${headOf(words, record, acts)}
    <div class="split">${documentOf(words, record)}${record.released ? departureOf(words) : checksOf(words, record)}</div>
    ${historyOf(words, record.access_log ?? [])}
  </div>`;

function headOf(words: Words, record: VaultView, { saving, save }: Acts): TemplateResult {
  const state = record.released ? 'left' : record.status === 'released' ? 'frozen' : 'vaulted';
  return html`<div class="view-head">
    <div>
      ${turnLine(turns[state], words.say(`vault.state.${state}`))}
      ${title(record.name ?? record.envelope_id, 1)}
      <p class="meta num"><span>${record.envelope_id}</span>${record.stored_at ? html`<span>${words.say('vault.stored', { time: moment(words, record.stored_at) })}</span>` : nothing}${
        record.controller
          ? html`<span>${words.say('vault.controlled', { name: record.controller.name ?? record.controller.id ?? '' })}</span>`
          : nothing
      }</p>
    </div>
    ${
      record.released
        ? nothing
        : html`<div class="actions">${primary({ label: words.say('vault.save'), icon: drawn(download), busy: saving ? words.say('vault.saving') : undefined, press: save })}</div>`
    }
  </div>`;
}

function documentOf(words: Words, record: VaultView): TemplateResult {
  const { document_hash: hash, signers, controller, released } = record;
  return html`<section class="stack" aria-labelledby="t-document">
    <h3 class="subtitle" id="t-document" aria-level="2">${words.say('vault.document')}</h3>
    <div class="desk" aria-hidden="true">${sheet(Boolean(released))}</div>
    ${facts([
      ...signers.map(({ name, email, role, status }): [string, string] => [
        role ?? words.say(status === 'signed' ? 'vault.signed-by' : 'vault.signer'),
        status === 'signed' && role ? words.say('vault.signed', { name: name ?? email ?? '' }) : (name ?? email ?? ''),
      ]),
      [words.say('vault.in-control'), controller ? (controller.name ?? controller.id ?? '') : words.say('vault.nobody')],
      [words.say('vault.original'), originalOf(words, record)],
    ])}
    ${hash ? html`<div class="print"><h4 class="label" aria-level="3">${words.say('vault.fingerprint')}</h4><code class="mono">${hash.match(/.{1,8}/g)?.map((part) => html`${part}<wbr>`)}</code></div>` : nothing}
    ${record.status === 'vaulted' ? html`<p class="hint">${words.say('vault.copy-note')}</p>` : nothing}
  </section>`;
}

function originalOf(words: Words, { status, released }: VaultView): string {
  if (released)
    return released.at ? words.say('vault.original.left-on', { time: shortMoment(words, released.at) }) : words.say('vault.original.left');
  return words.say(status === 'released' ? 'vault.original.frozen' : 'vault.original.here');
}

/** A page with its seal, as a picture of what is kept. */
const sheet = (gone: boolean): TemplateResult => svg`<svg class="sheet" data-gone=${gone ? '' : nothing} viewBox="0 0 120 152">
  <path class="paper" d="M8 4h76l28 28v112a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4Z"></path><path class="fold" d="M84 4v24a4 4 0 0 0 4 4h24"></path>
  <path class="lines" d="M22 44h50M22 56h76M22 66h76M22 76h68M22 90h76M22 100h60"></path>
  <path class="ink" d="M24 128c6-12 10-12 9-3s6 4 9-2 5-4 5 1 6 1 9-3"></path><path class="lines" d="M22 134h42"></path>
  <g class="stamp"><circle cx="90" cy="124" r="13"></circle><path d="m84.5 124.5 3.8 3.8 7.4-8.4"></path></g>
</svg>`;

/** What left is not checked any more: eight failures would say that something is wrong. */
const departureOf = (words: Words): TemplateResult => html`<section class="stack" aria-labelledby="t-left">
  <h3 class="subtitle" id="t-left" aria-level="2">${words.say('vault.left.title')}</h3>
  <p class="lead">${words.say('vault.left.text')}</p>
  <p class="lead">${words.say('vault.left.hash')}</p>
</section>`;

function checksOf(words: Words, { checks, checked_at }: VaultView): TemplateResult {
  const passed = checks.filter(({ satisfied }) => satisfied).length;
  const whole = passed === checks.length;
  return html`<section class="stack" aria-labelledby="t-checks">
    <div class="score" data-whole=${whole ? '' : nothing}>
      ${ring(passed, checks.length)}
      <div>
        <h3 class="subtitle" id="t-checks" aria-level="2">${words.say(whole ? 'vault.checks.all' : 'vault.checks.some', { n: passed, all: checks.length })}</h3>
        <p class="small muted num">${words.say('vault.checks.law')}${checked_at ? ` ${words.say('vault.checks.at', { time: shortMoment(words, checked_at) })}` : ''}</p>
      </div>
    </div>
    <ol class="checks">${checks.map((check) => checkOf(words, check))}</ol>
  </section>`;
}

/** One arc for each check; those that passed are drawn in the strong colour. */
function ring(passed: number, all: number): TemplateResult {
  const arc = 100 / Math.max(1, all);
  const arcs = Array.from(
    { length: all },
    (_, i) => svg`<circle class=${i < passed ? 'arc' : 'arc off'} cx="18" cy="18" r="16" pathLength="100"
    stroke-dasharray=${`${arc - 2.4} ${100 - arc + 2.4}`} stroke-dashoffset=${-i * arc} transform="rotate(-88 18 18)"></circle>`,
  );
  return svg`<svg class="score-ring" viewBox="0 0 36 36" aria-hidden="true">${arcs}<text x="18" y="22">${passed}/${all}</text></svg>`;
}

const checkOf = (words: Words, { requirement, ucc_reference, satisfied, detail }: VaultCheck): TemplateResult => html`
  <li class="checkline" data-failed=${satisfied ? nothing : ''}>${icon(satisfied ? 'check' : 'alert')}
    <b>${requirement}<span class="hush">: ${words.say(satisfied ? 'vault.check.passed' : 'vault.check.failed')}</span></b><span class="ref">${ucc_reference}</span><span class="why">${detail}</span></li>`;
