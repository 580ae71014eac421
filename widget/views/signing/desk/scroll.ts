/** Milliseconds from one field to the next, as `--inlay-duration-4`. */
const lasts = 420;

/** Scrolls a desk to a place at the house's own pace; at once where motion is unwanted. A reader who scrolls takes over. */
export class Scroll {
  #frame = 0;
  #leave: (() => void) | undefined;

  go(desk: HTMLElement, to: { left: number; top: number }): void {
    this.stop();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) desk.scrollTo(to.left, to.top);
    else this.#travel(desk, to);
  }

  #travel(desk: HTMLElement, to: { left: number; top: number }): void {
    const from = { left: desk.scrollLeft, top: desk.scrollTop };
    const began = performance.now();
    const onward = (now: number): void => {
      const gone = eased(Math.min(1, (now - began) / lasts));
      desk.scrollTo(from.left + (to.left - from.left) * gone, from.top + (to.top - from.top) * gone);
      if (gone < 1) this.#frame = requestAnimationFrame(onward);
      else this.stop();
    };
    const stop = (): void => this.stop();
    for (const type of ['wheel', 'touchstart']) desk.addEventListener(type, stop, { passive: true });
    this.#leave = () => {
      for (const type of ['wheel', 'touchstart']) desk.removeEventListener(type, stop);
    };
    this.#frame = requestAnimationFrame(onward);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#leave?.();
    this.#leave = undefined;
  }
}

/** Away quickly, there slowly: near to the curve of `--inlay-ease`. */
const eased = (share: number): number => 1 - (1 - share) ** 4;
