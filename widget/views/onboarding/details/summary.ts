import { html, type TemplateResult } from 'lit/html.js';
import type { Fault } from '../../../../shared/problem.ts';
import { icon } from '../../../parts/icons.ts';
import type { Model } from '../model.ts';
import type { Form } from './form.ts';

const wrong = ({ fields, faults }: Form) => fields.filter(({ name }) => faults.has(name));

/** Something is to be mended. */
export const faulty = (form: Form): boolean => wrong(form).length + form.strays.length > 0;

/** What is to be mended, on top of the form: the answers with a fault, and the faults that nobody can tell the place of. */
export function summaryView(model: Model, onJump: (event: Event) => void): TemplateResult {
  const { words, level, form } = model;
  const lines = wrong(form).map((field) => {
    const fault = form.faults.get(field.name);
    const text = words.say('details.fault', { label: model.fieldLabel(field), fault: fault ? model.sentence(fault) : '' });
    return html`<li><a href="#f-${field.name}">${text}</a></li>`;
  });
  const strays = new Map(form.strays.map((fault) => strayOf(model, fault)));
  const parts: [string, TemplateResult][] = [...strays].map(([heading, text]) => [heading, html`<p>${text}</p>`]);
  if (lines.length) parts.unshift([words.say('details.faults', { n: lines.length }), html`<ul @click=${onJump}>${lines}</ul>`]);
  const asked = lines.length === 0 && form.strays.every(({ code }) => code === 'reopened');
  return html`
    <div class="notice" part="notice summary" data-kind=${asked ? 'warning' : 'danger'} role="alert" tabindex="-1" id="summary" aria-labelledby="summary-title">
      ${icon('alert')}
      ${parts.map(([heading, body], i) => html`<h3 id=${i ? `summary-${i}` : 'summary-title'} aria-level=${level + 1}>${heading}</h3>${body}`)}
    </div>`;
}

/** Heading and text of a fault at no field that is asked. */
function strayOf(model: Model, { code, params }: Fault): [string, string] {
  const { words } = model;
  if (code === 'reopened') return [words.say('details.reopened.title'), words.say('details.reopened.text')];
  if (!params?.['vendor']) return [words.say('details.stray-plain.title'), words.say('details.stray-plain.text')];
  const named = { vendor: model.vendor(String(params['vendor'])) };
  return [words.say('details.stray.title', named), words.say('details.stray.text', named)];
}
