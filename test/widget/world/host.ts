import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostFiles, hostPage, type Placement } from './host-page.ts';

export type { Placement } from './host-page.ts';

export interface Host {
  readonly origin: string;
  /** What `/token` answers with, asked anew each time. */
  give: () => Promise<string>;
  /** The address of a page with the tag placed so. */
  page(placement: Placement): string;
  close(): void;
}

/** A partner's page on an origin of its own, under the strictest policy that the element promises to run in. */
export async function startHost(gatewayUrl: string): Promise<Host> {
  const pages = new Map<string, Placement>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/token') {
      const token = await host.give().catch(() => undefined);
      response.statusCode = token ? 200 : 503;
      return response.end(token ?? '');
    }
    const placement = pages.get(pathname);
    const answer = placement ? hostPage(gatewayUrl, placement) : hostFiles[pathname];
    return answer ? response.writeHead(200, answer.headers).end(answer.body) : response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host: Host = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    give: () => Promise.reject(new Error('no token')),
    page(placement) {
      const path = `/${pages.size}`;
      pages.set(path, placement);
      return host.origin + path;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return host;
}
