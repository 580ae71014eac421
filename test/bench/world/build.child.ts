import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SealJob } from '../../../server/platform/domain/files/documents.ts';

/** Works with the build in the folder that is named first, through what every build has: its intake and its sealing threads. */
export type Task =
  | { kind: 'intake'; file: string; times: number; atOnce: number; pauseMs: number }
  | { kind: 'peak'; file: string }
  | { kind: 'seal'; job: SealJob; times: number };

/** `ms`: by the clock, each; `cpuMs`: processor time of the children and of this process, each; `rate`: files per second; `peakMb`: of a child. */
export interface Done {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rate: number;
  readonly peakMb: number;
  readonly said: string;
}

const [folder = ''] = process.argv.slice(2);
/** From its room; the build before may have it in the folder itself. */
const from = (room: string, name: string) => {
  const documents = join(folder, 'server/platform/documents');
  const file = [join(documents, room, name), join(documents, name)].find((place) => existsSync(place)) ?? name;
  return import(pathToFileURL(file).href);
};
const { createIntake } = await from('intake', 'intake.ts');
const { createPool } = await from('', 'pool.ts');
const { makeAuthority } = await from('seal', 'authority.ts');
const pool = createPool(1);
const identity = await makeAuthority(Date.now());
const intake = createIntake();

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds of processor time: of the children that ended, which Linux counts in hundredths of a second, and of this process. */
function used(): number {
  const ticks = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(13, 15)
    .map(Number);
  const { user, system } = process.cpuUsage();
  return 10 * ((ticks[0] ?? 0) + (ticks[1] ?? 0)) + (user + system) / 1_000;
}

/** The largest resident set that any child of this process ever had, in MB: the last that was seen before it ended. */
function peaks(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ');
  const held = children.map((child) => {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'latin1'))?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  });
  return Math.max(0, ...held);
}

async function takeIn(file: string): Promise<string> {
  return intake.takeIn(readFileSync(file)).then(
    () => 'taken in',
    (error: { errors?: { code: string }[] }) => error.errors?.[0]?.code ?? String(error),
  );
}

async function work(task: Task): Promise<Done> {
  const begun = performance.now();
  const before = used();
  const each: number[] = [];
  let peakMb = 0;
  let said = '';
  const once = async (act: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await act();
    each.push(performance.now() - start);
  };
  if (task.kind === 'seal') {
    for (let i = 0; i < task.times; i++) await once(() => pool.run('seal', { ...task.job, identity, at: Date.now() }));
  } else if (task.kind === 'peak') {
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, peaks());
    }, 3);
    said = await takeIn(task.file);
    clearInterval(watch);
  } else {
    const lane = async (): Promise<void> => {
      for (let i = 0; i < task.times; i++) {
        if (task.pauseMs > 0) await pause(task.pauseMs);
        await once(async () => {
          said = await takeIn(task.file);
        });
      }
    };
    await Promise.all(Array.from({ length: task.atOnce }, lane));
  }
  each.sort((a, b) => a - b);
  const count = Math.max(1, each.length);
  return {
    ms: each[Math.floor(each.length / 2)] ?? performance.now() - begun,
    cpuMs: (used() - before) / count,
    rate: (count * 1_000) / (performance.now() - begun),
    peakMb,
    said,
  };
}

process.on('message', (task: Task) => void work(task).then((done) => process.send?.(done)));
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
