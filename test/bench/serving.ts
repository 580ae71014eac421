import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alive, Born } from '../journey/crash-gateway.ts';
import { freePort } from '../start-gateway.ts';
import { compare, type Row } from './world/harness.ts';
import { load } from './world/load.ts';
import { begin, freeCores, nginx, shareCores, yardstick } from './world/servers.ts';

/** Calls per second that the gateway passes on and answers itself, beside plain servers that do as little as can be. */
export async function serving(say: (line: string) => void): Promise<Row[]> {
  shareCores();
  const upstream = await yardstick('upstream', '', 1);
  const koa = await yardstick('koa-proxy', upstream.url);
  const proxy = await nginx(upstream.url);
  if (!proxy) say('The comparison with nginx is left out: install the Debian package nginx.');
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const port = await freePort();
  const born: Born = {
    dataDir,
    masterKey: randomBytes(32).toString('hex'),
    vendorUrl: upstream.url,
    port,
    partner: { origin: 'https://portal.harbor.example', vendorKeys: { scribeless: 'sk_bench', kelviq: 'kq_bench' } },
  };
  const { child, said } = await begin<Alive>('../journey/crash-gateway.ts', [JSON.stringify(born)], 0);
  const gateway = `http://127.0.0.1:${port}`;
  const headers = { 'x-api-key': said.partner?.key ?? '', accept: 'application/json' };
  const path = '/api/account/status';

  const jwks = await fetch(`${gateway}/.well-known/jwks.json`).then((answer) => answer.text());
  const bytes = await yardstick('bytes', Buffer.from(jwks).toString('base64url'));

  const ask = (url: string) => load(url, { headers, ms: 300 });
  // Warm: whatever is compiled or remembered after a first call is.
  for (const url of [koa.url + path, gateway + path, `${gateway}/.well-known/jwks.json`, bytes.url]) await ask(url);
  const proxied = await compare({
    what: 'Proxied 2 KB call, 32 connections',
    unit: '/s',
    rounds: 15,
    ours: () => ask(gateway + path),
    yardsticks: [
      { name: 'bare koa + undici, buffered', measure: () => ask(koa.url + path), target: { atLeast: 0.75 } },
      ...(proxy ? [{ name: 'nginx proxy_pass', measure: () => ask(proxy.url + path) }] : []),
      { name: 'the upstream itself', measure: () => ask(upstream.url + path) },
    ],
  });
  const plain = await compare({
    what: 'GET /.well-known/jwks.json, 32 connections',
    unit: '/s',
    rounds: 15,
    ours: () => ask(`${gateway}/.well-known/jwks.json`),
    yardsticks: [{ name: 'node:http, the same bytes', measure: () => ask(bytes.url), target: { atLeast: 0.25 } }],
  });
  say(await suspended(gateway, path, said, headers));
  child.kill();
  for (const each of [upstream, koa, bytes, proxy]) each?.end();
  freeCores();
  await rm(dataDir, { recursive: true, force: true });
  return [...proxied, ...plain];
}

/** What makes the proxied call fast must not make a suspension late. */
async function suspended(gateway: string, path: string, said: Alive, headers: Record<string, string>): Promise<string> {
  const call = () => fetch(gateway + path, { headers }).then((answer) => answer.status);
  const before = await call();
  const patched = await fetch(`${gateway}/api/v1/admin/partners/${said.partner?.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${said.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'SUSPENDED' }),
  });
  return `The proxied call answers ${before}; the partner is suspended (${patched.status}); the next call answers ${await call()}.`;
}
