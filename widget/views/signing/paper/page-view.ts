import type { PDFPageProxy, RenderTask } from 'pdfjs-dist';
import type { Source } from './source.ts';

/** The most device pixels a canvas may have: what the strictest browser (Safari on iOS) draws. */
export const mostPixels = 16_777_216;

/** Device pixels per point for a page shown at `scale` CSS pixels per point. */
export function densityOf(page: PDFPageProxy, scale: number): number {
  const { width, height } = page.getViewport({ scale: 1 });
  return Math.min(scale * (globalThis.devicePixelRatio || 1), Math.sqrt(mostPixels / (width * height)));
}

/** Draws a page into a canvas that it makes as large as it must be. Cancelling the task rejects with pdf.js's RenderingCancelledException. */
export function drawInto(canvas: HTMLCanvasElement, page: PDFPageProxy, density: number): RenderTask {
  const viewport = page.getViewport({ scale: density });
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  // A canvas has whole pixels: the page is stretched to its edges, as CSS stretches the canvas to the sheet's.
  const transform = [canvas.width / viewport.width, 0, 0, canvas.height / viewport.height, 0, 0];
  // Links and forms are part of the picture and do nothing: what their appearance says is seen, and no more.
  return page.render({ canvas, viewport, transform, annotationMode: 1 });
}

/** One page's place on the desk: a picture, and over it the text that is selected and read aloud. */
export class PageView {
  readonly #source: Source;
  readonly #page: PDFPageProxy;
  readonly #element: HTMLElement;
  #canvas: HTMLCanvasElement | undefined;
  #text: { element: HTMLElement; done: Promise<unknown>; cancel(): void } | undefined;
  #task: RenderTask | undefined;
  #cleared = false;
  /** Device pixels per point of what is drawn; 0 when nothing is. */
  density = 0;

  constructor(source: Source, page: PDFPageProxy, element: HTMLElement) {
    this.#source = source;
    this.#page = page;
    this.#element = element;
    // Paper is never mirrored.
    element.dir = 'ltr';
  }

  /** Draws the page anew; until it is done, what was drawn before stays. */
  async draw(scale: number): Promise<void> {
    this.#cleared = false;
    const density = densityOf(this.#page, scale);
    const canvas = document.createElement('canvas');
    canvas.className = 'paper-canvas';
    canvas.ariaHidden = 'true';
    const task = drawInto(canvas, this.#page, density);
    this.#task = task;
    try {
      await Promise.race([task.promise, this.#source.lost]);
    } catch (error) {
      canvas.width = canvas.height = 0;
      throw error;
    } finally {
      this.#task = undefined;
    }
    if (this.#cleared) return;
    this.#drop();
    this.#canvas = canvas;
    this.density = density;
    this.#element.prepend(canvas);
  }

  cancel(): void {
    this.#task?.cancel();
  }

  /** Puts the text over the picture, once. Where pdf.js finds none, or fails to, the picture stays alone. */
  async write(scale: number): Promise<void> {
    if (this.#text || this.#cleared) return;
    const { TextLayer } = this.#source.pdfjs;
    const element = document.createElement('div');
    element.className = 'textLayer';
    element.lang = this.#source.language;
    const layer = new TextLayer({
      textContentSource: this.#page.streamTextContent(),
      container: element,
      viewport: this.#page.getViewport({ scale: 1 }),
    });
    const done = layer.render().then(
      () => {},
      () => {},
    );
    this.#text = { element, done, cancel: () => layer.cancel() };
    this.scale(scale);
    await Promise.race([done, this.#source.lost]);
    const end = document.createElement('div');
    end.className = 'endOfContent';
    element.append(end);
    if (this.#text?.element !== element) return;
    if (this.#canvas) this.#canvas.after(element);
    else this.#element.prepend(element);
  }

  get written(): boolean {
    return this.#text !== undefined;
  }

  scale(scale: number): void {
    this.#text?.element.style.setProperty('--total-scale-factor', String(scale * this.#page.userUnit));
  }

  /** Gives the picture's memory back. */
  wipe(): void {
    this.cancel();
    this.#drop();
    this.#page.cleanup();
  }

  /** Takes the text away too; settles when pdf.js has let go of it. */
  async clear(): Promise<void> {
    this.wipe();
    const text = this.#text;
    this.#cleared = true;
    this.#text = undefined;
    text?.cancel();
    text?.element.remove();
    await text?.done;
  }

  #drop(): void {
    // Safari counts a canvas's memory until it is collected, unless it has no pixels.
    if (this.#canvas) this.#canvas.width = this.#canvas.height = 0;
    this.#canvas?.remove();
    this.#canvas = undefined;
    this.density = 0;
  }
}
