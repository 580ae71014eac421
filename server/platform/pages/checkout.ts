import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { show } from './frame.ts';
import { noticePage } from './notice.ts';

/** The demo checkout: who would pay whom, and one button. */
export function checkoutPage(ctx: Context, facts: { company: string; email: string; secret: string }): void {
  show(
    ctx,
    200,
    'Set up payment',
    html`<p class="ribbon"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7.25"/><path d="M10 9.4v4.2M10 6.4v.1"/></svg><span><b>Demo checkout.</b> No card is asked for, nothing is paid.</span></p>
<section class="card">
  <h1>Set up payment</h1>
  <p class="lead">Scribeless asks for this before ${facts.company} can send campaigns.</p>
  <dl class="facts">
    <div><dt>Paid to</dt><dd>Scribeless</dd></div>
    <div><dt>Paid by</dt><dd>${facts.company}</dd></div>
    <div><dt>Account owner</dt><dd>${facts.email}</dd></div>
    <div><dt>For</dt><dd>Handwritten mail, pay as you send</dd></div>
    <div><dt>Due today</dt><dd>Nothing</dd></div>
  </dl>
  <form method="post" action="/checkout">
    <input type="hidden" name="sessionId" value="${facts.secret}">
    <button type="submit">Set up payment</button>
  </form>
  <p class="foot">The real vendor would take payment details here. Nothing you do on this page reaches a bank.</p>
</section>`,
  );
}

export const checkoutDonePage = (ctx: Context, company: string): void =>
  noticePage(ctx, 200, {
    title: 'Payment is set up',
    text: `Scribeless can invoice ${company} for what it sends. You can close this tab; the page you came from notices by itself.`,
    done: true,
  });
