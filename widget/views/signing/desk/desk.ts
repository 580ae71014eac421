import type { Frame } from '../../view.ts';
import { placeMarkers } from '../markers/markers.ts';
import type { Paper } from '../paper/paper.ts';
import type { CeremonyState, Field } from '../state.ts';
import { Scroll } from './scroll.ts';

/** Widths in CSS pixels: a narrow element shows the page wider than the desk; a page is not made wider than `widest` by itself. */
const narrow = 480;
const roomy = 720;
const widest = { narrow: Number.POSITIVE_INFINITY, some: 660, roomy: 700 };
const oversize = 1.76;
const thumbWidth = 64;
export const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 2.5, 3] as const;

/** The document on its desk: how large it is shown, which page is in sight, and the way from one field to the next. */
export class Desk {
  /** The page in sight, from 1. */
  page = 1;
  zoom = 1;
  readonly paper: Paper;
  readonly #host: Frame;
  readonly #state: CeremonyState;
  readonly #scroll = new Scroll();
  readonly #resized = new ResizeObserver(() => this.#layOut());
  readonly #inSight = new IntersectionObserver((entries) => this.#onSight(entries));
  readonly #thumbs = new Map<Element, number>();
  #element: HTMLElement | undefined;
  #width = 0;
  #scale = 0;
  #fresh: number[] = [];
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Frame, paper: Paper, state: CeremonyState) {
    this.#host = host;
    this.paper = paper;
    this.#state = state;
  }

  /** To be called after each rendering: takes up a desk that is new in the page, and puts the markers where they belong. */
  drawn(): void {
    const root = this.#host.renderRoot;
    const element = root.querySelector<HTMLElement>('.desk') ?? undefined;
    if (element !== this.#element) this.#takeUp(element);
    placeMarkers(root, this.#state.view.fields);
  }

  zoomBy(steps: number): void {
    const at = zooms.findIndex((zoom) => zoom >= this.zoom);
    const next = zooms[Math.min(zooms.length - 1, Math.max(0, at + steps))] ?? 1;
    this.#rescale(next);
  }

  /** Brings a field to the middle of the desk. */
  goTo(field: Field): void {
    const sheet = this.#sheets[field.page - 1];
    if (!this.#element || !sheet) return;
    const desk = this.#element.getBoundingClientRect();
    const { left, top, width, height } = sheet.getBoundingClientRect();
    const x = left - desk.left + (field.x + field.width / 2) * width;
    const y = top - desk.top + (field.y + field.height / 2) * height;
    // A field as wide as the desk is shown from its beginning.
    const across = Math.max(24, (desk.width - field.width * width) / 2);
    const dx = x - (field.width * width) / 2 - across;
    this.#scroll.go(this.#element, { left: this.#element.scrollLeft + dx, top: this.#element.scrollTop + y - desk.height * 0.5 });
  }

  goToPage(page: number): void {
    const sheet = this.#sheets[page - 1];
    if (!this.#element || !sheet) return;
    const above = sheet.getBoundingClientRect().top - this.#element.getBoundingClientRect().top - 16;
    this.#scroll.go(this.#element, { left: this.#element.scrollLeft, top: this.#element.scrollTop + above });
  }

  async close(): Promise<void> {
    this.#takeUp(undefined);
    this.#tell();
    await this.paper.close();
  }

  get #sheets(): HTMLElement[] {
    return [...(this.#element?.querySelectorAll<HTMLElement>('.sheet') ?? [])];
  }

  #takeUp(element: HTMLElement | undefined): void {
    this.#resized.disconnect();
    this.#inSight.disconnect();
    this.#thumbs.clear();
    this.#scroll.stop();
    this.#element = element;
    this.#width = this.#scale = 0;
    if (!element) return;
    this.#layOut();
    this.paper.show(element, this.#sheets, { current: (page) => this.#onCurrent(page + 1), seen: (page) => this.#onSeen(page + 1) });
    this.paper.setScale(this.#scale);
    this.#resized.observe(element);
    this.#showThumbs();
  }

  /** Small pages are drawn as they come into sight: there may be hundreds. */
  #showThumbs(): void {
    const thumbs = [...this.#host.renderRoot.querySelectorAll<HTMLCanvasElement>('.thumb canvas')];
    this.#inSight.disconnect();
    thumbs.forEach((canvas, i) => {
      const { width, height } = this.paper.pages[i] ?? { width: 1, height: 1 };
      canvas.style.aspectRatio = `${width} / ${height}`;
      this.#thumbs.set(canvas, i);
      this.#inSight.observe(canvas);
    });
  }

  #onSight(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const page = isIntersecting ? this.#thumbs.get(target) : undefined;
      if (page === undefined) continue;
      this.#inSight.unobserve(target);
      // A page that cannot be drawn small is still found by its number.
      void this.paper.thumb(page, target as HTMLCanvasElement, thumbWidth).catch(() => undefined);
    }
  }

  /** Sizes the sheets to the desk; what was in its middle stays there. */
  #layOut(): void {
    const desk = this.#element;
    if (!desk?.clientWidth || (desk.clientWidth === this.#width && this.#scale)) return;
    this.#width = desk.clientWidth;
    this.#rescale(this.zoom);
  }

  #rescale(zoom: number): void {
    const desk = this.#element;
    if (!desk) return;
    const before = this.#scale;
    this.zoom = zoom;
    this.#scale = this.#fit(desk) * zoom;
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = desk;
    const grown = before ? this.#scale / before : 1;
    this.#sheets.forEach((sheet, i) => {
      const { width, height } = this.paper.pages[i] ?? { width: 0, height: 0 };
      const page = sheet.parentElement?.style;
      if (page) page.width = sheet.style.width = `${Math.floor(width * this.#scale)}px`;
      sheet.style.height = `${Math.floor(height * this.#scale)}px`;
    });
    if (before) {
      this.paper.setScale(this.#scale);
      desk.scrollTo((scrollLeft + clientWidth / 2) * grown - clientWidth / 2, (scrollTop + clientHeight / 2) * grown - clientHeight / 2);
    }
    this.#host.requestUpdate();
  }

  /** CSS pixels per point at which the widest page fits. */
  #fit(desk: HTMLElement): number {
    const page = Math.max(...this.paper.pages.map(({ width }) => width));
    const host = this.#host.renderRoot.host.clientWidth;
    const { paddingLeft, paddingRight } = getComputedStyle(desk);
    const inner = desk.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
    if (host < narrow) return (inner * oversize) / page;
    return Math.min(inner, host < roomy ? widest.some : widest.roomy) / page;
  }

  #onCurrent(page: number): void {
    this.page = page;
    this.#host.requestUpdate();
  }

  /** Pages that are leafed through are told of together. */
  #onSeen(page: number): void {
    this.#fresh.push(page);
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => this.#tell(), 800);
  }

  #tell(): void {
    clearTimeout(this.#telling);
    if (this.#fresh.length) void this.#state.see(this.#fresh);
    this.#fresh = [];
  }
}
