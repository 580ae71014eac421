import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { hostedPage } from './hosted.ts';

/** Where signing links lead. */
export const signPage = (ctx: Context): void =>
  hostedPage(ctx, {
    name: 'sign',
    title: 'Sign a document',
    opening: html`<h1>Opening the document</h1><p>If nothing happens for a while, load this page again.</p>`,
    scriptless: 'Switch it on for this site, then load the page again. You can also ask whoever sent you the document for a paper copy.',
    // pdf.js runs in a worker made from a blob.
    allows: 'worker-src blob:',
  });
