import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { Pool } from 'undici';

/** The plain programs that ours is measured against; one in each process. */
const [kind = '', target = ''] = process.argv.slice(2);

/** A vendor's answer of 2 KB. */
const status = JSON.stringify({
  success: true,
  teamId: 'team_0123456789abcdefghjkmnpq',
  templatesReady: true,
  billByInvoice: false,
  canCreateCampaigns: true,
  templates: Array.from({ length: 17 }, (_, i) => ({
    id: `tmpl_${String(i).padStart(24, '0')}`,
    name: `A template by the name of ${i}`,
    ready: true,
  })),
}).padEnd(2048);

function bareKoa(): RequestListener {
  const app = new Koa();
  app.use((ctx) => {
    ctx.body = { ok: true };
  });
  return app.callback();
}

function koaProxy(): RequestListener {
  const pool = new Pool(target, { connections: 64, pipelining: 1 });
  const app = new Koa();
  app.use(async (ctx) => {
    const answer = await pool.request({
      path: ctx.url,
      method: 'GET',
      headers: { accept: 'application/json', 'x-api-key': ctx.get('X-API-Key') },
    });
    ctx.status = answer.statusCode;
    ctx.type = String(answer.headers['content-type']);
    ctx.body = Buffer.from(await answer.body.arrayBuffer());
  });
  return app.callback();
}

/** Answers every call with these bytes. */
const bytes =
  (body: Buffer): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
    response.end(body);
  };

/** Reads what it is sent to the end, and answers shortly. */
const sink: RequestListener = (request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}'));
};

const kinds: Record<string, () => RequestListener> = {
  upstream: () => bytes(Buffer.from(status)),
  bytes: () => bytes(Buffer.from(target, 'base64url')),
  koa: bareKoa,
  sink: () => sink,
  'koa-proxy': koaProxy,
};
const listener = kinds[kind]?.();
if (!listener) throw new Error(`There is no yardstick ${kind}.`);
process.on('disconnect', () => process.exit());
const server = createServer(listener).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
