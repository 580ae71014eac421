import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Section } from '../../../../shared/onboarding.ts';
import { type Content, notice, primary, quiet, title, turnLine } from '../../../parts/pieces.ts';
import type { Stage } from '../model.ts';
import { type FieldEvents, fieldView } from './field.ts';

/** What the details step says and tells beyond its fields. */
export interface DetailsProps extends FieldEvents {
  sending: boolean;
  /** What is to be mended, on top of the form, and what *Save and leave* came to, below it. */
  above: Content;
  below: Content;
  onSubmit(event: Event): void;
  onSave(): void;
}

export function detailsView(stage: Stage, props: DetailsProps): TemplateResult {
  const { words, level, run, form } = stage;
  const vendors = words.list(run.accounts.map(({ vendor }) => stage.vendor(vendor)));
  const lead = vendors ? words.say('details.lead', { vendors }) : words.say('details.lead.plain');
  return html`
    ${stage.head(turnLine('you', words.say('turn.you')), title(words.say('details.title'), level), lead)}
    ${run.elsewhere ? notice('warning', 'tabs', words.say('elsewhere.title'), level + 1, words.say('elsewhere.text')) : nothing}
    ${props.above}
    <form class="form" novalidate @submit=${props.onSubmit}>
      ${form.sections.map((section) => sectionView(stage, section, props))}
      <div class="form-foot">
        <div class="actions" part="actions">
          ${primary({ label: stage.goLabel, icon: 'next', busy: props.sending ? words.say('saved.busy') : undefined })}
          ${quiet(words.say('details.leave'), props.onSave)}
        </div>
        ${props.below}
      </div>
    </form>`;
}

function sectionView(stage: Stage, section: Section, events: FieldEvents): TemplateResult {
  const hint = stage.words.pick(section.hint) ?? stage.words.find(`section.${section.id}.hint`);
  return html`
    <fieldset class="section" part="section">
      <legend class="section-head"><span class="subtitle">${stage.sectionLabel(section)}</span>${
        hint ? html`<span class="hint" part="hint">${hint}</span>` : nothing
      }</legend>
      <div class="fields">${stage.form.asked(section).map((field) => fieldView(stage, field, events))}</div>
    </fieldset>`;
}
