import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
/** Reads the clone also where it belongs to another user, as in many a container. */
const git = (...args: string[]) => run('git', ['-c', 'safe.directory=*', ...args], { cwd: root });

/** The commit that this build is measured against, and whose data folders it must read: test/bench/before.json. */
export const commitBefore = (JSON.parse(readFileSync(new URL('./bench/before.json', import.meta.url), 'utf8')) as { commit: string })
  .commit;

/** A build in a folder of its own: its sources, and what `npm ci` installs by its lock. */
export interface Before {
  readonly folder: string;
  /** The Node that it brings. */
  readonly node: string;
}

/**
 * The build before, kept in the system's temporary folder for later runs; or the sentence why there is none: a clone without the history, or a copy
 * without git. What fails besides is an error.
 */
export async function buildBefore(): Promise<Before | string> {
  try {
    await git('cat-file', '-e', `${commitBefore}^{commit}`);
  } catch {
    return `The commit ${commitBefore} is not in this clone: git fetch --unshallow brings it.`;
  }
  const folder = join(tmpdir(), `inlay-${commitBefore}`);
  if (!existsSync(folder)) await make(folder);
  // The name can be foretold: whoever else made it could have put anything there.
  if (process.getuid && (await stat(folder)).uid !== process.getuid()) throw new Error(`${folder} belongs to somebody else.`);
  const own = join(folder, 'node_modules', '.bin', 'node');
  return { folder, node: existsSync(own) ? own : process.execPath };
}

/** Made beside its place and moved there, so that a run that is cut off leaves nothing half made; of two at once the first stays. */
async function make(folder: string): Promise<void> {
  const unfinished = await mkdtemp(`${folder}-`);
  const archive = join(unfinished, 'sources.tar');
  await git('archive', '--format=tar', `--output=${archive}`, commitBefore);
  await run('tar', ['-xf', archive, '-C', unfinished]);
  await rm(archive);
  // Under an npm script npm would take the folder of that script for the one to install in.
  const { npm_config_local_prefix: _, ...env } = process.env;
  await run('npm', ['ci'], { cwd: unfinished, env, maxBuffer: 16 * 1024 * 1024 });
  await rename(unfinished, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
