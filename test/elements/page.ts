// It comes with the runner, in the runner's own version.
import { executeServerCommand } from '@web/test-runner-commands';
import type { Placement } from '../widget/world/host-page.ts';
import type { Heard } from './hear.ts';
import type { TokenOrder } from './pages.ts';

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
  /** The addresses of all that the page has fetched. */
  fetched(): string[];
  /** Until nothing has come for half a second. */
  settled(): Promise<unknown>;
}

/** One that writes down what it hears. */
export interface Listening extends Partner {
  readonly heard: Heard;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The window that holds the frames is larger than any of them: what is outside of it would not be drawn. */
const viewport: Size & { deviceScaleFactor: number } = { width: 1300, height: 920, deviceScaleFactor: 1 };

mocha.setup(() => setDots(1));
mocha.teardown(async () => {
  document.body.replaceChildren();
  await endWatch();
});

/** Device pixels per CSS pixel, until the test's end. */
export async function setDots(dots: number): Promise<void> {
  if (innerWidth === viewport.width && devicePixelRatio === dots) return;
  await executeServerCommand('set-viewport', { ...viewport, deviceScaleFactor: dots });
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
  const window = frame.contentWindow as FrameWindow;
  const entries = () => window.performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  return {
    frame,
    window,
    document: frame.contentDocument as Document,
    fetched: () => entries().map(({ name }) => name),
    settled: () => until(() => entries().every(({ responseEnd }) => window.performance.now() - responseEnd > 500)),
  };
}

/** A partner's page with the tag from a real gateway, under the strictest policy that the element promises to run in. */
export async function openPartner(placement: Placement = {}, size: Size = { width: 1280, height: 900 }): Promise<Listening> {
  const partner = await openFrame(`/partner?${new URLSearchParams({ placement: JSON.stringify(placement) })}`, size);
  return { ...partner, heard: (partner.window as unknown as { heard: Heard }).heard };
}

export function resize(frame: HTMLIFrameElement, { width, height }: Size): void {
  frame.width = String(width);
  frame.height = String(height);
}

/** Asks once a frame, until the probe gives something. It gives up before the test's own limit, to say what did not come. */
export async function until<T>(probe: () => T, ms = 50_000): Promise<NonNullable<Exclude<T, false | 0 | ''>>> {
  const begun = performance.now();
  for (;;) {
    const found = probe();
    if (found) return found as NonNullable<Exclude<T, false | 0 | ''>>;
    if (performance.now() - begun > ms) throw new Error(`It did not come about in time: ${probe}`);
    await new Promise(requestAnimationFrame);
  }
}

/** An embed token of the run's partner. */
export const mint = (order: TokenOrder = {}): Promise<string> => executeServerCommand('mint', order);

/** Where the gateway is whose script the partner's pages take. */
export const gatewayUrl = (): Promise<string> => executeServerCommand('gateway-url');

/** How many workers are at work in this page and its frames. */
export const countWorkers = (): Promise<number> => executeServerCommand('count-workers');

/** A customer of whom the partner has this id types these answers in another browser. */
export const visitElsewhere = (customer: string, values: object): Promise<void> => executeServerCommand('elsewhere', { customer, values });

/** Pauses a partner who has a name, or lets it go on. */
export const setStatus = (partner: string, status: 'SUSPENDED' | 'ACTIVE'): Promise<void> =>
  executeServerCommand('set-status', { partner, status });

/** A part of the window, from its upper left corner. */
export interface Picture extends Size {
  readonly name: string;
}

/** How calls are met whose address fits `pattern` (`*` stands for anything): with 404, with a bug's 500, with a lost connection, or with nothing. */
export interface Interception {
  readonly pattern: string;
  readonly by: 'missing' | 'breaking' | 'losing' | 'waiting';
}

/** Meets calls of this page and its frames so, until the function that it gives is called. */
export async function intercept(pattern: string, by: Interception['by']): Promise<() => Promise<void>> {
  await beginWatch('intercept', { pattern, by });
  return endWatch;
}

/** Counts the bytes of each script from an origin as they are sent; the function that it gives tells them by path, and ends it. */
export async function countBytes(origin: string): Promise<() => Promise<Record<string, number>>> {
  await beginWatch('count-bytes', origin);
  return endWatch;
}

/** A page's calls are watched for one purpose at a time, and for none when its test has ended. */
let watched = false;
async function beginWatch(command: string, payload: unknown): Promise<void> {
  if (watched) throw new Error('What is watched already has to end first.');
  watched = true;
  await executeServerCommand(command, payload);
}
async function endWatch<T>(): Promise<T> {
  if (!watched) return undefined as T;
  watched = false;
  return executeServerCommand('end');
}

/** What a hand does with the mouse; its place is rounded to a pixel. */
export const mouse = (type: 'move' | 'click', [x, y]: readonly [x: number, y: number]): Promise<void> =>
  executeServerCommand('send-mouse', { type, position: [Math.round(x), Math.round(y)] });
export const button = (type: 'down' | 'up'): Promise<void> => executeServerCommand('send-mouse', { type, button: 'left' });

/** Presses the mouse at one place, moves it to the other and lets it go. */
export async function drag(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): Promise<void> {
  await mouse('move', from);
  await button('down');
  for (const part of [0.25, 0.5, 0.75, 1]) await mouse('move', [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
  await button('up');
}

/** The elements in a tag's view that fit a selector, and have this text where one is given. */
export const inTag = (partner: Partner, selector: string, text?: string): HTMLElement[] =>
  [...(partner.document.querySelector('inlay-widget')?.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])].filter(
    (each) => text === undefined || each.textContent?.trim() === text,
  );
