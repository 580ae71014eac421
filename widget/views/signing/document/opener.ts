import type { CeremonyView } from '../../../../shared/ceremony.ts';
import { InlayErrorEvent } from '../../../events.ts';
import type { CeremonyCalls } from '../../../session/ceremony.ts';
import { asLinkError } from '../../../session/link-error.ts';
import type { Frame } from '../../view.ts';
import { Desk } from '../desk/desk.ts';
import { loadScriptFace } from '../markers/script-face.ts';
import { assetsOf } from './assets.ts';
import { Opening, type Unopened, unopenedBy } from './opening.ts';

interface Ways {
  view(): CeremonyView;
  /** Reads the state; rejects when it could not be read. */
  read(): Promise<void>;
  /** Pages were shown for long enough to be read; they count from 1. */
  seen(pages: readonly number[]): void;
  /** The document is on its desk, or it is known why not. */
  done(): void;
}

/** Brings the document onto a desk, and takes it away again. */
export class Opener {
  readonly opening: Opening;
  desk: Desk | undefined;
  unopened: Unopened | undefined;
  readonly #host: Frame;
  readonly #worker: 'none' | undefined;
  readonly #ways: Ways;
  readonly #assets: string;
  /** Counts the times of opening and closing; what an earlier one brings is dropped. */
  #round = 0;
  #busy = false;

  constructor(host: Frame, { calls, worker }: { calls: CeremonyCalls; worker?: 'none' | undefined }, ways: Ways) {
    this.#host = host;
    this.#worker = worker;
    this.#ways = ways;
    this.#assets = assetsOf(host.server);
    this.opening = new Opening(calls);
  }

  async open(): Promise<void> {
    if (this.#busy || this.desk) return;
    this.#busy = true;
    const round = ++this.#round;
    this.unopened = undefined;
    void loadScriptFace(this.#assets).then(() => this.#host.requestUpdate());
    const desk = await this.#bring().catch((thrown: unknown) => this.#failed(thrown, round));
    this.#busy = false;
    if (round !== this.#round) void desk?.close();
    else this.desk = desk ?? undefined;
    this.#ways.done();
  }

  /** Takes the document away; with it goes everything of pdf.js's in the page. */
  close(): void {
    this.#round++;
    this.unopened = undefined;
    void this.desk?.close();
    this.desk = undefined;
  }

  async #bring(): Promise<Desk> {
    const onProgress = (): void => this.#host.requestUpdate();
    const paper = await this.opening.open(this.#ways.view(), { assets: this.#assets, worker: this.#worker, onProgress });
    return new Desk(this.#host, paper, { fields: () => this.#ways.view().fields, seen: this.#ways.seen });
  }

  async #failed(thrown: unknown, round: number): Promise<undefined> {
    if (round !== this.#round) return;
    const error = asLinkError(thrown);
    this.unopened = unopenedBy(thrown, error.unclear) ?? 'loading';
    // Refused, or another document than it was: the state says more than the error.
    if (!error.unclear || this.unopened === 'changed') await this.#ways.read().catch(() => undefined);
    if (round === this.#round && this.unopened)
      this.#host.dispatchEvent(new InlayErrorEvent(`document-${this.unopened}`, error.detail, true, error.instance));
  }
}
