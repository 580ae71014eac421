import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { hostedPage } from './hosted.ts';

/** Where vault tokens lead. */
export const vaultPage = (ctx: Context): void =>
  hostedPage(ctx, {
    name: 'vault',
    title: 'The vault',
    opening: html`<h1>Opening the record</h1><p>If nothing happens for a while, ask for a new link.</p>`,
    scriptless: 'Switch it on for this site, then open the link again.',
    // The copy is saved from an object URL, which no directive touches.
    allows: 'trusted-types lit-html',
  });
