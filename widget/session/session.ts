import type { SessionAnswer } from '../../shared/embed.ts';
import { type Call, Link, sleep } from './link.ts';
import { asLinkError, LinkError } from './link-error.ts';

/** Where embed tokens come from. `fetchToken` wins. */
export interface TokenSource {
  token?: string | undefined;
  fetchToken?: (() => Promise<string>) | undefined;
}

/** `closing`: two minutes are left. `over`: nothing more can be asked of this session. `renewed`: a new one took its place. */
export type News = { kind: 'closing' } | { kind: 'renewed' } | { kind: 'over'; error: LinkError };

/** The token is spent or the session gone: only another embed token helps. */
const spent = new Set(['token-used', 'token-expired', 'session-expired', 'session-invalid', 'session-ended']);
/** No token helps. */
const final = new Set(['partner-suspended', 'origin-refused']);
const warning = 120_000;
const longestNap = 30_000;
const attempts = 5;

const shared = new WeakMap<Document, Map<string, Session>>();

/** One page's session with the gateway: opens it, keeps it fresh, replaces it through `fetchToken`, says when it is over. Tokens stay inside. */
export class Session {
  readonly #link: Link;
  readonly #source: TokenSource;
  readonly #watchers = new Set<(news: News) => void>();
  #current: SessionAnswer | undefined;
  /** When the current token was asked for, by the browser's clock: a page may sleep before it reads the answer. */
  #from = 0;
  #warned = false;
  #over: LinkError | undefined;
  #opening: Promise<SessionAnswer> | undefined;
  #refreshing: Promise<void> | undefined;
  #timer = 0;

  /** The session of this token in this document; with `fetchToken` each caller has its own. */
  static of(server: string, source: TokenSource): Session {
    if (source.fetchToken || !source.token) return new Session(server, source);
    const name = `${server} ${source.token}`;
    const sessions = shared.get(document) ?? new Map<string, Session>();
    shared.set(document, sessions);
    const session = sessions.get(name) ?? new Session(server, source);
    sessions.set(name, session);
    return session;
  }

  private constructor(server: string, source: TokenSource) {
    this.#link = new Link(server);
    this.#source = source;
  }

  /** A session was opened once; what ends now is an expiry, not a failure to open. */
  get opened(): boolean {
    return this.#current !== undefined;
  }

  /** Nothing more can be asked of it, unless `fetchToken` opens another. */
  get over(): boolean {
    return this.#over !== undefined;
  }

  get renewable(): boolean {
    return this.#source.fetchToken !== undefined;
  }

