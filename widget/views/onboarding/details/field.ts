import { html, nothing, type TemplateResult } from 'lit/html.js';
import { countries, orgNumbers } from '../../../../shared/onboarding/countries.ts';
import type { Field } from '../../../../shared/onboarding/flow.ts';
import { icon } from '../../../parts/icons.ts';
import type { Model } from '../model.ts';
import type { Answer } from './form.ts';

/** What browsers may fill in, by the default flow's names. */
const autocompletes: Record<string, string> = {
  company_name: 'organization',
  country: 'country',
  city: 'address-level2',
  first_name: 'given-name',
  last_name: 'family-name',
  email: 'email',
  phone: 'tel',
};
const inputModes: Record<string, string> = { email: 'email', tel: 'tel', phone: 'tel', digits: 'numeric', 'org-number': 'numeric' };

/** What a field tells of itself. */
export interface FieldEvents {
  onType(name: string, answer: Answer): void;
  /** The field was left, or a choice is made. */
  onLeave(name: string): void;
}

export function fieldView(model: Model, field: Field, events: FieldEvents): TemplateResult {
  const { words } = model;
  const { name, width, kind } = field;
  if (kind === 'checkbox') return checkView(model, field, events);
  const wide = width ? width === 'full' : name === 'company_name';
  const optional = field.required ? nothing : html`<span class="optional">${words.say('optional')}</span>`;
  return html`
    <div class="field ${wide ? 'field-wide' : ''}" part="field">
      <label class="label" part="label" for="f-${name}">${model.fieldLabel(field)} ${optional}</label>
      <div class="control">${field.options || kind === 'country' ? selectView(model, field, events) : inputView(model, field, events)}</div>
      ${underView(model, field)}
    </div>`;
}

function inputView(model: Model, field: Field, { onType, onLeave }: FieldEvents): TemplateResult {
  const { name, kind, format } = field;
  const { form } = model;
  const locked = form.isLocked(name);
  return html`
    <input class="input" part="input" id="f-${name}" name=${name} type=${kind} .value=${form.answer(name)} ?required=${field.required}
      ?readonly=${locked} autocomplete=${autocomplete(field)} inputmode=${inputModes[format ?? kind] ?? nothing}
      placeholder=${field.placeholder ?? nothing} dir=${kind === 'text' ? 'auto' : 'ltr'} spellcheck="false"
      aria-invalid=${form.faults.has(name)} aria-describedby=${describedBy(model, field)}
      @input=${(event: Event) => onType(name, (event.target as HTMLInputElement).value)} @change=${() => onLeave(name)}>
    ${locked ? icon('lock', 's') : nothing}`;
}

function selectView(model: Model, field: Field, { onType, onLeave }: FieldEvents): TemplateResult {
  const { name } = field;
  const { form, words } = model;
  const values = field.options?.map((option) => option.value) ?? countries;
  const choices = values.map((value) => ({ value, label: model.choiceLabel(field, value) }));
  if (!field.options) choices.sort((one, other) => words.compare(one.label, other.label));
  const answer = form.answer(name);
  return html`
    <select class="input" part="input" id="f-${name}" name=${name} ?required=${field.required} ?disabled=${form.isLocked(name)}
      autocomplete=${autocomplete(field)} aria-invalid=${form.faults.has(name)} aria-describedby=${describedBy(model, field)}
      @change=${(event: Event) => {
        onType(name, (event.target as HTMLSelectElement).value);
        onLeave(name);
      }}>
      <option value="" .selected=${!answer}>${words.say('choose')}</option>
      ${choices.map(({ value, label }) => html`<option value=${value} .selected=${value === answer}>${label}</option>`)}
    </select>
    ${icon('down')}`;
}

function checkView(model: Model, field: Field, { onType, onLeave }: FieldEvents): TemplateResult {
  const { name } = field;
  const { form } = model;
  return html`
    <div class="field-wide">
      <label class="check" part="check"><input type="checkbox" id="f-${name}" name=${name} .checked=${form.answer(name) === true}
        ?required=${field.required} ?disabled=${form.isLocked(name)} aria-invalid=${form.faults.has(name)} aria-describedby=${describedBy(model, field)}
        @change=${(event: Event) => {
          onType(name, (event.target as HTMLInputElement).checked);
          onLeave(name);
        }}><span>${model.fieldLabel(field)}</span></label>
      ${underView(model, field)}
    </div>`;
}

function underView(model: Model, field: Field): TemplateResult {
  const { name } = field;
  const fault = model.form.faults.get(name);
  const hint = hintOf(model, field);
  return html`<div class="under">
    ${fault ? html`<p class="error" part="error" id="e-${name}">${icon('alert', 's')}<span>${model.sentence(fault)}</span></p>` : nothing}
    ${hint ? html`<p class="hint" part="hint" id="h-${name}">${hint}</p>` : nothing}
  </div>`;
}

const autocomplete = ({ autocomplete, name }: Field): string => autocomplete ?? autocompletes[name] ?? 'off';

/** Error first, then hint. */
const describedBy = (model: Model, field: Field): string | typeof nothing =>
  `${model.form.faults.has(field.name) ? `e-${field.name} ` : ''}${hintOf(model, field) ? `h-${field.name}` : ''}`.trim() || nothing;

function hintOf({ words, form }: Model, { name, hint, format, country_field }: Field): string | undefined {
  if (form.isLocked(name)) return words.say('locked');
  const rule = format === 'org-number' && orgNumbers[String(form.answer(country_field ?? ''))];
  return words.pick(hint) ?? (rule ? words.say('format.org-number', rule) : words.find(`field.${name}.hint`));
}
