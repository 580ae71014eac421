import type { PDFPageProxy } from 'pdfjs-dist';
import { densityOf, drawInto } from './page-view.ts';
import type { Source } from './source.ts';

interface Thumb {
  readonly page: PDFPageProxy;
  readonly canvas: HTMLCanvasElement;
  readonly cssWidth: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Small pictures of pages, each drawn when its canvas comes into sight (or is nowhere: then its maker needs it now). */
export class Thumbs {
  readonly #source: Source;
  readonly #waiting = new Map<HTMLCanvasElement, Thumb>();
  readonly #due: Thumb[] = [];
  readonly #observer: IntersectionObserver;

  constructor(source: Source, onDue: () => void) {
    this.#source = source;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting || !target.isConnected) this.#call(target as HTMLCanvasElement);
      if (this.#due.length > 0) onDue();
    });
  }

  get due(): boolean {
    return this.#due.length > 0;
  }

  /** Settles when the picture is drawn, or never will be since the paper was closed. */
  ask(page: PDFPageProxy, canvas: HTMLCanvasElement, cssWidth: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.get(canvas)?.resolve();
      this.#waiting.set(canvas, { page, canvas, cssWidth, resolve, reject });
      this.#observer.observe(canvas);
    });
  }

  async drawNext(): Promise<void> {
    const thumb = this.#due.shift();
    if (!thumb) return;
    const { page, canvas, cssWidth } = thumb;
    const density = densityOf(page, cssWidth / page.getViewport({ scale: 1 }).width);
    try {
      await Promise.race([drawInto(canvas, page, density).promise, this.#source.lost]);
      thumb.resolve();
    } catch (error) {
      thumb.reject(error);
    }
  }

  close(): void {
    this.#observer.disconnect();
    for (const thumb of [...this.#waiting.values(), ...this.#due.splice(0)]) thumb.resolve();
    this.#waiting.clear();
  }

  #call(canvas: HTMLCanvasElement): void {
    const thumb = this.#waiting.get(canvas);
    this.#observer.unobserve(canvas);
    this.#waiting.delete(canvas);
    if (thumb) this.#due.push(thumb);
  }
}
