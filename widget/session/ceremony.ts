import type {
  CeremonyView,
  ConsentRequest,
  FieldsAnswer,
  FinishRequest,
  OutlineAnswer,
  OutlineRequest,
  PagesAnswer,
} from '../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../shared/signing/fields.ts';
import { type Call, sleep } from './link.ts';
import { asLinkError, LinkError } from './link-error.ts';

export type Outline = OutlineAnswer;

/** Answers by field id; null takes one back. */
export type Answers = Readonly<Record<string, FieldValue | null>>;

/**
 * A signing as calls (shared/signing/ceremony.ts). Each rejects with a LinkError. `key` names the signer's intent: the same for every retry of it.
 * `finish` and `decline` ask for the event of the signer's own press: one that a script made is refused with `untrusted-event`.
 */
export interface CeremonyCalls {
  state(): Promise<CeremonyView>;
  /** The PDF's bytes. `onProgress` is told how many have come. */
  document(onProgress?: (loaded: number) => void): Promise<Uint8Array<ArrayBuffer>>;
  consent(request: ConsentRequest, key?: string): Promise<CeremonyView>;
  /** Tells which pages were shown, counted from 1. */
  pages(pages: readonly number[]): Promise<PagesAnswer>;
  fields(values: Answers): Promise<FieldsAnswer>;
  /** How a typed signature will look on paper. */
  outline(request: OutlineRequest): Promise<Outline>;
  finish(event: Event, request: FinishRequest, key?: string): Promise<CeremonyView>;
  decline(event: Event, reason: string, key?: string): Promise<CeremonyView>;
}

/** Sends one call of the session, or of the link, that the ceremony belongs to. */
export type Send = <T>(call: Call) => Promise<T>;

/** Milliseconds without a byte after which a download counts as stuck. */
const patience = 15_000;

/** The ceremony behind one way of sending; `path` is where it is served. What is dated is dated by the time zone of this browser. */
export function ceremonyOf(send: Send, path = '/embed/ceremony'): CeremonyCalls {
  const take = <T>(name: string, body: unknown, key: string = crypto.randomUUID()): Promise<T> =>
    patiently(() => send<T>({ method: 'POST', path: `${path}/${name}`, headers: { 'Idempotency-Key': key }, body }));
  let zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const state = async (): Promise<CeremonyView> => {
    try {
      return await send<CeremonyView>({ method: 'GET', path: zone ? `${path}?time_zone=${encodeURIComponent(zone)}` : path });
    } catch (thrown) {
      // A zone that is newer than the server's list of them: the day is that of UTC then, and the view says so.
      if (!zone || !asLinkError(thrown).errors.some(({ pointer }) => pointer === '/time_zone')) throw thrown;
      zone = undefined;
      return state();
    }
  };
  return {
    state,
    document: (onProgress) => download(send, `${path}/document`, onProgress),
    consent: (request, key) => take('consent', { ...request, time_zone: zone }, key),
    pages: (pages) => send({ method: 'POST', path: `${path}/pages`, body: { pages } }),
    fields: (values) => send({ method: 'PUT', path: `${path}/fields`, body: { values } }),
    outline: (request) => send({ method: 'POST', path: `${path}/outline`, body: request }),
    finish: async (event, request, key) => {
      meant(event);
      return take('finish', { ...request, time_zone: zone }, key);
    },
    decline: async (event, reason, key) => {
      meant(event);
      return take('decline', { reason }, key);
    },
  };
}

/** A script in the page can make events, but none that the browser calls trusted. */
function meant(event: Event): void {
  if (!event?.isTrusted) throw new LinkError('untrusted-event', 'Signing and declining need the event of a press by the signer.');
}

/** The same intent is still being worked on: its answer is asked for until it is there. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (thrown) {
      const error = asLinkError(thrown);
      if (error.code !== 'idempotency-key-running' || tries === 10) throw error;
      await sleep(1000 * Math.min(error.retryAfter ?? 1, 5));
    }
  }
}

function download(send: Send, path: string, onProgress?: (loaded: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), patience);
  };
  const read = async (response: Response): Promise<Uint8Array<ArrayBuffer>> => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let loaded = 0;
    const reader = response.body?.getReader();
    try {
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        parts.push(next.value);
        loaded += next.value.length;
        onProgress?.(loaded);
        wait();
      }
    } catch {
      throw new LinkError('network', 'The document was cut off.');
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };
  wait();
  return send<Uint8Array<ArrayBuffer>>({ method: 'GET', path, read, signal: stop.signal }).finally(() => clearTimeout(timer));
}
