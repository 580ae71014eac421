import type { TemplateResult } from 'lit/html.js';
import type { InlayClient } from '../client.ts';
import type { LinkError } from '../session/link-error.ts';
import type { Words } from '../text/words.ts';

/** What a view may ask of whatever shows it. */
export interface Frame {
  readonly words: Words;
  /** Level of a view's title; what is inside it counts on from there. */
  readonly level: number;
  readonly renderRoot: ShadowRoot;
  /** The gateway that the tag talks to. */
  readonly server?: string;
  requestUpdate(): void;
  dispatchEvent(event: Event): boolean;
  /** Tells the page that this is complete, once. */
  complete(run: string, already: boolean): void;
  /** Says it to screen readers, politely. */
  announce(text: string): void;
  /** The sentence of a refusal in the middle of a view. */
  refusal(error: LinkError): Promise<string>;
  /** Moves the focus to the element with this id, after the next rendering. */
  focusOn(id: string): void;
}

/** The element, with its session. */
export interface Host extends Frame {
  readonly client: InlayClient;
  /** `none` where the page's policy has no `worker-src blob:`. */
  readonly worker: 'none' | undefined;
}

/**
 * One widget type, drawn into the element's own root: labels, ids, parts and live regions are then in one tree, and a partner's
 * `::part` reaches them without `exportparts`.
 */
export interface View {
  readonly styles: string;
  /** When the customer's answers were last kept (ISO 8601), for the sentence of an error. */
  readonly savedAt: string | null | undefined;
  /** Reads the truth from the gateway. Rejects with a LinkError. */
  load(): Promise<void>;
  /** Timers and listeners run from `resume` to `pause`. */
  resume(): void;
  pause(): void;
  render(): TemplateResult;
  /** What was rendered is in the page now. */
  drawn?(): void;
}

export type ViewClass = new (host: Host) => View;
