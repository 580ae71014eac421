import { InlayErrorEvent } from '../../../events.ts';
import { asLinkError } from '../../../session/link-error.ts';
import type { Frame } from '../../view.ts';
import { Desk } from '../desk/desk.ts';
import { loadScriptFace } from '../markers/script-face.ts';
import { type CeremonyState, sceneOf } from '../state.ts';
import { assetsOf } from './assets.ts';
import { Opening, type Unopened, unopenedBy } from './opening.ts';

/** Brings the document onto a desk, and takes it away again. */
export class Opener {
  readonly opening: Opening;
  #desk: Desk | undefined;
  #unopened: Unopened | undefined;
  readonly #host: Frame;
  readonly #worker: 'none' | undefined;
  readonly #state: CeremonyState;
  readonly #assets: string;
  /** Counts the times of opening and closing; what an earlier one brings is dropped. */
  #round = 0;
  #busy = false;

  constructor(host: Frame, state: CeremonyState, worker: 'none' | undefined) {
    this.#host = host;
    this.#state = state;
    this.#worker = worker;
    this.#assets = assetsOf(host.server);
    this.opening = new Opening(state.calls);
    state.subscribe(({ kind }) => kind === 'read' && this.#onRead());
  }

  get desk(): Desk | undefined {
    return this.#desk;
  }

  /** Why there is no document to be seen, if that is known. */
  get unopened(): Unopened | undefined {
    return this.#unopened;
  }

  async open(): Promise<void> {
    if (this.#busy || this.#desk) return;
    this.#busy = true;
    const round = ++this.#round;
    this.#become(undefined, undefined);
    void loadScriptFace(this.#assets).then(() => this.#host.requestUpdate());
    const desk = await this.#bring().catch((thrown: unknown) => this.#failed(thrown, round));
    this.#busy = false;
    if (round !== this.#round) void desk?.close();
    else this.#become(desk ?? undefined, this.#unopened);
    this.#state.brought();
  }

  /** Takes the document away; with it goes everything of pdf.js's in the page. */
  close(): void {
    this.#round++;
    void this.#desk?.close();
    this.#become(undefined, undefined);
  }

  /** Why it could not be opened is of no account any more: it will be tried again. */
  forget(): void {
    this.#become(this.#desk, undefined);
  }

  #become(desk: Desk | undefined, unopened: Unopened | undefined): void {
    this.#desk = desk;
    this.#unopened = unopened;
    this.#state.document = desk ? 'sign' : unopened && 'unopened';
  }

  /** Another document than the one that lies open is to be signed, or none any more. */
  #onRead(): void {
    const { view } = this.#state;
    if ((this.#desk && view.document.sha256 !== this.opening.hash) || sceneOf(view) !== 'opening') this.close();
  }

  async #bring(): Promise<Desk> {
    const onProgress = (): void => this.#host.requestUpdate();
    const paper = await this.opening.open(this.#state.view, { assets: this.#assets, worker: this.#worker, onProgress });
    return new Desk(this.#host, paper, this.#state);
  }

  async #failed(thrown: unknown, round: number): Promise<undefined> {
    if (round !== this.#round) return;
    const error = asLinkError(thrown);
    this.#become(undefined, unopenedBy(thrown, error.unclear) ?? 'loading');
    // Refused, or another document than it was: the state says more than the error.
    if (!error.unclear || this.#unopened === 'changed') await this.#state.read().catch(() => undefined);
    if (round === this.#round && this.#unopened)
      this.#host.dispatchEvent(new InlayErrorEvent(`document-${this.#unopened}`, error.detail, true, error.instance));
  }
}
