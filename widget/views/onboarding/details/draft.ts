import type { Values } from '../../../../shared/onboarding/flow.ts';
import type { DraftAnswer } from '../../../../shared/onboarding/onboarding.ts';
import { sparingly } from '../../../parts/aloud.ts';
import type { Kept } from '../../../parts/saved.ts';
import { asLinkError } from '../../../session/link-error.ts';
import type { Host } from '../../view.ts';
import type { RunState } from '../state.ts';
import type { Form } from './form.ts';

const pause = 800;
const slowest = 15_000;
/** Milliseconds for which a request that stands ready is used: its proof is good for a minute (RFC 9449 section 11.1). */
const ready = 40_000;
/** Bytes of answers that a page may send while it is closed: 64 KiB for all its requests together (fetch.spec.whatwg.org, "keepalive"). */
const room = 60_000;

/** A request that waits for its answers, signed: a page that is closed has no time for that. */
interface Ready {
  readonly since: number;
  leave(values: Values): void;
  readonly answer: Promise<DraftAnswer>;
}

/**
 * Keeps what is typed: 800 ms after the last key, at once when asked, one request at a time, again and again while the gateway is away; and
 * when the page is hidden or the element taken out of it.
 */
export class Draft {
  state: Kept = 'saved';
  /** Somebody else's answers were taken over since the draft was last asked to save. */
  moved = false;
  readonly #host: Host;
  readonly #form: Form;
  readonly #run: RunState;
  readonly #dueAloud = sparingly();
  #timer = 0;
  #running: Promise<void> | undefined;
  #failures = 0;
  #ready: Ready | undefined;

  constructor(host: Host, run: RunState) {
    this.#host = host;
    this.#form = run.form;
    this.#run = run;
  }

  soon(ms = pause): void {
    this.stop();
    this.#listen('addEventListener');
    this.#prepare();
    this.#timer = setTimeout(() => this.now(), ms) as unknown as number;
  }

  /** The element is shown, perhaps again: what was not kept when it was taken out is tried once more. */
  resume(): void {
    if (this.#form.dirty) this.soon();
  }

  /** The element is taken out of the page, or shows something else. */
  leave(): void {
    this.#listen('removeEventListener');
    this.#flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Saves at once; resolves when there is nothing left to save, or when saving failed. */
  now(): Promise<void> {
    this.stop();
    this.#running ??= this.#save().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #save(): Promise<void> {
    for (let tries = 0; this.#form.dirty && tries < 5; tries++) {
      const values = this.#form.unsaved;
      if (this.state !== 'unreached') this.#turn('saving');
      try {
        const { revision, saved_at } = await this.#host.client.saveDraft(values, this.#run.revision);
        this.#run.keep(revision, saved_at);
        this.#form.keep(values);
      } catch (thrown) {
        const error = asLinkError(thrown);
        if (error.unclear) this.soon(Math.min(slowest, 1000 * 2 ** this.#failures++));
        if (error.code !== 'draft-changed') return this.#turn(error.unclear ? 'unreached' : 'waiting');
        this.moved = true;
        await this.#run.read().catch(() => undefined);
      }
    }
    this.#failures = 0;
    if (this.#form.dirty) this.soon();
    this.#turn(this.#form.dirty ? 'waiting' : 'saved');
  }

  /** Which answers count is known when they leave; of somebody else's at the same time the last one counts, as always. */
  #prepare(): void {
    const now = performance.now();
    if (this.#ready && now - this.#ready.since < ready) return;
    const { promise: held, resolve } = Promise.withResolvers<string>();
    const headers = { 'If-Match': '*' };
    const answer = this.#host.client.session.request<DraftAnswer>({ method: 'PATCH', path: '/embed/onboarding/draft', headers, held });
    answer.catch(() => undefined);
    this.#ready = { since: now, answer, leave: (values) => resolve(JSON.stringify({ values })) };
  }

  /** Sends what is not kept yet, before the page is gone. */
  #flush(): void {
    this.stop();
    const form = this.#form;
    if (!form.dirty) return;
    const sending = this.#ready;
    if (!sending || performance.now() - sending.since > ready) return void this.now();
    this.#ready = undefined;
    const values = fitting(form.unsaved);
    sending.leave(values);
    const kept = sending.answer.then(
      ({ revision, saved_at }) => {
        this.#run.keep(revision, saved_at);
        form.keep(values);
      },
      // The page may be there still: then it is tried as ever.
      () => this.soon(),
    );
    const before = this.#running;
    this.#running = Promise.all([before, kept]).then(() => {
      this.#running = undefined;
      this.#turn(form.dirty ? 'waiting' : 'saved');
    });
  }

  #listen(change: 'addEventListener' | 'removeEventListener'): void {
    document[change]('visibilitychange', this.#onVisible);
    window[change]('pagehide', this.#onHide);
    window[change]('online', this.#onVisible);
  }

  readonly #onHide = (): void => this.#flush();

  readonly #onVisible = (): void => {
    if (document.hidden) this.#flush();
    else if (this.#form.dirty && navigator.onLine) void this.now();
  };

  #turn(state: Kept): void {
    this.state = state;
    const { words } = this.#host;
    if (state === 'saved' && this.#dueAloud()) this.#host.announce(words.say('saved.at', { time: words.time(this.#run.view.saved_at) }));
    this.#host.requestUpdate();
  }
}

/** The answers typed last, as many as have room. */
function fitting(values: Values): Values {
  const fits: Values = {};
  let left = room;
  for (const [name, answer] of Object.entries(values).reverse()) {
    left -= new TextEncoder().encode(JSON.stringify([name, answer])).length;
    if (left > 0) fits[name] = answer;
  }
  return fits;
}
