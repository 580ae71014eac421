import { densityOf, mostPixels, PageView } from './page-view.ts';
import styles from './paper.css?inline';
import { type Opening, openSource, type Source } from './source.ts';
import { Thumbs } from './thumbs.ts';
import { Visibility } from './visibility.ts';

export { PaperError, type PaperFault } from './paper-error.ts';
/** What a root that shows paper must adopt. */
export { styles };

/** So many pages stay drawn, and so many device pixels in all (4 bytes each); what is visible always is. */
const mostDrawn = 6;
const mostDrawnPixels = 3 * mostPixels;
/** So many pages keep their text. */
const mostWritten = 24;
/** Milliseconds after the last change of scale until pages are drawn anew. */
const settling = 120;

/** What the view wants to know; pages count from 0. */
export interface Reading {
  /** The page with the largest visible part. */
  current(page: number): void;
  /** Once per page: it was drawn, and most of it visible for 400 ms. */
  seen(page: number): void;
  /** The page cannot be drawn. */
  failed?(page: number): void;
}

/** A PDF, shown on sheets that the view lays out: drawn by pdf.js where it is visible, with its text over it. */
export class Paper {
  /** In points as displayed. */
  readonly pages: readonly { width: number; height: number }[];
  readonly #source: Source;
  readonly #thumbs: Thumbs;
  #views: PageView[] = [];
  #visibility: Visibility | undefined;
  #on: Reading | undefined;
  #scale = 1;
  #current = -1;
  /** Pages to draw, the most wanted first. */
  #wanted: number[] = [];
  readonly #failed = new Set<number>();
  #recent: number[] = [];
  #drawing: number | undefined;
  #busy = false;
  #closed = false;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #dots: MediaQueryList | undefined;

  private constructor(source: Source) {
    this.#source = source;
    this.#thumbs = new Thumbs(source, () => void this.#work());
    this.pages = source.pages.map((page) => page.getViewport({ scale: 1 }));
  }

  /**
   * Brings pdf.js and reads the document; a promise of the bytes lets both come at once. Rejects with a PaperError, or as the promise does.
   */
  static async open(bytes: Uint8Array | Promise<Uint8Array>, options: Opening): Promise<Paper> {
    return new Paper(await openSource(bytes, options));
  }

  /** Shows the pages on the sheets, one for each, sized by the view; the desk is what they lie on. */
  show(desk: HTMLElement, sheets: readonly HTMLElement[], on: Reading): void {
    this.#on = on;
    this.#views = this.#source.pages.map((page, i) => new PageView(this.#source, page, sheets[i] as HTMLElement));
    this.#visibility = new Visibility(
      desk,
      sheets,
      () => this.#look(),
      (page) => on.seen(page),
    );
    this.#watchDots();
  }

  /** CSS pixels per point; the view has sized the sheets. */
  setScale(scale: number): void {
    this.#scale = scale;
    for (const view of this.#views) view.scale(scale);
    this.#redrawSoon();
  }

  /** Draws a small picture of a page when it comes into sight and no page waits to be drawn. */
  async thumb(page: number, canvas: HTMLCanvasElement, cssWidth: number): Promise<void> {
    const source = this.#source.pages[page];
    if (source && !this.#closed) await this.#thumbs.ask(source, canvas, cssWidth);
  }

  /** Ends the worker and takes everything out of the sheets and the page. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#settling);
    this.#dots?.removeEventListener('change', this.#onDots);
    this.#visibility?.close();
    this.#thumbs.close();
    await Promise.all(this.#views.map((view) => view.clear()));
    await this.#source.close();
  }

  #look(): void {
    const visible = this.#visibility?.pages ?? [];
    const [current] = visible;
    if (current === undefined) return;
    const near = [Math.max(...visible) + 1, Math.min(...visible) - 1].filter((page) => page in this.pages);
    this.#recent = [...new Set([...visible, ...near, ...this.#recent])].slice(0, Math.max(mostWritten, visible.length));
    const kept = this.#kept(visible.length);
    this.#wanted = [...visible, ...near].filter((page) => kept.has(page));
    this.#free(kept);
    if (this.#drawing !== undefined && !this.#wanted.includes(this.#drawing)) this.#views[this.#drawing]?.cancel();
    if (current !== this.#current) this.#on?.current(current);
    this.#current = current;
    void this.#work();
  }

  /** The pages whose pictures may stay, or be made: the visible ones, and as many of the others as there is memory for. */
  #kept(visible: number): Set<number> {
    let pixels = 0;
    const kept = this.#recent.filter((page, i) => {
      const source = this.#source.pages[page];
      const { width = 0, height = 0 } = this.pages[page] ?? {};
      pixels += source ? width * height * densityOf(source, this.#scale) ** 2 : 0;
      return i < visible || (i < mostDrawn && pixels <= mostDrawnPixels);
    });
    return new Set(kept);
  }

  #free(kept: ReadonlySet<number>): void {
    const recent = new Set(this.#recent);
    this.#views.forEach((view, page) => {
      if (view.density && !kept.has(page)) this.#wipe(page);
      if (view.written && !recent.has(page)) void view.clear();
    });
  }

  #wipe(page: number): void {
    this.#views[page]?.wipe();
    this.#visibility?.drawn(page, false);
  }

  /** One thing at a time: pages before thumbs, the most wanted first. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (!this.#closed) {
      const page = this.#wanted.find((each) => this.#isDue(each));
      if (page !== undefined) await this.#draw(page);
      else if (this.#thumbs.due) await this.#thumbs.drawNext();
      else break;
    }
    this.#busy = false;
  }

  #isDue(page: number): boolean {
    const [view, source] = [this.#views[page], this.#source.pages[page]];
    if (!view || !source || this.#failed.has(page)) return false;
    // While the view is being zoomed the old picture serves.
    return view.density === 0 || (this.#settling === undefined && view.density !== densityOf(source, this.#scale));
  }

  async #draw(page: number): Promise<void> {
    const view = this.#views[page];
    this.#drawing = page;
    try {
      await view?.draw(this.#scale);
      this.#visibility?.drawn(page, true);
      await view?.write(this.#scale);
    } catch (error) {
      if (this.#closed || error instanceof this.#source.pdfjs.RenderingCancelledException) return;
      this.#failed.add(page);
      this.#on?.failed?.(page);
    } finally {
      this.#drawing = undefined;
    }
  }

  #redrawSoon(): void {
    this.#failed.clear();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      if (this.#drawing !== undefined) this.#views[this.#drawing]?.cancel();
      void this.#work();
    }, settling);
  }

  /** A window moved to another screen, or zoomed, has other dots. */
  #watchDots(): void {
    this.#dots?.removeEventListener('change', this.#onDots);
    this.#dots = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.#dots.addEventListener('change', this.#onDots);
  }

  readonly #onDots = (): void => {
    this.#watchDots();
    this.#redrawSoon();
  };
}
