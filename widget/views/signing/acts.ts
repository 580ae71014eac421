import { html, nothing } from 'lit/html.js';
import type { CeremonyView } from '../../../shared/signing/ceremony.ts';
import { type Content, notice } from '../../parts/pieces.ts';
import { asLinkError, type LinkError } from '../../session/link-error.ts';
import type { Polling } from '../polling.ts';
import type { Frame } from '../view.ts';
import type { OpenDialog } from './dialogs/open-dialog.ts';
import type { CeremonyState, Scene } from './state.ts';

export type Act = 'consent' | 'finish' | 'decline';

/** Codes by which the server says that the ceremony is not as the signer saw it. */
const moved = /^(ceremony-changed|invalid-input|consent-missing)$/;

/** What a signer does that counts: once, however often it is pressed; and after a failure nothing is said before the truth was read again. */
export class Acts {
  busy: Act | '' = '';
  /** Why the last act did not come about. */
  trouble: Content = nothing;
  readonly #host: Frame;
  readonly #state: CeremonyState;
  readonly #watch: Polling;
  readonly #dialog: OpenDialog;
  /** By intent: retries of the same carry the same key. */
  readonly #keys = new Map<string, string>();
  /** An act whose outcome nobody could tell: the next reading decides. */
  #unsure: Act | undefined;

  constructor(host: Frame, state: CeremonyState, watch: Polling, dialog: OpenDialog) {
    this.#host = host;
    this.#state = state;
    this.#watch = watch;
    this.#dialog = dialog;
    state.subscribe(({ kind }) => kind === 'read' && this.#settle(state.scene));
  }

  async consent(): Promise<void> {
    const { calls, view } = this.#state;
    const { version, sha256 } = view.consent;
    await this.#take('consent', sha256, (key) => calls.consent({ version, sha256, agreed: true }, key));
  }

  /** Signs what is shown: the document with this hash, and the answers that are kept. */
  async finish(event: Event, document_sha256: string): Promise<void> {
    const { calls, view } = this.#state;
    const { revision, today, pages_seen } = view;
    const request = { document_sha256, revision, date: today };
    await this.#take('finish', JSON.stringify(request), async (key) => {
      if (this.#state.view.required_reading) await calls.pages(pages_seen);
      return calls.finish(event, request, key);
    });
  }

  /** Answers the sentence of why not, or ''. */
  decline(event: Event, reason: string): Promise<string> {
    return this.#take('decline', reason, (key) => this.#state.calls.decline(event, reason, key));
  }

  async #take(act: Act, intent: string, call: (key: string) => Promise<CeremonyView>): Promise<string> {
    if (this.busy) return '';
    const { words } = this.#host;
    this.busy = act;
    this.trouble = nothing;
    const name = `${act} ${intent}`;
    const key = this.#keys.get(name) ?? crypto.randomUUID();
    this.#keys.set(name, key);
    this.#host.announce(words.say(act === 'finish' ? 'sign.finishing' : 'saved.busy'));
    try {
      this.#state.take(await call(key));
      return '';
    } catch (thrown) {
      return await this.#refused(act, name, asLinkError(thrown));
    } finally {
      this.busy = '';
      this.#host.requestUpdate();
    }
  }

  /** The state was read: what was unclear is clear now. Either the scene says that it was done, or nothing came of it. */
  #settle(scene: Scene): void {
    const act = this.#unsure;
    this.#unsure = undefined;
    if (act && /^(consent|opening|unopened|sign)$/.test(scene)) this.#say(act, this.#host.words.say('unsigned.reach'));
  }

  async #refused(act: Act, name: string, error: LinkError): Promise<string> {
    if (!error.unclear) this.#keys.delete(name);
    const before = this.#state.scene;
    const known = await this.#state.read().then(
      () => true,
      () => false,
    );
    if (this.#state.scene !== before) return '';
    const text = await this.#sentence(error, known);
    this.#say(act, text);
    this.#unsure = known || !error.unclear ? undefined : act;
    // Soon, and again until there is an answer.
    if (!known) void this.#watch.now();
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
    // A dialog that is open says itself what went wrong.
    if (!this.#dialog.isOpen) this.#host.focusOn('trouble');
    this.#host.requestUpdate();
  }
}
