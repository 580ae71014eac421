import { html, type TemplateResult } from 'lit/html.js';
import type { FieldValue } from '../../../../shared/signing/fields.ts';
import { drawn, icon } from '../../../parts/icons.ts';
import { icons } from '../icons.ts';
import type { Model } from '../model.ts';
import type { Field } from '../state.ts';

/** One dialog at work: it keeps what is entered until it is closed. */
export interface Dialog {
  /** The id of the element that gets the focus when it closes. */
  readonly opener: string;
  render(model: Model): TemplateResult;
}

/** The answer to one field, as a dialog gives it. */
export interface Entry {
  readonly field: Field;
  /** The id of the marker that was pressed. */
  readonly opener: string;
  /** Settles with the sentence of what the server would not take, or '' when it is taken. */
  use(value: FieldValue | null): Promise<string>;
  /** It is given up. */
  close(): void;
  /** The dialog is to be drawn anew. */
  changed(): void;
}

interface Shell {
  title: string;
  /** What closing by the cross is called. */
  close: string;
  body: TemplateResult;
  onClose(): void;
  onSubmit(event: SubmitEvent): void;
  onKey?: (event: KeyboardEvent) => void;
}

/** A card in the middle, or a sheet at the bottom where the element is narrow. `OpenDialog` shows it once it is in the page. */
export const dialogView = (model: Model, { title, close, body, onClose, onSubmit, onKey }: Shell): TemplateResult => html`
  <dialog part="dialog" aria-labelledby="dialog-title" @close=${onClose} @keydown=${(event: KeyboardEvent) => onKey?.(event)}
    @cancel=${(event: Event) => {
      event.preventDefault();
      onClose();
    }}>
    <form class="dialog" novalidate @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      onSubmit(event);
    }}>
      <div class="dialog-head">
        <h3 class="subtitle" id="dialog-title" aria-level=${model.level + 1}>${title}</h3>
        <button class="button button-quiet button-icon" part="button button-quiet" type="button" aria-label=${close} @click=${onClose}>${drawn(icons.close)}</button>
      </div>
      ${body}
    </form>
  </dialog>`;

/** Under a control: what to mend. Always there, so that it is announced when it comes. */
export const errorLine = (id: string, text: string): TemplateResult =>
  html`<div class="error-room" role="alert">${text ? html`<p class="error" part="error" id=${id}>${icon('alert', 's')}<span>${text}</span></p>` : ''}</div>`;
