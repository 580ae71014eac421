import type { Context } from 'koa';
import { type Html, html } from '../../http/answer/page.ts';
import { show } from './frame.ts';

export interface ShownMail {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly delivered: boolean;
}

/** Mails that the platform wrote, newest first; `older` is the cursor of those after them. */
export function outboxPage(ctx: Context, mails: readonly ShownMail[], older: string | undefined): void {
  const rows = mails.map(
    (mail) =>
      html`<li><a href="/outbox/${mail.id}"><b>${mail.subject}</b><span>${mail.to}</span><span class="aside"><time>${when(mail.at)}</time>${state(mail)}</span></a></li>`,
  );
  const list = rows.length
    ? html`<ul class="mails card">${rows}</ul>`
    : html`<section class="card notice"><h2>No mail yet</h2><p>Invitations, welcome mails and requests to sign appear here as soon as they are written.</p></section>`;
  const more = older === undefined ? '' : html`<p class="crumb"><a href="/outbox?cursor=${older}">Older mail</a></p>`;
  show(
    ctx,
    200,
    'Outbox',
    html`<h1>Outbox</h1><p class="lead">Mail that the sandbox wrote. Nothing here leaves this machine unless an SMTP server is set.</p>${list}${more}`,
    true,
  );
}

/** One mail, as text. The link in it works. */
export function mailPage(ctx: Context, mail: ShownMail, text: { opening: string; link: string | null; closing: string }): void {
  const link = text.link === null ? '' : html`<a href="${text.link}">${text.link}</a>\n\n`;
  show(
    ctx,
    200,
    mail.subject,
    html`<p class="crumb"><a href="/outbox">Outbox</a></p>
<article class="card">
  <h1>${mail.subject}</h1>
  <dl class="facts">
    <div><dt>From</dt><dd>${mail.from}</dd></div>
    <div><dt>To</dt><dd>${mail.to}</dd></div>
    <div><dt>Written</dt><dd><time>${when(mail.at)}</time></dd></div>
    <div><dt>State</dt><dd>${state(mail)}</dd></div>
  </dl>
  <div class="letter">${text.opening}

${link}${text.closing}</div>
</article>`,
    true,
  );
}

const state = (mail: ShownMail): Html =>
  mail.delivered ? html`<span class="chip good">Sent</span>` : html`<span class="chip">Waiting</span>`;

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const when = (at: number): string => `${format.format(at)} UTC`;
