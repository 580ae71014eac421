import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Section } from '../../../../shared/onboarding/flow.ts';
import { type Content, facts, quiet, title, turnLine } from '../../../parts/pieces.ts';
import type { Model } from '../model.ts';
import { type Reopen, reopenButton } from '../reopen.ts';

/** The details once they are handed in: to be read, not changed. */
export function sentView(model: Model, onBack: (() => void) | undefined, reopen: Reopen | undefined): TemplateResult {
  const { words, level, form } = model;
  const rows = (section: Section): [string, Content][] =>
    form.asked(section).map((field) => {
      const answer = form.answer(field.name);
      const text = typeof answer === 'boolean' ? words.say(answer ? 'yes' : 'no') : model.choiceLabel(field, answer);
      return [model.fieldLabel(field), text || html`<span class="muted">${words.say('none')}</span>`];
    });
  return html`
    ${model.head(turnLine('done', words.say('step.done')), title(words.say('sent.title'), level), words.say(reopen ? 'sent.lead.open' : 'sent.lead'))}
    ${form.sections.map(
      (section) => html`<section class="card" part="card">
        <h3 class="subtitle" aria-level=${level + 1}>${model.sectionLabel(section)}</h3>
        ${facts(rows(section))}
      </section>`,
    )}
    <div class="actions" part="actions">
      ${reopen ? reopenButton(model, reopen) : nothing} ${onBack ? quiet(words.say('sent.back'), onBack) : nothing}
    </div>`;
}
