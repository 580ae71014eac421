import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { show } from './frame.ts';
import { noticePage } from './notice.ts';

/** Where the link of an invitation or a welcome mail leads. */
export function invitationPage(ctx: Context, facts: { vendor: string; company: string; email: string; token: string }): void {
  show(
    ctx,
    200,
    'Your invitation',
    html`<p class="ribbon"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7.25"/><path d="M10 9.4v4.2M10 6.4v.1"/></svg><span><b>Sandbox.</b> There is no password to choose here.</span></p>
<section class="card">
  <h1>Join ${facts.company}</h1>
  <p class="lead">You were made the owner of this organization at ${facts.vendor}.</p>
  <dl class="facts">
    <div><dt>Organization</dt><dd>${facts.company}</dd></div>
    <div><dt>Invited</dt><dd>${facts.email}</dd></div>
    <div><dt>Role</dt><dd>Owner</dd></div>
  </dl>
  <form method="post" action="/invitation">
    <input type="hidden" name="token" value="${facts.token}">
    <button type="submit">Accept the invitation</button>
  </form>
  <p class="foot">Accepting is noted. It changes nothing else: billing and templates go their own way.</p>
</section>`,
  );
}

export const invitationDonePage = (ctx: Context, company: string): void =>
  noticePage(ctx, 200, { title: 'Invitation accepted', text: `You belong to ${company} now. You can close this tab.`, done: true });
