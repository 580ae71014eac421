import type { Context } from 'koa';
import { html, page } from '../../http/page.ts';

/** Everything comes from here, and no markup is made from strings; the copy is saved from an object URL, which this policy does not touch. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Where vault tokens lead. It is the same for everybody: the token is in the fragment, which only the script reads. */
export function vaultPage(ctx: Context): void {
  page(
    ctx,
    200,
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>The vault</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/platform.css">
<script type="module" src="/vault.js"></script>
</head>
<body>
<div id="vault"><main class="narrow"><section class="card notice"><h1>Opening the record</h1><p>If nothing happens for a while, ask for a new link.</p></section></main></div>
<noscript><main class="narrow"><section class="card notice"><h2>This page needs JavaScript</h2><p>Switch it on for this site, then open the link again.</p></section></main></noscript>
</body>
</html>
`,
  );
  ctx.set('Content-Security-Policy', policy);
  ctx.set('X-Robots-Tag', 'noindex');
}
