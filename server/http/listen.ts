import type { Server } from 'node:http';
import type Koa from 'koa';
import { type Pace, usualPace, watchPace } from './pace.ts';

// An import would ask for every name that the module has, and some of those load the fetch that Node brings: a sixth of the start.
const { createServer } = process.getBuiltinModule('node:http');

/** A listening server. `close` stops accepting at once, lets calls in flight finish for `grace` milliseconds, then ends them. */
export interface Listening {
  readonly port: number;
  close(grace?: number): Promise<void>;
}

/** Serves the app with limits on how slowly a caller may speak and listen, and how much it may say in headers. A body has longer than the longest deadline of a call passed on. */
export async function listen(app: Koa, port: number, host: string, pace: Pace = usualPace): Promise<Listening> {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 150_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
    app.callback(),
  );
  const endWatch = watchPace(server, pace);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { port: portOf(server), close: (grace = 3_000) => closeServer(server, grace).finally(endWatch) };
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
