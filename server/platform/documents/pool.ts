import { Worker } from 'node:worker_threads';
import type { Work, WorkKind } from './work.ts';

/** Threads that stamp and seal, so that no document holds up the server. */
export interface Pool {
  run<K extends WorkKind>(kind: K, asked: Work[K]['asked']): Promise<Work[K]['answer']>;
  close(): Promise<void>;
}

interface Job {
  readonly kind: WorkKind;
  readonly asked: unknown;
  readonly done: (answer: never) => void;
  readonly failed: (error: unknown) => void;
}

interface Hand {
  readonly thread: Worker;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** What one job may take: megabytes of heap, and milliseconds, after which it is given up and its thread with it. */
export interface PoolLimits {
  readonly heapMb?: number;
  readonly timeMs?: number;
}

/**
 * Threads are started when there is work, kept warm, and do one job at a time; the rest wait in order. A thread that dies fails the job it
 * had, nothing else, and the next job gets a new one.
 */
export function createPool(size: number, { heapMb = 768, timeMs = 60_000 }: PoolLimits = {}): Pool {
  const hands = new Set<Hand>();
  const waiting: Job[] = [];
  let closed = false;

  const next = (): void => {
    const idle = [...hands].find(({ job }) => job === undefined) ?? (hands.size < size && waiting.length > 0 ? hire() : undefined);
    const job = idle && waiting.shift();
    if (!idle || !job) return;
    idle.job = job;
    idle.timer = setTimeout(() => leave(idle, new Error('Sealing took too long.')), timeMs);
    idle.thread.ref();
    try {
      idle.thread.postMessage({ kind: job.kind, asked: job.asked });
    } catch (error) {
      settle(idle, (given) => given.failed(error));
    }
  };

  const settle = (hand: Hand, how: (job: Job) => void): void => {
    clearTimeout(hand.timer);
    const { job } = hand;
    hand.job = undefined;
    hand.thread.unref();
    if (job) how(job);
    next();
  };

  const leave = (hand: Hand, why: unknown): void => {
    if (!hands.delete(hand)) return;
    void hand.thread.terminate();
    settle(hand, (job) => job.failed(why));
  };

  const hire = (): Hand => {
    const thread = new Worker(new URL('./seal.worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      env: {},
    });
    const hand: Hand = { thread, job: undefined, timer: undefined };
    hands.add(hand);
    thread.on('message', (said: { answer: never } | { error: unknown }) =>
      settle(hand, (job) => ('error' in said ? job.failed(said.error) : job.done(said.answer))),
    );
    thread.on('error', (error) => leave(hand, error));
    thread.on('exit', () => leave(hand, new Error('The sealing thread ended.')));
    return hand;
  };

  return {
    run: (kind, asked) =>
      new Promise((done, failed) => {
        if (closed) return failed(new Error('The pool is closed.'));
        waiting.push({ kind, asked, done, failed });
        next();
      }),
    async close() {
      closed = true;
      for (const { failed } of waiting.splice(0)) failed(new Error('The pool is closed.'));
      const ends = [...hands].map(({ thread }) => thread.terminate());
      await Promise.all(ends);
    },
  };
}
