import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Before, buildBefore } from '../../before.ts';
import type { Done, Task } from './build.child.ts';

/** A build at work in a process of its own, started from its own folder with the Node that it brings. */
export interface Build {
  do(task: Task): Promise<Done>;
  close(): void;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** This build and the one before the issue; nothing, and a sentence, where that one cannot be had. */
export async function bothBuilds(say: (line: string) => void): Promise<{ ours: Build; before: Build } | undefined> {
  if (process.platform !== 'linux') {
    say('Processor time and memory of children are read from /proc: the comparison with the build before is left out.');
    return undefined;
  }
  const before = await builtBefore(say);
  if (!before) return undefined;
  return { ours: await begin(root, process.execPath), before: await begin(before.folder, before.node) };
}

/** The build before, with what its servers hand out built too; nothing, and a sentence, where it cannot be had. */
export async function builtBefore(say: (line: string) => void): Promise<Before | undefined> {
  const before = await buildBefore();
  if (typeof before === 'string') {
    say(`${before} The comparison with the build before is left out.`);
    return undefined;
  }
  const pack = `import('./server/build.ts').then(({ buildWhatIsMissing }) => buildWhatIsMissing(() => {}))`;
  await promisify(execFile)(before.node, ['--input-type=module', '-e', pack], { cwd: before.folder });
  return before;
}

async function begin(folder: string, node: string): Promise<Build> {
  const child = fork(fileURLToPath(new URL('./build.child.ts', import.meta.url)), [folder], {
    cwd: folder,
    execPath: node,
    execArgv: ['--import', join(folder, 'server/node.js')],
    serialization: 'advanced',
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The build in ${folder} ended.`)));
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  return {
    async do(task) {
      child.send(task);
      const [done] = await Promise.race([once(child, 'message'), ended]);
      return done as Done;
    },
    close: () => void child.kill(),
  };
}
