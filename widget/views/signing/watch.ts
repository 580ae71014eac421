import type { Scene } from './model.ts';

/** Milliseconds between two readings: the first pause, and the longest one it grows to. No entry: nothing can change any more. */
const paces: Partial<Record<Scene, readonly [first: number, longest: number]>> = {
  consent: [20_000, 60_000],
  opening: [20_000, 60_000],
  unopened: [20_000, 60_000],
  sign: [20_000, 60_000],
  sealing: [1_000, 5_000],
  signed: [4_000, 30_000],
  waiting: [4_000, 30_000],
};

interface Ways {
  scene(): Scene;
  /** Reads the state; rejects when it could not be read. */
  read(): Promise<void>;
  /** The page is looked at again, or the connection was lost or found. */
  woken(): void;
}

/** Reads the state again and again while somebody looks, ever more slowly while nothing changes. */
export class Watch {
  /** Readings in a row that had no answer. */
  misses = 0;
  readonly #ways: Ways;
  #running = false;
  #scene: Scene | undefined;
  #times = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ways: Ways) {
    this.#ways = ways;
  }

  get running(): boolean {
    return this.#running;
  }

  start(): void {
    this.#running = true;
    this.#listen('addEventListener');
    this.plan();
  }

  stop(): void {
    this.#running = false;
    this.#listen('removeEventListener');
    clearTimeout(this.#timer);
  }

  /** Sets the next reading; another scene begins with its own first pause. */
  plan(): void {
    clearTimeout(this.#timer);
    const scene = this.#ways.scene();
    if (scene !== this.#scene) this.#times = 0;
    this.#scene = scene;
    const [first, longest] = paces[scene] ?? [];
    if (!this.#running || document.hidden || !first || !longest) return;
    // Without an answer it is asked soon, whatever the scene.
    const pause = this.misses ? Math.min(15_000, 1_000 * 2 ** this.misses) : Math.min(longest, first * 1.4 ** this.#times++);
    this.#timer = setTimeout(() => void this.now(), pause);
  }

  async now(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#ways.read();
      this.misses = 0;
    } catch {
      // What ends the view the session says; anything else is asked again.
      this.misses++;
    }
    this.#ways.woken();
    this.plan();
  }

  readonly #onReturn = (): void => {
    this.#times = 0;
    if (document.hidden) this.plan();
    else if (paces[this.#ways.scene()]) void this.now();
  };

  #listen(change: 'addEventListener' | 'removeEventListener'): void {
    document[change]('visibilitychange', this.#onReturn);
    for (const type of ['online', 'offline']) window[change](type, this.#onReturn);
  }
}
