/** Milliseconds that most of a page must have been visible, drawn, in a page that is not in the background, to count as seen. */
const glance = 400;
const steps = Array.from({ length: 21 }, (_, step) => step / 20);

/** What a reader has of a document: which pages are visible, how much of each, and which ones they have seen. */
export class Visibility {
  /** Square CSS pixels of each visible page, by index. */
  readonly areas = new Map<number, number>();
  readonly #desk: HTMLElement;
  readonly #sheets: readonly HTMLElement[];
  readonly #observer: IntersectionObserver;
  readonly #changed: () => void;
  readonly #seen: (page: number) => void;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #known = new Set<number>();
  readonly #drawn = new Set<number>();

  constructor(desk: HTMLElement, sheets: readonly HTMLElement[], changed: () => void, seen: (page: number) => void) {
    this.#desk = desk;
    this.#sheets = sheets;
    this.#changed = changed;
    this.#seen = seen;
    const index = new Map(sheets.map((sheet, i): [Element, number] => [sheet, i]));
    // The window as root: whatever scrolls between it and a sheet then cuts the sheet too.
    this.#observer = new IntersectionObserver((entries) => this.#look(entries, index), { threshold: steps });
    for (const sheet of sheets) this.#observer.observe(sheet);
    document.addEventListener('visibilitychange', this.#watch);
  }

  /** Visible pages, the most visible first. */
  get pages(): number[] {
    return [...this.areas.keys()].sort((a, b) => (this.areas.get(b) ?? 0) - (this.areas.get(a) ?? 0) || a - b);
  }

  /** Says that a page is on its sheet: only then can it be seen. */
  drawn(page: number, is: boolean): void {
    if (is) this.#drawn.add(page);
    else this.#drawn.delete(page);
    this.#watch();
  }

  close(): void {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#watch);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.areas.clear();
  }

  #look(entries: readonly IntersectionObserverEntry[], index: ReadonlyMap<Element, number>): void {
    for (const { target, isIntersecting, intersectionRect } of entries) {
      const page = index.get(target);
      if (page === undefined) continue;
      if (isIntersecting) this.areas.set(page, intersectionRect.width * intersectionRect.height);
      else this.areas.delete(page);
    }
    this.#watch();
    this.#changed();
  }

  readonly #watch = (): void => {
    for (const page of this.#timers.keys()) if (!this.#shown(page)) this.#forget(page);
    for (const page of this.areas.keys())
      if (!this.#known.has(page) && !this.#timers.has(page) && this.#shown(page))
        this.#timers.set(
          page,
          setTimeout(() => this.#note(page), glance),
        );
  };

  #forget(page: number): void {
    clearTimeout(this.#timers.get(page));
    this.#timers.delete(page);
  }

  #note(page: number): void {
    this.#timers.delete(page);
    this.#known.add(page);
    this.#seen(page);
  }

  /** Most of the page is visible, or, where it is larger than the desk, it fills most of the desk. */
  #shown(page: number): boolean {
    const sheet = this.#sheets[page]?.getBoundingClientRect();
    const area = this.areas.get(page);
    if (!sheet || !area || document.hidden || !this.#drawn.has(page)) return false;
    const desk = this.#desk.getBoundingClientRect();
    const width = Math.min(desk.right, innerWidth) - Math.max(desk.left, 0);
    const height = Math.min(desk.bottom, innerHeight) - Math.max(desk.top, 0);
    // What is visible was told at the last twentieth that it crossed.
    return area >= 0.49 * Math.min(sheet.width * sheet.height, Math.max(0, width) * Math.max(0, height) || Number.POSITIVE_INFINITY);
  }
}
