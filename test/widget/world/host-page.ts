/** How a host page puts the tag in. `token` is written as the attribute; `fetches` gives the page a fetchToken that asks `/token`. */
export interface Placement {
  readonly token?: string;
  readonly fetches?: boolean;
  readonly attributes?: string;
  /** An origin that the page's policy lets it frame; none when left out. */
  readonly frames?: string;
  readonly dir?: 'ltr' | 'rtl';
  readonly lang?: string;
  /** Paths of scripts of the page's own that run before any other. */
  readonly scripts?: readonly string[];
}

export interface Answer {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What lies beside the page, by path. */
export const hostFiles: Record<string, Answer> = {
  '/host.css': {
    headers: { 'content-type': 'text/css' },
    body: ':root{color-scheme:light dark}body{margin:0;color:light-dark(#1c2526,#e6ecec);padding:12px;background:light-dark(#f3f5f4,#0c1011);font-family:system-ui,"Open Sans",sans-serif}h1{margin:0 0 12px;font-size:13px;font-weight:400}inlay-widget{--inlay-accent:#0f6b66}',
  },
  '/host.js': {
    headers: { 'content-type': 'text/javascript' },
    body: "for(const tag of document.querySelectorAll('[data-fetches]'))tag.fetchToken=async()=>{const r=await fetch('/token');if(!r.ok)throw new Error('no token');return r.text()}",
  },
};

/** A page with the tag placed so, under the strictest policy that the element promises to run in. */
export function hostPage(
  gatewayUrl: string,
  { token, fetches, attributes = '', frames, dir = 'ltr', lang = 'en', scripts = [] }: Placement,
): Answer {
  const csp = `default-src 'none'; script-src ${gatewayUrl} 'self'; connect-src ${gatewayUrl} 'self'; worker-src blob:; require-trusted-types-for 'script'; style-src 'self'`;
  return {
    headers: { 'content-security-policy': frames ? `${csp}; frame-src ${frames}` : csp, 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>A partner's page</title><link rel="stylesheet" href="/host.css">${scripts.map((path) => `<script src="${path}"></script>`).join('')}<script type="module" src="${gatewayUrl}/inlay.js"></script><script type="module" src="/host.js"></script></head><body><main><h1>Set up your account</h1><inlay-widget ${token ? `token="${token}"` : ''} ${fetches ? 'data-fetches' : ''} ${attributes}></inlay-widget></main></body></html>`,
  };
}
