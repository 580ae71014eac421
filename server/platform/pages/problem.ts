import type { Context } from 'koa';
import { type ProblemCode, problems } from '../../../shared/problem.ts';
import { html } from '../../http/answer/page.ts';
import { show } from './frame.ts';

/** Where the `type` of a problem leads (RFC 9457 section 3.1.1). */
export function problemPage(ctx: Context, code: ProblemCode): void {
  const { status, title } = problems[code];
  show(
    ctx,
    200,
    code,
    html`<section class="card"><h1>${title}</h1>
<dl class="facts"><div><dt>Code</dt><dd><code>${code}</code></dd></div><div><dt>HTTP status</dt><dd>${status}</dd></div></dl>
<p class="foot">The answer’s <code>detail</code> says more about the one call, and <code>errors</code> names each fault by JSON Pointer.</p></section>`,
  );
}
