import { setImmediate } from 'node:timers/promises';

/** Work that is done again and again: `run` takes what is due and returns; it must be safe to be killed in. */
export interface Job {
  readonly name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly every: number;
  /** Milliseconds after the start of the program until the first run; at once where none are said. */
  readonly first?: number;
  run(): Promise<void>;
}

/** How long one run clears away, in milliseconds, however much there is: a stop waits for it. */
const spell = 2_000;

/** Does the work again and again while it says that there is more, letting everybody else in between. */
export async function littleByLittle(work: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + spell;
  while ((await work()) && performance.now() < end) await setImmediate();
}

export interface Jobs {
  /** Runs a job now, or once more right after its present run. */
  wake(name: string): void;
  /** Starts nothing more and waits for what is running. */
  stop(): Promise<void>;
}

/** Runs each job in its own loop. A failing run is reported and tried again at the next turn: later turns must not depend on it. */
export function startJobs(jobs: readonly Job[], report: (error: unknown, name: string) => void): Jobs {
  const loops = new Map(jobs.map((job) => [job.name, loop(job, report)]));
  return {
    wake: (name) => loops.get(name)?.wake(),
    async stop() {
      await Promise.all([...loops.values()].map((each) => each.stop()));
    },
  };
}

function loop(job: Job, report: (error: unknown, name: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const turn = async (): Promise<void> => {
    clearTimeout(timer);
    running = job.run().catch((error: unknown) => report(error, job.name));
    await running;
    running = undefined;
    if (stopped) return;
    timer = setTimeout(turn, again ? 0 : job.every);
    again = false;
  };
  timer = setTimeout(turn, job.first ?? 0);
  return {
    wake() {
      if (running) again = true;
      else if (!stopped) {
        clearTimeout(timer);
        timer = setTimeout(turn, 0);
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
