import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../start-gateway.ts';

/** On Linux with two processors or more, what is measured runs on the first, what asks and what answers behind it on the second. */
let cores = false;

/** Puts this process on the second processor, and whatever `begin` starts on the one it names. */
export function shareCores(): void {
  try {
    execFileSync('taskset', ['-pc', '1', String(process.pid)], { stdio: 'ignore' });
    cores = true;
  } catch {
    // One processor, or a system without taskset: everything shares what there is, and every ratio still compares like with like.
  }
}

/** Lets this process, and what it starts, run on every processor again. */
export function freeCores(): void {
  if (cores) execFileSync('taskset', ['-pc', `0-${availableParallelism() - 1}`, String(process.pid)], { stdio: 'ignore' });
  cores = false;
}

/** Forks a script on one of the two cores and waits for what it says first. */
export async function begin<T>(script: string, args: readonly string[], core: 0 | 1): Promise<{ child: ChildProcess; said: T }> {
  const pinned = cores ? { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] } : {};
  const child = fork(new URL(script, import.meta.url), args, pinned);
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended`)))]);
  return { child, said: said as T };
}

/** A yardstick of bench/yardstick.child.ts. */
export async function yardstick(kind: string, target = '', core: 0 | 1 = 0) {
  const { child, said } = await begin<{ url: string }>('./yardstick.child.ts', [kind, target], core);
  return { url: said.url, end: () => void child.kill() };
}

/** nginx as a reverse proxy with kept-alive connections, where it is installed (INLAY_NGINX names another binary). */
export async function nginx(target: string): Promise<{ url: string; end: () => void } | undefined> {
  const binary = process.env.INLAY_NGINX ?? 'nginx';
  try {
    execFileSync(binary, ['-v'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const port = await freePort();
  const home = join(tmpdir(), `inlay-nginx-${process.pid}`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home}.${name};`).join(' ');
  await writeFile(
    `${home}.conf`,
    `worker_processes 1; daemon off; pid ${home}.pid; error_log stderr crit; events {}
http { access_log off; ${paths} keepalive_requests 1000000000;
  upstream stub { server ${new URL(target).host}; keepalive 64; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  const command = cores ? ['taskset', '-c', '0', binary] : [binary];
  const child = spawn(command[0] ?? '', [...command.slice(1), '-e', 'stderr', '-c', `${home}.conf`], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  while (
    child.exitCode === null &&
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    url,
    end: () => {
      child.kill();
      rmSync(`${home}.conf`, { force: true });
    },
  };
}
