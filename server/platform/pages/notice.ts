import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { show, tick } from './frame.ts';

/** A page that says one thing. `done` puts a tick above it. */
export function noticePage(ctx: Context, status: number, notice: { title: string; text: string; done?: boolean }): void {
  const mark = notice.done ? html`<span class="seal">${tick}</span>` : '';
  show(ctx, status, notice.title, html`<section class="card notice">${mark}<h1>${notice.title}</h1><p>${notice.text}</p></section>`);
}
