import type { Branding, SessionAnswer } from '../shared/embed.ts';
import type { Values } from '../shared/onboarding/flow.ts';
import type { BillingAnswer, DraftAnswer, OnboardingView } from '../shared/onboarding/onboarding.ts';
import { bring } from './session/bring.ts';
import type { CeremonyCalls } from './session/ceremony.ts';
import { sleep } from './session/link.ts';
import { asLinkError } from './session/link-error.ts';
import { Session, type TokenSource } from './session/session.ts';

/** What a session shows and to whom, without its tokens. */
export interface Opened {
  session_id: string;
  widget_type: SessionAnswer['widget_type'];
  locale: string | null;
  branding: Branding;
}

/**
 * The gateway without a face: what `<inlay-widget>` shows, as calls. Each rejects with a LinkError. Sessions open, refresh and are
 * replaced by themselves.
 */
export class InlayClient {
  readonly session: Session;

  /** `server` is the gateway's origin, as in `https://inlay.example`. */
  constructor(options: { server: string } & TokenSource) {
    this.session = Session.of(options.server, options);
  }

  async open(): Promise<Opened> {
    const { session_id, widget_type, locale, branding } = await this.session.open();
    return { session_id, widget_type, locale, branding };
  }

  onboarding(): Promise<OnboardingView> {
    return this.session.request({ method: 'GET', path: '/embed/onboarding' });
  }

  /** Keeps changed answers. Rejects with `draft-changed` when `revision` is no longer the run's. */
  saveDraft(values: Values, revision: number): Promise<DraftAnswer> {
    const headers = { 'If-Match': `"r${revision}"` };
    return this.session.request({ method: 'PATCH', path: '/embed/onboarding/draft', headers, body: { values } });
  }

  /** Hands the details in. `key` names the customer's intent: the same for every retry of it. Rejects with `draft-changed` when `revision` was overtaken. */
  submitDetails(step: string, values: Values, revision: number, key: string = crypto.randomUUID()): Promise<OnboardingView> {
    return this.#take(step, { values }, key, { 'If-Match': `"r${revision}"` });
  }

  /** The vendor's payment page. It carries a secret: open it, never write it into the page. */
  billing(step: string, key: string = crypto.randomUUID()): Promise<BillingAnswer> {
    return this.#take(step, {}, key);
  }

  /** The signing of the session's document, as calls; its code comes with the first one. */
  async ceremony(): Promise<CeremonyCalls> {
    const { ceremonyOf } = await bring(() => import('./session/ceremony-calls.ts'));
    return ceremonyOf((call) => this.session.request(call));
  }

  logout(): Promise<void> {
    return this.session.logout();
  }

  async #take<T>(step: string, body: unknown, key: string, more: Record<string, string> = {}): Promise<T> {
    const call = { method: 'POST', path: `/embed/onboarding/steps/${step}`, headers: { 'Idempotency-Key': key, ...more }, body } as const;
    for (let tries = 0; ; tries++) {
      try {
        return await this.session.request<T>(call);
      } catch (thrown) {
        const error = asLinkError(thrown);
        if (error.code !== 'idempotency-key-running' || tries === 10) throw error;
        await sleep(1000 * Math.min(error.retryAfter ?? 1, 5));
      }
    }
  }
}
