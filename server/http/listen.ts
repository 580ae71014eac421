import { createServer, type Server } from 'node:http';
import type Koa from 'koa';

/** A listening server. `close` stops accepting at once, lets calls in flight finish for `grace` milliseconds, then ends them. */
export interface Listening {
  readonly port: number;
  close(grace?: number): Promise<void>;
}

/** Serves the app with limits on how slowly a caller may speak and how much it may say in headers. A body has longer than the longest deadline of a call passed on. */
export async function listen(app: Koa, port: number, host: string): Promise<Listening> {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 150_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
    app.callback(),
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { port: portOf(server), close: (grace = 3_000) => closeServer(server, grace) };
}

const portOf = (server: Server): number => {
  const address = server.address();
  return address && typeof address === 'object' ? address.port : 0;
};

async function closeServer(server: Server, grace: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), grace);
  await closed;
  clearTimeout(timer);
}
