import { DrawnElement } from './drawn-element.ts';
import { InlayCompleteEvent } from './events.ts';
import { bringEndings } from './parts/ending.ts';
import type { LinkError } from './session/link-error.ts';
import { Words } from './text/words.ts';
import type { Frame } from './views/view.ts';

/** An element as its view may use it: it speaks, moves the focus, and tells the page what is complete. */
export abstract class HostElement extends DrawnElement implements Frame {
  declare locale: string | undefined;
  declare headingLevel: number | string;
  words!: Words;
  /** What screen readers were told last. */
  protected said = '';
  #focus = '';
  readonly #completed = new Set<string>();

  get level(): number {
    return Number(this.headingLevel) || 2;
  }

  get renderRoot(): ShadowRoot {
    return this.shadowRoot as ShadowRoot;
  }

  async refusal(error: LinkError): Promise<string> {
    return (await bringEndings())?.refusalText(this.words, error) ?? this.words.say('end.lost.text');
  }

  complete(run: string, already: boolean): void {
    if (!this.#completed.has(run)) this.dispatchEvent(new InlayCompleteEvent(run, already));
    this.#completed.add(run);
  }

  announce(text: string): void {
    this.said = text;
    this.requestUpdate();
  }

  focusOn(id: string): void {
    this.#focus = id;
    this.requestUpdate();
  }

  protected override updated(): void {
    const id = this.#focus;
    this.#focus = '';
    if (id) this.renderRoot.querySelector<HTMLElement>(`[id="${id}"]`)?.focus();
  }

  /** Another language: that of the tag, else of the token, else of the page. The partner keeps its name. */
  protected speak(tokenLocale?: string | null): void {
    const name = this.words?.partnerName;
    this.words = new Words(this.locale || tokenLocale || document.documentElement.lang || 'en');
    this.words.partnerName = name;
  }
}
