import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../start-gateway.ts';
import { compare, median, type Row } from './world/harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** From a process's birth to its first 200, and the memory it then idles in, beside a bare koa. */
export async function starting(): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const key = randomBytes(32).toString('base64url');
  const memory = { ours: [] as number[], theirs: [] as number[] };
  const gateway = async (): Promise<number> => {
    const port = await freePort();
    const env = { INLAY_DATA_DIR: dataDir, INLAY_MASTER_KEY: key, INLAY_GATEWAY_PORT: String(port) };
    return begin(
      ['--import', './server/node.js', 'server/main.ts', 'gateway'],
      env,
      `http://127.0.0.1:${port}/.well-known/jwks.json`,
      memory.ours,
    );
  };
  const koa = async (): Promise<number> => {
    const port = await freePort();
    // As npm installs it, with Node's own cache of compiled code: what server/node.js does for a start is ours.
    const env = { PORT: String(port), NODE_COMPILE_CACHE: join(dataDir, 'compiled') };
    return begin(['test/bench/world/koa.ts'], env, `http://127.0.0.1:${port}/`, memory.theirs);
  };
  // The first start makes the database, the keys and the compile cache.
  await gateway();
  await koa();
  memory.ours.length = memory.theirs.length = 0;
  const rows = await compare({
    what: 'Start to the first answer, gateway alone',
    unit: 'ms',
    rounds: 7,
    ours: gateway,
    yardsticks: [{ name: 'bare koa', measure: koa, target: { atMost: 2.6 } }],
  });
  await rm(dataDir, { recursive: true, force: true });
  if (memory.ours.length === 0) return rows;
  // What each start left behind, in the same order of rounds.
  const [ours, theirs] = [memory.ours.values(), memory.theirs.values()];
  const next = (of: Iterator<number>) => async () => of.next().value ?? median([]);
  const idle = await compare({
    what: 'Memory when idle (RSS), gateway alone',
    unit: 'MB',
    rounds: memory.ours.length,
    ours: next(ours),
    yardsticks: [{ name: 'bare koa', measure: next(theirs) }],
  });
  return [...rows, ...idle];
}

/** Milliseconds until the first 200; then the process is left alone for half a second, looked at, and ended. */
async function begin(args: string[], env: Record<string, string>, url: string, memory: number[]): Promise<number> {
  const { PATH = '', HOME = '' } = process.env;
  const from = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${args.at(-1)} ended at its start.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const took = performance.now() - from;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  if (kilobytes) memory.push(Number(kilobytes) / 1024);
  // Not killed: the compile cache is written when a process ends by itself.
  child.kill('SIGTERM');
  await once(child, 'exit');
  return took;
}

const answers = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    get(url, { agent: false }, (answer) => resolve(answer.resume().statusCode === 200)).on('error', () => resolve(false));
  });
