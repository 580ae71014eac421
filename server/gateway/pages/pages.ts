import { type ProblemCode, problems } from '../../../shared/problem.ts';
import { type Html, html } from '../../http/answer/page.ts';

const frame = (title: string, body: Html): Html =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="stylesheet" href="/pages.css"></head><body><main>${body}</main></body></html>`;

/** What somebody sees who opens the gateway's address. */
export const landingPage = (): Html =>
  frame(
    'Inlay gateway',
    html`<h1>This is Inlay’s gateway</h1>
<p>Partners’ servers ask it for embed tokens, and <code>&lt;inlay-widget&gt;</code> in their pages talks to it.</p>
<dl><div><dt>The tag’s script</dt><dd><a href="/inlay.js"><code>/inlay.js</code></a></dd></div>
<div><dt>Keys that verify embed tokens</dt><dd><a href="/.well-known/jwks.json"><code>/.well-known/jwks.json</code></a></dd></div>
<div><dt>Where tokens come from</dt><dd><code>POST /embed/token</code></dd></div></dl>`,
  );

/** Where the `type` of a problem leads (RFC 9457 section 3.1.1). */
export const problemPage = (code: ProblemCode): Html => {
  const { status, title } = problems[code];
  return frame(
    code,
    html`<h1>${title}</h1><dl><div><dt>Code</dt><dd><code>${code}</code></dd></div><div><dt>HTTP status</dt><dd>${status}</dd></div></dl>
<p>The answer’s <code>detail</code> says more about the one call, <code>errors</code> names each fault by JSON Pointer, and <code>instance</code> is the reference to give when you ask for help.</p>`,
  );
};
