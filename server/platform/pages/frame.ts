import type { Context } from 'koa';
import { type Html, html, page } from '../../http/answer/page.ts';

export const tick = html`<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m4.5 10.5 3.6 3.6 7.4-8.2"/></svg>`;

/** One page of the platform: a name on top, one column, no script. `wide` is for tables. */
export function show(ctx: Context, status: number, title: string, content: Html, wide = false): void {
  page(
    ctx,
    status,
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Inlay platform</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/platform.css">
</head>
<body>
<header class="top"><a href="/"><svg viewBox="0 0 26 26" aria-hidden="true"><rect width="26" height="26" rx="6"/><path d="M7 8.5h12v9H7zM10.5 8.5v9M10.5 13H19"/></svg>Inlay platform</a><span class="chip">Sandbox</span></header>
<main class="${wide ? 'wide' : 'narrow'}">
${content}
</main>
</body>
</html>
`,
  );
}

/** The mark in the browser's tab. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26" fill="none"><rect width="26" height="26" rx="6" fill="#2c6272"/><path d="M7 8.5h12v9H7zM10.5 8.5v9M10.5 13H19" stroke="#fff" stroke-width="1.6" stroke-linejoin="round"/></svg>';
