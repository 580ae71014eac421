import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Section } from '../../../../shared/onboarding/flow.ts';
import { type Content, notice, primary, quiet, title, turnLine } from '../../../parts/pieces.ts';
import type { Model } from '../model.ts';
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

export function detailsView(model: Model, props: DetailsProps): TemplateResult {
  const { words, level, run, form } = model;
  const vendors = words.list(run.accounts.map(({ vendor }) => model.vendor(vendor)));
  const lead = vendors ? words.say('details.lead', { vendors }) : words.say('details.lead.plain');
  return html`
    ${model.head(turnLine('you', words.say('turn.you')), title(words.say('details.title'), level), lead)}
    ${run.elsewhere ? notice('warning', 'tabs', words.say('elsewhere.title'), level + 1, words.say('elsewhere.text')) : nothing}
    ${props.above}
    <form class="form" novalidate @submit=${props.onSubmit}>
      ${form.sections.map((section) => sectionView(model, section, props))}
      <div class="form-foot">
        <div class="actions" part="actions">
          ${primary({ label: model.goLabel, icon: 'next', busy: props.sending ? words.say('saved.busy') : undefined })}
          ${quiet(words.say('details.leave'), props.onSave)}
        </div>
        ${props.below}
      </div>
    </form>`;
}

function sectionView(model: Model, section: Section, events: FieldEvents): TemplateResult {
  const asked = model.form.asked(section);
  const hint = model.words.pick(section.hint) ?? model.words.find(`section.${section.id}.hint`);
  return html`
    <fieldset class="section" part="section">
      <legend class="section-head"><span class="subtitle">${model.sectionLabel(section)}</span>${
        hint ? html`<span class="hint" part="hint">${hint}</span>` : nothing
      }</legend>
      <div class="fields">${
        // Each has its place whether it is asked or not: one that comes in takes over no other's element, in which somebody types.
        section.fields.map((field) => (asked.includes(field) ? fieldView(model, field, events) : nothing))
      }</div>
    </fieldset>`;
}
