import { html, nothing, type TemplateResult } from 'lit/html.js';
import { type FieldValue, isAnswered, longest } from '../../../../shared/signing/fields.ts';
import { drawn } from '../../../parts/icons.ts';
import { primary, quiet } from '../../../parts/pieces.ts';
import { inLanguage } from '../answers/language.ts';
import { icons, typeIcons } from '../icons.ts';
import { markView } from '../markers/mark.ts';
import type { Model } from '../model.ts';
import { type Dialog, dialogView, type Entry, errorLine } from './dialog.ts';
import { Pad } from './pad.ts';
import { typingFault } from './typing.ts';

type Tab = 'draw' | 'type';
const tabs = ['draw', 'type'] as const;

/** Where a signature or initials are made: drawn or typed. */
export class SignDialog implements Dialog {
  readonly opener: string;
  readonly #kind: 'signature' | 'initials';
  readonly #entry: Entry;
  readonly #pad: Pad;
  #tab: Tab;
  #typed: string;
  #error = '';
  #busy = false;
  #cleared = false;

  /** `before` is an answer to begin with; `name` what the typed one begins with. */
  constructor(entry: Entry, before: FieldValue | null, name: string) {
    this.opener = entry.opener;
    this.#entry = entry;
    this.#kind = entry.field.type === 'initials' ? 'initials' : 'signature';
    this.#tab = before?.kind === 'typed' ? 'type' : 'draw';
    this.#typed = before?.kind === 'typed' ? before.text : name;
    this.#pad = new Pad(before?.kind === 'drawn' ? before.strokes : [], () => this.#onDrawn());
  }

  render(model: Model): TemplateResult {
    const { words } = model;
    const kind = this.#kind;
    return dialogView(model, {
      title: words.say(`pad.title.${kind}`),
      close: words.say('pad.close'),
      onClose: this.#entry.close,
      onKey: this.#onKey,
      onSubmit: () => this.#use(model),
      body: html`
        <div class="tabs" part="tabs" role="tablist" aria-label=${words.say('pad.how')}>
          ${tabs.map((tab) => this.#tabView(model, tab))}
        </div>
        <div id="p-draw" role="tabpanel" aria-labelledby="tab-draw" ?hidden=${this.#tab !== 'draw'}>${this.#drawView(model)}</div>
        <div id="p-type" role="tabpanel" aria-labelledby="tab-type" ?hidden=${this.#tab !== 'type'}>${this.#typeView(model)}</div>
        <p class="small muted">${words.say('pad.legal')}</p>
        <div class="actions" part="actions">
          ${primary({ label: words.say(`pad.use.${kind}`), busy: this.#busy ? words.say('text.busy') : undefined })}
          ${quiet(words.say('text.cancel'), this.#entry.close)}
        </div>`,
    });
  }

  #tabView({ words }: Model, tab: Tab): TemplateResult {
    const chosen = this.#tab === tab;
    return html`<button class="tab" part="tab" type="button" role="tab" id="tab-${tab}" aria-selected=${chosen} aria-controls="p-${tab}"
      tabindex=${chosen ? 0 : -1} ?autofocus=${chosen} @click=${() => this.#choose(tab)}>${drawn(tab === 'draw' ? typeIcons.signature : typeIcons.text, 's')}${words.say(`pad.${tab}`)}</button>`;
  }

  #drawView({ words, view }: Model): TemplateResult {
    const pad = this.#pad;
    return html`
      <div class="pad" part="pad" role="img" aria-label=${words.say('pad.area')} @pointerdown=${pad.onDown} @pointermove=${pad.onMove}
        @pointerup=${pad.onUp} @pointercancel=${pad.onUp}>
        <span class="pad-line"></span>${drawn(icons.close, 'pad')}<span class="pad-name"><bdi>${view.you.name}</bdi></span>
        <svg class="stroke" viewBox="0 0 500 200"><path d=${pad.path}></path><path class="live"></path></svg>
      </div>
      ${errorLine('pad-error', this.#error || (pad.isFull ? words.say('pad.full') : ''))}
      <div class="pad-row">
        <p class="hint" part="hint">${words.say('pad.hint')}</p>
        <div>
          <button class="button button-quiet button-small" part="button button-quiet" type="button" aria-disabled=${!pad.canUndo}
            @click=${() => pad.undo()}>${drawn(icons.undo, 's icon-flip')}${words.say('pad.undo')}</button>
          <button class="button button-quiet button-small" part="button button-quiet" type="button" aria-disabled=${pad.isEmpty}
            @click=${this.#clear}>${drawn(icons.clear, 's')}${words.say('pad.clear')}</button>
        </div>
      </div>
      <p class="hush" role="status">${this.#cleared ? words.say('pad.was-cleared') : nothing}</p>`;
  }

  get #typedValue() {
    return inLanguage({ kind: 'typed' as const, text: this.#typed.trim() });
  }

  #typeView(model: Model): TemplateResult {
    const { words } = model;
    const initials = this.#kind === 'initials';
    const error = this.#tab === 'type' ? this.#error || typingFault(model, this.#entry.field, this.#typedValue, this.#entry.changed) : '';
    return html`
      <div class="field" part="field">
        <label class="label" part="label" for="typed">${words.say(initials ? 'pad.initials' : 'pad.name')}</label>
        <input class="input" part="input" id="typed" .value=${this.#typed} maxlength=${longest.typed} autocomplete=${initials ? 'off' : 'name'}
          dir="auto" spellcheck="false" aria-invalid=${error !== ''} aria-describedby=${error ? 'type-error' : nothing} @input=${this.#onType}>
        ${errorLine('type-error', error)}
      </div>
      <div class="pad typed" part="pad" role="img" aria-label=${words.say('pad.preview', { text: this.#typed })}>
        <span class="pad-line"></span>${this.#typed.trim() ? markView({ width: 250, height: 60 }, this.#typedValue, model.outlines) : nothing}
      </div>`;
  }

  #choose(tab: Tab): void {
    this.#tab = tab;
    this.#error = '';
    this.#entry.changed();
  }

  async #use({ words }: Model): Promise<void> {
    if (this.#busy) return;
    const value: FieldValue = this.#tab === 'draw' ? { kind: 'drawn', strokes: this.#pad.framed } : this.#typedValue;
    this.#error = isAnswered(value) ? '' : words.say(this.#tab === 'type' ? 'pad.empty.typed' : `pad.empty.${this.#kind}`);
    this.#busy = this.#error === '';
    this.#entry.changed();
    if (this.#error) return;
    this.#error = await this.#entry.use(value);
    this.#busy = false;
    this.#entry.changed();
  }

  #onDrawn(): void {
    this.#error = '';
    this.#cleared = this.#pad.isEmpty;
    this.#entry.changed();
  }

  readonly #clear = (): void => this.#pad.clear();

  readonly #onType = (event: Event): void => {
    this.#typed = (event.target as HTMLInputElement).value;
    this.#error = '';
    this.#entry.changed();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0] as HTMLElement;
    if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && this.#tab === 'draw') {
      event.preventDefault();
      this.#pad.undo();
    }
    if (target.getAttribute('role') !== 'tab' || !/^(Arrow(Left|Right)|Home|End)$/.test(event.key)) return;
    event.preventDefault();
    this.#choose(event.key === 'Home' ? 'draw' : event.key === 'End' ? 'type' : this.#tab === 'draw' ? 'type' : 'draw');
    (target.getRootNode() as ShadowRoot).getElementById(`tab-${this.#tab}`)?.focus();
  };
}
