import { nothing } from 'lit/html.js';
import { type Content, notice } from '../../../parts/pieces.ts';
import { asLinkError } from '../../../session/link-error.ts';
import type { Host } from '../../view.ts';
import type { BillingProps } from './billing.ts';

/** How long a payment page that was asked for is opened without asking again, in milliseconds. */
const fresh = 5 * 60_000;

/** Asks for the payment page and opens it. Its address is a secret: it lives in this object, never in the page's markup. */
export class BillingStep {
  readonly #host: Host;
  #step = '';
  #url = '';
  #at = 0;
  #fetching: Promise<void> | undefined;
  #wanted = false;
  #left = false;
  #trouble: Content = nothing;

  constructor(host: Host) {
    this.#host = host;
  }

  get props(): BillingProps {
    return {
      fetching: this.#fetching !== undefined && this.#wanted,
      left: this.#left,
      trouble: this.#trouble,
      onOpen: this.#onOpen,
      onLater: () => {
        this.#left = true;
        this.#host.announce(this.#host.words.say('billing.left'));
      },
    };
  }

  /** Has the address ready before the press: browsers let only a press open a tab, and not for long. */
  prepare(step: string): void {
    this.#step = step;
    if (this.#url && Date.now() - this.#at < fresh) return;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
      this.#host.requestUpdate();
      if (this.#wanted && this.#url && navigator.userActivation?.isActive) this.#open();
      this.#wanted = false;
    });
  }

  async #fetch(): Promise<void> {
    this.#url = '';
    try {
      const { billing_url } = await this.#host.client.billing(this.#step);
      this.#url = billing_url;
      this.#at = Date.now();
      this.#trouble = nothing;
    } catch (thrown) {
      const { words, level } = this.#host;
      const text = await this.#host.refusal(asLinkError(thrown));
      this.#trouble = notice('warning', 'alert', words.say('billing.failed'), level + 1, text);
    }
  }

  #open(): void {
    window.open(this.#url, '_blank', 'noopener,noreferrer');
    this.#wanted = false;
  }

  readonly #onOpen = (): void => {
    this.#wanted = true;
    if (this.#url && Date.now() - this.#at < fresh) this.#open();
    else this.prepare(this.#step);
    this.#host.requestUpdate();
  };
}
