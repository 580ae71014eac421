import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a host page puts the tag in. `token` is written as the attribute; `fetches` gives the page a fetchToken that asks `/token`. */
export interface Placement {
  readonly token?: string;
  readonly fetches?: boolean;
  readonly attributes?: string;
  /** An origin that the page's policy lets it frame; none when left out. */
  readonly frames?: string;
  readonly dir?: 'ltr' | 'rtl';
  readonly lang?: string;
}

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
  const csp = `default-src 'none'; script-src ${gatewayUrl} 'self'; connect-src ${gatewayUrl} 'self'; worker-src blob:; require-trusted-types-for 'script'; style-src 'self'`;
  const files: Record<string, { type: string; body: string }> = {
    '/host.css': {
      type: 'text/css',
      body: ':root{color-scheme:light dark}body{margin:0;color:light-dark(#1c2526,#e6ecec);padding:12px;background:light-dark(#f3f5f4,#0c1011);font-family:system-ui,"Open Sans",sans-serif}h1{margin:0 0 12px;font-size:13px;font-weight:400}inlay-widget{--inlay-accent:#0f6b66}',
    },
    '/host.js': {
      type: 'text/javascript',
      body: "for(const tag of document.querySelectorAll('[data-fetches]'))tag.fetchToken=async()=>{const r=await fetch('/token');if(!r.ok)throw new Error('no token');return r.text()}",
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const file = files[pathname];
    if (file) return response.setHeader('content-type', file.type).end(file.body);
    if (pathname === '/token') {
      const token = await host.give().catch(() => undefined);
      response.statusCode = token ? 200 : 503;
      return response.end(token ?? '');
    }
    const placement = pages.get(pathname);
    if (!placement) return response.writeHead(404).end();
    const { token, fetches, attributes = '', frames, dir = 'ltr', lang = 'en' } = placement;
    const policy = frames ? `${csp}; frame-src ${frames}` : csp;
    response.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(
      `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>A partner's page</title><link rel="stylesheet" href="/host.css"><script type="module" src="${gatewayUrl}/inlay.js"></script><script type="module" src="/host.js"></script></head><body><main><h1>Set up your account</h1><inlay-widget ${token ? `token="${token}"` : ''} ${fetches ? 'data-fetches' : ''} ${attributes}></inlay-widget></main></body></html>`,
    );
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
