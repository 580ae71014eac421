import type { Context } from 'koa';
import { html, page } from '../../http/page.ts';

/** pdf.js runs in a worker made from a blob; everything else comes from here, and no markup is made from strings. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  'worker-src blob:',
  "style-src 'self'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Where signing links lead. It is the same for everybody: the token is in the fragment, which only the script reads. */
export function signPage(ctx: Context): void {
  page(
    ctx,
    200,
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign a document</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/platform.css">
<script type="module" src="/sign.js"></script>
</head>
<body>
<div id="sign"><main class="narrow"><section class="card notice"><h1>Opening the document</h1><p>If nothing happens for a while, load this page again.</p></section></main></div>
<noscript><main class="narrow"><section class="card notice"><h2>This page needs JavaScript</h2><p>Switch it on for this site, then load the page again. You can also ask whoever sent you the document for a paper copy.</p></section></main></noscript>
</body>
</html>
`,
  );
  ctx.set('Content-Security-Policy', policy);
  ctx.set('X-Robots-Tag', 'noindex');
}