  /** When it ends whatever is refreshed, in milliseconds of the server's time. */
  get endsAt(): number {
    return Date.parse(this.#current?.ends_at ?? '');
  }

  /** The server's time in milliseconds. */
  now(): number {
    return this.#link.now();
  }

  /** Timers run while somebody watches. Answers a function that stops watching. */
  watch(watcher: (news: News) => void): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#listen(true);
    this.#wake();
    return () => {
      if (!this.#watchers.delete(watcher) || this.#watchers.size) return;
      this.#listen(false);
      clearTimeout(this.#timer);
    };
  }

  open(): Promise<SessionAnswer> {
    if (this.#current && !this.#over) return Promise.resolve(this.#current);
    return this.renew();
  }

  /** Opens a session, or a new one in place of the old one; callers at the same time share it. */
  renew(): Promise<SessionAnswer> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async request<T>(call: Call): Promise<T> {
    await this.open();
    if (this.#life() < 0.2) await this.#refresh();
    const used = this.#current?.session_token ?? '';
    try {
      return await this.#link.send<T>(call, used);
    } catch (thrown) {
      const error = asLinkError(thrown);
      if (final.has(error.code)) this.#end(error);
      if (!spent.has(error.code)) throw error;
      if (this.#current?.session_token === used) await this.#replace(error);
      return await this.#link.send<T>(call, this.#current?.session_token ?? '');
    }
  }

  async logout(): Promise<void> {
    const token = this.#current?.session_token;
    this.#end(new LinkError('logged-out', 'logout() was called.'));
    if (token) await this.#link.send({ method: 'DELETE', path: '/embed/session' }, token);
  }

  async #open(): Promise<SessionAnswer> {
    const { token, fetchToken } = this.#source;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#post('/embed/session', fetchToken ? await ask(fetchToken) : (token ?? ''));
      } catch (thrown) {
        const error = asLinkError(thrown);
        if (!fetchToken || tries > 0 || !spent.has(error.code)) throw error;
      }
    }
  }

  /** A lost answer is asked for again with the same key and token: the server then answers the same session. */
  async #post(path: string, token: string): Promise<SessionAnswer> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#exchange(path, token);
      } catch (thrown) {
        const error = asLinkError(thrown);
        if (!error.unclear || tries === attempts) throw error;
        await sleep(250 * 2 ** tries);
      }
    }
  }

  async #exchange(path: string, token: string): Promise<SessionAnswer> {
    const from = Date.now();
    return this.#keep(await this.#link.send<SessionAnswer>({ method: 'POST', path, body: {} }, token), from);
  }

  #keep(answer: SessionAnswer, from: number): SessionAnswer {
    const replaced = this.#current !== undefined && this.#current.session_id !== answer.session_id;
    this.#current = answer;
    this.#from = from;
    this.#over = undefined;
    if (replaced) {
      this.#warned = false;
      this.#tell({ kind: 'renewed' });
    }
    this.#wake();
    return answer;
  }

  /** The session token's whole life in milliseconds. */
  get #span(): number {
    return Date.parse(this.#current?.expires_at ?? '') - this.#from - (this.now() - Date.now());
  }

  /** The share of it that is left. */
  #life(): number {
    const until = Date.parse(this.#current?.expires_at ?? '');
    return (until - this.now()) / this.#span;
  }

  /** While the old token still works, a refresh that fails is nobody's trouble: the timer asks again. */
  #refresh(): Promise<void> {
    const { session_token: token } = this.#current as SessionAnswer;
    this.#refreshing ??= this.#exchange('/embed/session/refresh', token)
      .then(() => undefined)
      .catch(async (thrown) => {
        const error = asLinkError(thrown);
        if (spent.has(error.code)) await this.#replace(error);
        else if (final.has(error.code)) this.#end(error);
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  /** Another session through `fetchToken`, out of the customer's sight; without it this is the end. */
  async #replace(error: LinkError): Promise<void> {
    if (!this.renewable || this.#over) this.#end(error);
    if (this.#over) throw error;
    await this.renew().catch((failed: unknown) => {
      if (spent.has(asLinkError(failed).code)) this.#end(error);
      throw failed;
    });
  }

  #end(error: LinkError): void {
    if (this.#over) return;
    this.#over = error;
    clearTimeout(this.#timer);
    for (const [name, session] of shared.get(document) ?? []) if (session === this) shared.get(document)?.delete(name);
    this.#tell({ kind: 'over', error });
  }

  #tell(news: News): void {
    for (const watcher of this.#watchers) watcher(news);
  }

  /** Does what is due, then naps until something else is. Browsers stretch timers in the background, so every nap is short. */
  readonly #wake = (): void => {
    clearTimeout(this.#timer);
    if (!this.#current || this.#over || !this.#watchers.size) return;
    const left = this.endsAt - this.now();
    if (left <= 0) return void this.#end(new LinkError('session-ended', 'The session reached its absolute end.'));
    if (left <= warning && !this.#warned) {
      this.#warned = true;
      this.#tell({ kind: 'closing' });
    }
    const refreshAt = (this.#life() - 0.2) * this.#span;
    if (refreshAt <= 0) this.#refresh().catch(() => undefined);
    const due = Math.min(refreshAt > 0 ? refreshAt : 5000, this.#warned ? left : left - warning, longestNap);
    this.#timer = setTimeout(this.#wake, Math.max(due, 250)) as unknown as number;
  };

  #listen(on: boolean): void {
    const change = on ? 'addEventListener' : 'removeEventListener';
    document[change]('visibilitychange', this.#wake);
    for (const type of ['online', 'pageshow']) window[change](type, this.#wake);
  }
}

async function ask(fetchToken: () => Promise<string>): Promise<string> {
  try {
    const token = await fetchToken();
    if (token) return token;
  } catch (error) {
    // What the partner's own function threw may hold anything: it goes to the page's own console and `error` event, not into ours.
    reportError(error);
  }
  throw new LinkError('fetch-token', 'fetchToken() gave no token.');
}
