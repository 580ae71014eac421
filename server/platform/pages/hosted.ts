import type { Context } from 'koa';
import { type Html, html, page } from '../../http/answer/page.ts';

/** A page behind a link: its script reads the token out of the fragment, so the page itself is the same for everybody. */
export interface HostedPage {
  /** Its script, and the element the script fills. */
  readonly name: 'sign' | 'vault';
  readonly title: string;
  /** Shown until the script has something to show. */
  readonly opening: Html;
  /** What to do where there is no script. */
  readonly scriptless: string;
  /** What its policy allows beyond scripts, styles, pictures and calls of this server. */
  readonly allows: string;
}

/** Answers with such a page: everything comes from here, and no markup is made from strings. */
export function hostedPage(ctx: Context, { name, title, opening, scriptless, allows }: HostedPage): void {
  page(
    ctx,
    200,
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/platform.css">
<script type="module" src="/${name}.js"></script>
</head>
<body>
<div id="${name}"><main class="narrow"><section class="card notice">${opening}</section></main></div>
<noscript><main class="narrow"><section class="card notice"><h2>This page needs JavaScript</h2><p>${scriptless}</p></section></main></noscript>
</body>
</html>
`,
  );
  ctx.set('Content-Security-Policy', [...policy, allows].join('; '));
  ctx.set('X-Robots-Tag', 'noindex');
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];
