import type { LimitedChild } from './limited-child.ts';

/** Children that are started ahead of their question, since loading the libraries takes longer than a file does. */
export interface Spares {
  /** The child that will answer soonest; the next one is begun at once. */
  take(): LimitedChild;
  close(): Promise<void>;
}

/** Before a spare that died by itself is replaced: what killed it may kill the next. */
const pauseMs = 1_000;

/** Keeps so many of them from the first question on. They are begun one after the other, so that files which are read meanwhile go on. */
export function keepSpares(count: number, start: () => LimitedChild): Spares {
  const ready: LimitedChild[] = [];
  let starting: LimitedChild | undefined;
  let closed = false;

  function prepare(): void {
    if (closed || starting || ready.length >= count) return;
    const child = start();
    starting = child;
    void child.ready.then((isReady) => {
      if (starting !== child) return;
      starting = undefined;
      // One that cannot start is not tried again before the next question.
      if (!isReady) return;
      ready.push(child);
      prepare();
    });
    void child.gone.then(() => {
      const at = ready.indexOf(child);
      if (at < 0) return;
      ready.splice(at, 1);
      setTimeout(prepare, pauseMs).unref();
    });
  }

  return {
    take() {
      const child = ready.shift() ?? starting ?? start();
      if (child === starting) starting = undefined;
      prepare();
      return child;
    },
    async close() {
      closed = true;
      const all = [...ready.splice(0), ...(starting ? [starting] : [])];
      for (const child of all) child.kill();
      await Promise.all(all.map(({ gone }) => gone));
    },
  };
}
