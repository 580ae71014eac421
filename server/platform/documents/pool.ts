import { Worker } from 'node:worker_threads';
import { createQueue } from './queue.ts';
import type { Work, WorkKind } from './seal/work.ts';

/** Threads that stamp and seal, so that no document holds up the server. */
export interface Pool {
  /** Does the job when it is the account's turn. Failure `vendor-unavailable` where too many of its jobs wait; sealing is never refused. */
  run<K extends WorkKind>(kind: K, asked: Work[K]['asked'], account?: string): Promise<Work[K]['answer']>;
  close(): Promise<void>;
}

interface Job {
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

/** Jobs that may wait, but for sealing: most take a few milliseconds. */
const waiting = 64;

/**
 * Threads are started when there is work, kept warm, and do one job at a time; the rest wait for their account's turn. A thread that dies fails the job it
 * had, nothing else, and the next job gets a new one.
 */
export function createPool(size: number, { heapMb = 768, timeMs = 60_000 }: PoolLimits = {}): Pool {
  const hands = new Set<Hand>();
  const queue = createQueue({ places: size, waiting });

  const begin = (kind: WorkKind, asked: unknown): Promise<never> =>
    new Promise((done, failed) => {
      const hand = [...hands].find(({ job }) => job === undefined) ?? hire();
      hand.job = { done, failed };
      hand.timer = setTimeout(() => leave(hand, new Error('Sealing took too long.')), timeMs);
      hand.thread.ref();
      try {
        hand.thread.postMessage({ kind, asked });
      } catch (error) {
        settle(hand, (given) => given.failed(error));
      }
    });

  const settle = (hand: Hand, how: (job: Job) => void): void => {
    clearTimeout(hand.timer);
    const { job } = hand;
    hand.job = undefined;
    hand.thread.unref();
    if (job) how(job);
  };

  const leave = (hand: Hand, why: unknown): void => {
    if (!hands.delete(hand)) return;
    void hand.thread.terminate();
    settle(hand, (job) => job.failed(why));
  };

  const hire = (): Hand => {
    const thread = new Worker(new URL('./seal/seal.worker.ts', import.meta.url), {
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
    async run(kind, asked, account = '') {
      const giveBack = await queue.enter(account, kind === 'seal' ? 'seal' : 'read');
      return begin(kind, asked).finally(giveBack);
    },
    async close() {
      queue.close();
      const ends = [...hands].map(({ thread }) => thread.terminate());
      await Promise.all(ends);
    },
  };
}
