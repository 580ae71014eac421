import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from '../../parts/icons.ts';
import { facts, title } from '../../parts/pieces.ts';
import type { Model } from './model.ts';

export function doneView(model: Model): TemplateResult {
  const { words, level, run, form } = model;
  const { message, redirect, redirect_label } = run.done;
  const ready = run.accounts.filter(({ state }) => state === 'ready').map(({ vendor }) => model.vendor(vendor));
  const paid = words.time(run.billing?.done_at);
  const billing = paid ? words.say('note.billing.done', { time: paid }) : words.say('note.billing.theirs');
  return html`
    <div class="content-head">
      <span class="seal" aria-hidden="true">${icon('check')}</span>
      ${title(words.say('done.title'), level)}
      <p class="lead" part="lead">${words.pick(message) ?? words.say('done.lead')}</p>
    </div>
    <section class="card" part="card" aria-label=${words.say('done.what')}>
      ${facts([
        [words.say('field.company_name'), String(form.answer('company_name'))],
        [words.say('done.accounts'), ready.length ? words.say('done.ready', { vendors: words.list(ready) }) : undefined],
        [words.say('done.billing'), run.billing ? billing : undefined],
        [words.say('done.owner'), String(form.answer('email'))],
      ])}
    </section>
    ${
      redirect
        ? html`<div class="actions" part="actions"><a class="button button-primary" part="button button-primary" href=${redirect}>${
            words.pick(redirect_label) ?? words.say('done.go')
          } ${icon('next', 'flip')}</a></div>`
        : nothing
    }`;
}
