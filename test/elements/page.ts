// It comes with the runner, in the runner's own version.
import { executeServerCommand } from '@web/test-runner-commands';
import type { Placement } from '../widget/world/host-page.ts';

/** What a test in a page has: mocha's functions, frames with a partner's page in them, and what only the run's server can do. */
interface Mocha {
  test(title: string, play: () => unknown): void;
  setup(each: () => unknown): void;
  teardown(each: () => unknown): void;
}
const mocha = globalThis as unknown as Mocha;
export const test: Mocha['test'] = mocha.test;

type FrameWindow = Window & typeof globalThis;

/** A page of the partner's: `window` and `document` are the page's own, and its frame is what the browser's window would be. */
export interface Partner {
  readonly window: FrameWindow;
  readonly document: Document;
  readonly frame: HTMLIFrameElement;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The window that holds the frames is larger than any of them: what is outside of it would not be drawn. */
const window: Size & { deviceScaleFactor: number } = { width: 1300, height: 920, deviceScaleFactor: 1 };

mocha.setup(() => setDots(1));
mocha.teardown(() => document.body.replaceChildren());

/** Device pixels per CSS pixel, until the test's end. */
export async function setDots(dots: number): Promise<void> {
  if (innerWidth === window.width && devicePixelRatio === dots) return;
  await executeServerCommand('set-viewport', { ...window, deviceScaleFactor: dots });
}

/** Opens an address of this origin in a frame at the upper left corner; the scripts that it loads have run. */
export async function openFrame(path: string, { width, height }: Size): Promise<Partner> {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'position: fixed; left: 0; top: 0; border: 0';
  resize(frame, { width, height });
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = path;
  document.body.append(frame);
  await loaded;
  return { frame, window: frame.contentWindow as FrameWindow, document: frame.contentDocument as Document };
}

/** A partner's page with the tag from a real gateway, under the strictest policy that the element promises to run in. */
export const openPartner = (placement: Placement = {}, size: Size = { width: 1280, height: 900 }): Promise<Partner> =>
  openFrame(`/partner?${new URLSearchParams({ placement: JSON.stringify(placement) })}`, size);

export function resize(frame: HTMLIFrameElement, { width, height }: Size): void {
  frame.width = String(width);
  frame.height = String(height);
}

/** Asks once a frame, until the probe gives something; how long is up to the test's own limit. */
export async function until<T>(probe: () => T): Promise<NonNullable<Exclude<T, false | 0 | ''>>> {
  for (;;) {
    const found = probe();
    if (found) return found as NonNullable<Exclude<T, false | 0 | ''>>;
    await new Promise(requestAnimationFrame);
  }
}

/** An embed token of the run's partner, for a customer whom nobody else has. */
export const mint = (): Promise<string> => executeServerCommand('mint');

/** How many workers are at work in this page and its frames. */
export const countWorkers = (): Promise<number> => executeServerCommand('count-workers');

/** Files whose address fits (`*` stands for anything) are answered 404; `undefined` ends it. */
export const refuseFiles = (pattern: string | undefined): Promise<void> => executeServerCommand('refuse-files', { pattern });

/** Presses the mouse at one place, moves it to the other and lets it go, as a hand does. */
export async function drag(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): Promise<void> {
  const mouse = (type: string, position?: readonly number[]) =>
    executeServerCommand('send-mouse', { type, ...(position ? { position: position.map(Math.round) } : { button: 'left' }) });
  await mouse('move', from);
  await mouse('down');
  for (const part of [0.25, 0.5, 0.75, 1]) await mouse('move', [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
  await mouse('up');
}

/** The elements in a tag's view that fit a selector, and have this text where one is given. */
export const inTag = (partner: Partner, selector: string, text?: string): HTMLElement[] =>
  [...(partner.document.querySelector('inlay-widget')?.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])].filter(
    (each) => text === undefined || each.textContent?.trim() === text,
  );
