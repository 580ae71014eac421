import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { confinedTo, withoutNetwork } from './confinement.ts';
import type { Answer, Question } from './intake.child.ts';
import { intakeProgram } from './intake-program.ts';

export interface ChildLimits {
  /** Of JavaScript's own heap (V8's old space). */
  readonly heapMb: number;
  /** Of everything the process holds (its resident set): decoded streams and WebAssembly lie outside the heap. */
  readonly memoryMb: number;
  /** Processor time for one question; by the clock it may take three times as long, since a busy machine gives a child little. */
  readonly timeMs: number;
}

/** How a child ended that gave no answer; `detail` is for the log. */
export interface Ended {
  readonly kind: 'ended';
  /** `failed` is a fault of ours: the child could not start, or not be asked. */
  readonly why: 'time' | 'memory' | 'died' | 'failed';
  readonly detail: string;
}

export interface LimitedChild {
  /** Asks the one question this child is for; it is gone afterwards. */
  ask(question: Question): Promise<Exclude<Answer, { kind: 'ready' }> | Ended>;
  kill(): void;
  /** Whether it came so far that it waits for its question. */
  readonly ready: Promise<boolean>;
  readonly gone: Promise<void>;
  readonly pid: number | undefined;
}

const packedProgram = intakeProgram();
const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** Between two looks at the resident set: a process can take some 100 MB more in this time. */
const lookMs = 25;
/** A child lives longer than its question while it waits as a spare, but uses no processor time then. */
const startSeconds = 10;

/**
 * Starts a child that reads one hostile file. It gets no environment, may read only what it is made of (confinement.ts), write nothing, start
 * nothing, reach no address where the system can see to that, and say nothing (its output is dropped). Four limits end it: the heap by V8, time and the resident set by this process (on Linux, from
 * /proc), processor time by the kernel, which also holds when this process is gone.
 */
export function startLimitedChild({ heapMb, memoryMb, timeMs }: ChildLimits, program = packedProgram): LimitedChild {
  const seconds = startSeconds + Math.ceil(timeMs / 1000);
  const options = [`--max-old-space-size=${heapMb}`, ...confinedTo(root), ...program];
  const [command, ...args] = [
    ...(process.platform === 'win32' ? [] : ['/bin/sh', '-c', `ulimit -c 0; ulimit -t ${seconds}; exec "$0" "$@"`, ...withoutNetwork()]),
    process.execPath,
    ...options,
  ];
  const child: ChildProcess = spawn(command ?? process.execPath, args, {
    cwd: root,
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  // Whoever waits for an answer goes before a file that is read.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  const kill = () => {
    child.ref();
    child.kill('SIGKILL');
  };
  let isReady = false;
  // A child says that it is ready before it says anything else.
  const began = new Promise<void>((resolve) => child.once('message', () => resolve())).then(() => {
    isReady = true;
  });
  const ready = Promise.race([began, gone]).then(() => isReady);
  // A spare one does not keep the server from ending.
  child.unref();
  child.channel?.unref();

  return {
    pid: child.pid,
    ready,
    gone,
    kill,
    ask: (question) =>
      new Promise((resolve) => {
        child.ref();
        child.channel?.ref();
        const end = (answer: Exclude<Answer, { kind: 'ready' }> | Ended) => {
          clearTimeout(timer);
          clearInterval(look);
          resolve(answer);
          kill();
        };
        const timer = setTimeout(() => end({ kind: 'ended', why: 'time', detail: `more than ${3 * timeMs} ms` }), 3 * timeMs);
        const look = setInterval(() => {
          const held = residentMb(child.pid);
          if (held > memoryMb) end({ kind: 'ended', why: 'memory', detail: `${held} MB resident` });
        }, lookMs);
        child.on('message', (answer: Answer) => answer.kind !== 'ready' && end(answer));
        child.once('error', (error) => end({ kind: 'ended', why: 'failed', detail: error.message }));
        let deaf = false;
        child.once('close', (code, signal) => {
          const byFile = isReady && !(deaf && signal === 'SIGKILL');
          end({ kind: 'ended', why: byFile ? 'died' : 'failed', detail: `${signal ?? code}` });
        });
        // It will not answer any more.
        child.once('disconnect', () => child.kill('SIGKILL'));
        // What never reached it says nothing of the file. Where the pipe breaks, it has died of the question, which is told above, or it is killed.
        child.send(question, (error) => {
          if (!error) return;
          if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return end({ kind: 'ended', why: 'failed', detail: error.message });
          deaf = true;
          kill();
        });
      }),
  };
}

/** Zero where there is no /proc; then V8's limit and the time limit remain. */
function residentMb(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return (pages * 4096) / 1_048_576;
  } catch {
    return 0;
  }
}
