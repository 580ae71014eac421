import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually, freePort } from './start-gateway.ts';
import { tool } from './tools.ts';

/**
 * nginx as it stands before every real installation, calling on from an address of its own (of 127.0.0.0/8) and saying for whom. Nothing where it
 * is not installed. Gives its origin.
 */
export async function nginxBefore(t: TestContext, target: string, address: string): Promise<string | undefined> {
  if (!tool(t, 'nginx', 'nginx-light')) return undefined;
  const home = mkdtempSync(join(tmpdir(), 'inlay-nginx-'));
  const port = await freePort();
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home}/${name};`).join(' ');
  writeFileSync(
    join(home, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${home}/pid; error_log stderr crit; events {}
http { access_log off; ${folders} client_max_body_size 20m;
  server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; proxy_bind ${address}; proxy_http_version 1.1;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header Host $host; } } }`,
  );
  const child = spawn('nginx', ['-e', 'stderr', '-c', join(home, 'nginx.conf')], { stdio: 'ignore' });
  t.after(async () => {
    const over = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill()) await over;
    rmSync(home, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return url;
}
