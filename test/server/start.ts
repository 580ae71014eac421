import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The program as people start it, in processes of its own. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const ports = { INLAY_GATEWAY_PORT: '0', INLAY_PLATFORM_PORT: '0', INLAY_PORTAL_PORT: '0' };
const started: ChildProcess[] = [];

/** What a test that failed has left running would keep its file from ending. */
export function killStarted(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** With node alone, with node and 128 descriptors, or by `npm start`. */
export function start(args: readonly string[], env: Readonly<Record<string, string>>, by: 'node' | 'few descriptors' | 'npm' = 'node') {
  const plain = ['--import', './server/node.js', 'server/main.ts'];
  const [program, before] = {
    node: [process.execPath, plain] as const,
    'few descriptors': ['/bin/sh', ['-c', 'ulimit -n 128; exec "$0" "$@"', process.execPath, ...plain]] as const,
    npm: ['npm', ['start', '--silent', '--']] as const,
  }[by];
  const child = spawn(program, [...before, ...args], {
    cwd: root,
    env: { ...process.env, ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, said: () => said };
}

/** Its code, and how long it took from now; also of one that has ended already. One that goes on for two minutes is killed: its code is null. */
export const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; ms: number }>((resolve) => {
    const from = Date.now();
    setTimeout(() => child.kill('SIGKILL'), 120_000).unref();
    if (child.exitCode !== null || child.signalCode !== null) return resolve({ code: child.exitCode, ms: 0 });
    // Not `exit`: what it said last may still be on its way.
    child.once('close', (code) => resolve({ code, ms: Date.now() - from }));
  });

/** The child of a process that has this word among its arguments (proc(5): /proc/pid/task/tid/children). */
export function childOf(pid: number | undefined, word: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(word));
  assert.ok(found, `a child runs ${word}`);
  return found;
}
