import type { TemplateResult } from 'lit/html.js';
import { bring } from '../../session/bring.ts';
import { ceremonyOf } from '../../session/ceremony.ts';
import { asLinkError } from '../../session/link-error.ts';
import { adopt } from '../../theme.ts';
import type { Host, View } from '../view.ts';
import { Signing } from './signing.ts';

/**
 * The signing of a gateway's session: of its one envelope, or of the document that its onboarding asks for. Where the vendor has no ceremony
 * its own page is shown, by a view that comes when it is needed.
 */
export class Sign implements View {
  readonly #host: Host;
  readonly #onStood: ((stood: string) => void) | undefined;
  #view: View;

  /** `onStood` is told how the signing stands, whenever it is read. */
  constructor(host: Host, onStood?: (stood: string) => void) {
    this.#host = host;
    this.#onStood = onStood;
    this.#view = new Signing(host, {
      calls: ceremonyOf((call) => host.client.session.request(call)),
      worker: host.worker,
      onChange: onStood && (({ state, you }) => onStood(`${state} ${you.state}`)),
    });
  }

  get styles(): string {
    return this.#view.styles;
  }

  get savedAt(): string | null | undefined {
    return this.#view.savedAt;
  }

  async load(): Promise<void> {
    try {
      await this.#view.load();
    } catch (thrown) {
      if (asLinkError(thrown).code !== 'ceremony-missing') throw thrown;
      const { VendorPage } = await bring(() => import('./vendor-page/vendor-page.ts'));
      const page = new VendorPage(this.#host, this.#onStood);
      adopt(this.#host.renderRoot, page.styles);
      await page.load();
      this.#view = page;
    }
  }

  resume(): void {
    this.#view.resume();
  }

  pause(): void {
    this.#view.pause();
  }

  render(): TemplateResult {
    return this.#view.render();
  }

  drawn(): void {
    this.#view.drawn?.();
  }
}
