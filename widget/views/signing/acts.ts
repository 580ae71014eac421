import { html, nothing } from 'lit/html.js';
import type { CeremonyView } from '../../../shared/ceremony.ts';
import { type Content, notice } from '../../parts/pieces.ts';
import { asLinkError, type LinkError } from '../../session/link-error.ts';
import type { Frame } from '../view.ts';
import type { Scene } from './model.ts';

export type Act = 'consent' | 'finish' | 'decline';

interface Ways {
  scene(): Scene;
  /** Reads the state; rejects when it could not be read. */
  read(): Promise<void>;
  take(view: CeremonyView): void;
  /** Reads the state soon, and again until there is an answer. */
  ask(): void;
  /** A dialog is open, and says itself what went wrong. */
  hasDialog(): boolean;
}

/** Codes by which the server says that the ceremony is not as the signer saw it. */
const moved = /^(ceremony-changed|invalid-input|consent-missing)$/;

/** What a signer does that counts: once, however often it is pressed; and after a failure nothing is said before the truth was read again. */
export class Acts {
  busy: Act | '' = '';
  /** Why the last act did not come about. */
  trouble: Content = nothing;
  readonly #host: Frame;
  readonly #ways: Ways;
  /** By intent: retries of the same carry the same key. */
  readonly #keys = new Map<string, string>();
  /** An act whose outcome nobody could tell: the next reading decides. */
  #unsure: Act | undefined;

  constructor(host: Frame, ways: Ways) {
    this.#host = host;
    this.#ways = ways;
  }

  /** Answers the sentence of why not, or ''. */
  async take(act: Act, intent: string, call: (key: string) => Promise<CeremonyView>): Promise<string> {
    if (this.busy) return '';
    const { words } = this.#host;
    this.busy = act;
    this.trouble = nothing;
    const name = `${act} ${intent}`;
    const key = this.#keys.get(name) ?? crypto.randomUUID();
    this.#keys.set(name, key);
    this.#host.announce(words.say(act === 'finish' ? 'sign.finishing' : 'kept.busy'));
    try {
      this.#ways.take(await call(key));
      return '';
    } catch (thrown) {
      return await this.#refused(act, name, asLinkError(thrown));
    } finally {
      this.busy = '';
      this.#host.requestUpdate();
    }
  }

  /** The state was read: what was unclear is clear now. Either the scene says that it was done, or nothing came of it. */
  settle(scene: Scene): void {
    const act = this.#unsure;
    this.#unsure = undefined;
    if (act && /^(consent|opening|unopened|sign)$/.test(scene)) this.#say(act, this.#host.words.say('unsigned.reach'));
  }

  async #refused(act: Act, name: string, error: LinkError): Promise<string> {
    if (!error.unclear) this.#keys.delete(name);
    const before = this.#ways.scene();
    const known = await this.#ways.read().then(
      () => true,
      () => false,
    );
    if (this.#ways.scene() !== before) return '';
    const text = await this.#sentence(error, known);
    this.#say(act, text);
    this.#unsure = known || !error.unclear ? undefined : act;
    if (!known) this.#ways.ask();
    return text;
  }

  async #sentence(error: LinkError, known: boolean): Promise<string> {
    const { words } = this.#host;
    if (error.code === 'untrusted-event') return words.say('unsigned.untrusted');
    if (error.unclear) return words.say(known ? 'unsigned.reach' : 'unsigned.unknown');
    if (moved.test(error.code)) return words.say('unsigned.changed');
    if (error.code === 'pages-unread') return words.say('sign.unread.text');
    return this.#host.refusal(error);
  }

  #say(act: Act, text: string): void {
    const { words, level } = this.#host;
    this.trouble = html`<div role="alert" tabindex="-1" id="trouble">${notice('warning', 'alert', words.say(`unsigned.${act}`), level + 1, text)}</div>`;
    if (!this.#ways.hasDialog()) this.#host.focusOn('trouble');
    this.#host.requestUpdate();
  }
}
