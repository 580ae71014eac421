import type { SigningFrame } from '../../../../shared/signing/vendor-page.ts';
import { sleep } from '../../../session/link.ts';
import { asLinkError } from '../../../session/link-error.ts';

/** The vendor's page: its frame, where it comes from, and until when its token is good (milliseconds of the server's time). */
export interface Page {
  readonly frame: HTMLIFrameElement;
  readonly origin: string;
  readonly host: string;
  readonly until: number;
}

/** Milliseconds for which a page is taken to be good when the vendor does not say: its tokens last a quarter of an hour. */
const usual = 900_000;
/** Seconds the server may ask us to wait before another page, at most. */
const patience = 5;

/**
 * What the vendor's page may do: run, keep things under its own origin, send forms, open its terms in a tab, hand out the document. Without
 * `allow-top-navigation` it cannot take the portal away from under the signer; without an `allow` attribute it is given no camera, no place,
 * no payment. `allow-same-origin` makes it no more than it is: its origin is never that of the page around it.
 */
const rights = ['scripts', 'same-origin', 'forms', 'popups', 'popups-to-escape-sandbox', 'downloads'];

/**
 * A frame that goes to the page whenever it begins anew, also after it was moved in the page. Its address is in no attribute: with a `src` it
 * would lie, token and all, in the portal's list of resources (`performance.getEntries()`), which scripts that measure pages send away. So a
 * link in the frame's own empty document leads there. The rights come just before: an empty page of ours with all of them would be warned of.
 * Each page has its own frame, since two addresses of one document differ by their fragments only, and nothing would be loaded.
 */
function frameOf(url: string, onLoad: () => void): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.className = 'frame';
  frame.addEventListener('load', () => {
    const empty = frame.contentDocument;
    if (empty?.URL !== 'about:blank') return onLoad();
    frame.sandbox.add(...rights.map((right) => `allow-${right}`));
    const link = empty.createElement('a');
    link.href = url;
    link.rel = 'noreferrer';
    empty.body.append(link);
    link.click();
    link.remove();
  });
  return frame;
}

/** A page minted now; `onLoad` is told when it is there. One that was asked for too soon is asked for once more. */
export async function mintPage(ask: () => Promise<SigningFrame>, now: () => number, onLoad: () => void): Promise<Page> {
  const { embed_url, expires_at } = await ask().catch(async (thrown: unknown) => {
    const { code, retryAfter = 1 } = asLinkError(thrown);
    if (code !== 'rate-limited' || retryAfter > patience) throw thrown;
    await sleep(1000 * retryAfter);
    return ask();
  });
  const { href, origin, host } = new URL(embed_url);
  return { frame: frameOf(href, onLoad), origin, host, until: expires_at ? Date.parse(expires_at) : now() + usual };
}

interface Options {
  /** The page said something, whatever it was. */
  said(): void;
  /** The host page's policy does not let the page in. */
  blocked(): void;
  /** The signer is at work in the page. */
  used(): void;
}

/** What can be noticed of a page of another origin. Nothing that it says is read: that it spoke is a hint to ask the server. */
export class PageSigns {
  /** The page that is shown. */
  page: Page | undefined;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  listen(on: boolean): void {
    const change = on ? 'addEventListener' : 'removeEventListener';
    window[change]('message', this.#onMessage as EventListener);
    window[change]('blur', this.#onBlur);
    document[change]('securitypolicyviolation', this.#onViolation as EventListener);
  }

  readonly #onMessage = ({ source, origin }: MessageEvent): void => {
    const { page } = this;
    if (page && source === page.frame.contentWindow && origin === page.origin) this.#options.said();
  };

  readonly #onViolation = ({ effectiveDirective, blockedURI, disposition }: SecurityPolicyViolationEvent): void => {
    const origin = this.page?.origin;
    // A browser names the origin, or the address without its fragment.
    if (origin && disposition === 'enforce' && effectiveDirective === 'frame-src' && `${blockedURI}/`.startsWith(`${origin}/`))
      this.#options.blocked();
  };

  /** The window loses the focus to its frames, too. */
  readonly #onBlur = (): void => {
    const frame = this.page?.frame;
    if (frame && (frame.getRootNode() as ShadowRoot).activeElement === frame) this.#options.used();
  };
}
