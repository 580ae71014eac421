import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heavy } from '../fixtures/pdf/heavy.ts';
import { jobOf } from './sealing.ts';
import type { Done, Task } from './world/build.child.ts';
import { type Build, bothBuilds } from './world/builds.ts';
import { compare, figure, type Row, type Target } from './world/harness.ts';

/** What an upload costs, and the largest sealing, beside the build before the issue: each in a process of its own, one after the other. */
export async function intake(say: (line: string) => void): Promise<Row[]> {
  const builds = await bothBuilds(say);
  if (!builds) return [];
  const folder = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const path = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  try {
    const one = await path('1.pdf', (await jobOf(1)).source);
    const many = await path('500.pdf', (await jobOf(500)).source);
    const plain = { kind: 'intake', file: one, atOnce: 1, pauseMs: 0 } as const;
    // Both have their spares by then.
    for (const build of [builds.before, builds.ours]) await build.do({ ...plain, times: 3 });
    const rows = [
      ...(await against(builds, 'One page taken in, back to back', { ...plain, times: 12 }, [
        ['processor time', 'ms', 'cpuMs', { atMost: 0.6 }],
        ['each', 'ms', 'ms', { atMost: 0.65 }],
      ])),
      ...(await against(builds, 'One page taken in after a pause of a second', { ...plain, times: 5, pauseMs: 1_000 }, [
        ['each', 'ms', 'ms', { atMost: 1 }],
      ])),
      ...(await against(builds, 'One page taken in, four at a time', { ...plain, times: 4, atOnce: 4 }, [
        ['files', '/s', 'rate', { atLeast: 1.5 }],
      ])),
      ...(await against(builds, '500 pages taken in', { ...plain, file: many, times: 1 }, [['each', 'ms', 'ms', { atMost: 1 }]], 3)),
      ...(await against(builds, '500 pages stamped and sealed', { kind: 'seal', job: await jobOf(500), times: 4 }, [
        ['each', 'ms', 'ms', { atMost: 1 }],
      ])),
    ];
    return [...rows, await worstPeak(builds, say, path)];
  } finally {
    builds.ours.close();
    builds.before.close();
    await rm(folder, { recursive: true });
  }
}

/** The largest resident set that a child of each build comes to, over all the files that were made to take much. */
async function worstPeak(
  { ours, before }: Builds,
  say: (line: string) => void,
  path: (name: string, bytes: Uint8Array) => Promise<string>,
): Promise<Row> {
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (const [name, make] of Object.entries(heavy)) {
    const task = { kind: 'peak', file: await path('heavy.pdf', make()) } as const;
    const [our, their] = [await ours.do(task), await before.do(task)];
    say(`  ${name}: ${figure(our.peakMb)} MB, ${our.said}; the build before: ${figure(their.peakMb)} MB, ${their.said}`);
    mine.push(our.peakMb);
    theirs.push(their.peakMb);
  }
  const target = { atMost: 0.6 };
  const yardsticks = [{ name: 'the build before', measure: async () => Math.max(...theirs), target }];
  const what = `Peak memory of a child, the worst of ${mine.length} files`;
  const [row] = await compare({ what, unit: 'MB', rounds: 1, ours: async () => Math.max(...mine), yardsticks });
  if (!row) throw new Error('Nothing was compared.');
  return row;
}

interface Builds {
  readonly ours: Build;
  readonly before: Build;
}

type Figure = readonly [what: string, unit: string, of: keyof Omit<Done, 'said'>, target: Target];

/** Every figure of one task comes from the same runs. */
async function against({ ours, before }: Builds, what: string, task: Task, figures: readonly Figure[], rounds = 5): Promise<Row[]> {
  const runs: { ours: Done; before: Done }[] = [];
  for (let round = 0; round < rounds; round++) {
    // In alternating order, as the harness does.
    if (round % 2 === 0) runs.push({ ours: await ours.do(task), before: await before.do(task) });
    else {
      const first = await before.do(task);
      runs.push({ before: first, ours: await ours.do(task) });
    }
  }
  const rows: Row[] = [];
  for (const [name, unit, of, target] of figures) {
    const figureOf = (build: 'ours' | 'before') => {
      const all = runs.map((run) => run[build][of]).values();
      return async () => all.next().value ?? Number.NaN;
    };
    const yardsticks = [{ name: 'the build before', measure: figureOf('before'), target }];
    rows.push(...(await compare({ what: `${what}, ${name}`, unit, rounds, ours: figureOf('ours'), yardsticks })));
  }
  return rows;
}
