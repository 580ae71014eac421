import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawn } from '../../../parts/icons.ts';
import { type Content, facts, primary, quiet, title, turnLine } from '../../../parts/pieces.ts';
import type { Model } from '../model.ts';
import { openIcon } from '../vendor-icons.ts';

export interface BillingProps {
  /** The payment page is still being asked for. */
  fetching: boolean;
  left: boolean;
  trouble: Content;
  onOpen(): void;
  onLater(): void;
}

export function billingView(model: Model, props: BillingProps): TemplateResult {
  const { words, level, run, form } = model;
  const { billing } = run;
  const id = billing?.vendor;
  const vendor = id ? model.vendor(id) : '';
  if (billing?.state !== 'needed') {
    const key = billing?.state === 'waiting' ? 'wait' : billing?.state === 'refused' ? 'refused' : billing?.done_at ? 'done' : 'theirs';
    const turn = {
      wait: turnLine('us', words.say('turn.us')),
      done: turnLine('done', words.say('step.done')),
      refused: turnLine('other', words.say('turn.partner')),
      theirs: turnLine('other', words.say('turn.partner')),
    };
    return model.head(turn[key], title(words.say(`billing.${key}.title`), level), words.say(`billing.${key}.lead`, { vendor }));
  }
  const asked = billing.checked_at ? words.say('billing.asked', { ago: model.since(billing.checked_at) }) : '';
  return html`
    ${model.head(turnLine('you', words.say('turn.you')), title(words.say('billing.title'), level), words.say('billing.lead', { vendor }))}
    ${props.trouble}
    <section class="card" part="card" aria-label=${words.say('billing.what')}>
      ${facts([
        [words.say('billing.to'), vendor],
        [words.say('billing.for'), words.find(`vendor.${id}.for`)],
        [words.say('billing.invoice'), String(form.answer('company_name'))],
      ])}
    </section>
    <div class="actions" part="actions">
      ${primary({
        label: words.say('billing.open'),
        icon: drawn(openIcon, 'flip'),
        hidden: words.say('billing.tab'),
        busy: props.fetching ? words.say('billing.fetching') : undefined,
        press: props.onOpen,
      })}
      ${quiet(words.say('billing.later'), props.onLater)}
    </div>
    <div class="after">
      ${turnLine('other', html`<span class="num">${words.say('billing.notice')} ${asked}</span>`)}
      ${props.left ? html`<p class="small muted">${words.say('billing.left')}</p>` : nothing}
    </div>`;
}
