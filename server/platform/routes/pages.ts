import Router from '@koa/router';
import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { readCursor, writeCursor } from '../../http/answer/cursor.ts';
import { readBytes } from '../../http/body/input.ts';
import { byOwnName } from '../../http/own-name.ts';
import type { Links } from '../domain/notices/links.ts';
import type { PostedMail } from '../domain/records/mail.ts';
import type { Stores } from '../domain/records/stores.ts';
import type { Invitations } from '../domain/sandbox/invitations.ts';
import { magics } from '../domain/sandbox/magic.ts';
import type { Teams } from '../domain/sandbox/teams.ts';
import { checkoutDonePage, checkoutPage } from '../pages/checkout.ts';
import { icon } from '../pages/frame.ts';
import { invitationDonePage, invitationPage } from '../pages/invitation.ts';
import { landingPage } from '../pages/landing.ts';
import { noticePage } from '../pages/notice.ts';
import { mailPage, outboxPage } from '../pages/outbox.ts';

interface Domain {
  readonly teams: Teams;
  readonly invitations: Invitations;
  readonly mails: Stores['mails'];
  readonly links: Links;
}

const vendorNames = { scribeless: 'Scribeless', kelviq: 'Kelviq', loyva: 'Loyva', subscribr: 'Subscribr' } as const;

/** What people open in a browser. The outbox and the checkout are there in the demo only. */
export function pageRoutes(domain: Domain, set: { demo: boolean; host: string; style: string; now: () => number }): Router {
  const router = new Router({ sensitive: true });
  const shownMagics = Object.entries(magics).map(([name, { says, at }]) => ({
    name,
    says,
    at: at.map((dialect) => vendorNames[dialect]).join(', '),
  }));

  router.get('/', (ctx) => landingPage(ctx, { demo: set.demo, magics: shownMagics }));
  router.get('/platform.css', (ctx) => serve(ctx, 'text/css; charset=utf-8', set.style));
  router.get('/icon.svg', (ctx) => serve(ctx, 'image/svg+xml', icon));
  router.get('/templates', (ctx) =>
    noticePage(ctx, 200, {
      title: 'Templates',
      text: 'At the real vendor, this is where templates are designed. The sandbox has none to show.',
    }),
  );
  invitationRoutes(router, domain, set.now);
  if (!set.demo) return router;
  checkoutRoutes(router, domain, set.now);
  outboxRoutes(router, domain, set.host);
  return router;
}

function invitationRoutes(router: Router, { invitations }: Domain, now: () => number): void {
  router.get('/invitation', async (ctx) => {
    const token = queryOf(ctx, 'token');
    const { invitation, organization } = await invitations.get(token);
    if (invitation.acceptedAt !== null) return invitationDonePage(ctx, organization.name);
    const vendor = vendorNames[invitation.dialect];
    return invitationPage(ctx, { vendor, company: organization.name, email: invitation.email, token });
  });
  router.post('/invitation', async (ctx) => {
    const token = await formValue(ctx, 'token');
    await invitations.accept(token, now());
    seeOther(ctx, `/invitation?token=${encodeURIComponent(token)}`);
  });
}

function checkoutRoutes(router: Router, { teams }: Domain, now: () => number): void {
  router.get('/checkout', async (ctx) => {
    const secret = queryOf(ctx, 'sessionId');
    const { team, organization } = await teams.checkout(secret);
    if (organization.byInvoice || organization.billingAt !== null) return checkoutDonePage(ctx, team.name);
    return checkoutPage(ctx, { company: team.name, email: organization.ownerEmail, secret });
  });
  router.post('/checkout', async (ctx) => {
    const secret = await formValue(ctx, 'sessionId');
    await teams.setBilling(secret, now());
    seeOther(ctx, `/checkout?sessionId=${encodeURIComponent(secret)}`);
  });
}

function outboxRoutes(router: Router, { mails, links }: Domain, host: string): void {
  // Whoever reads a mail can sign with its link.
  router.use(['/outbox', '/outbox/:id'], byOwnName(host));
  router.get('/outbox', async (ctx) => {
    const { items, next } = await mails.list(100, readCursor(queryOf(ctx, 'cursor') || undefined, ['number', 'string']));
    outboxPage(ctx, items.map(shown), writeCursor(next));
  });
  router.get('/outbox/:id', async (ctx) => {
    const posted = await mails.get(ctx.params.id ?? '');
    if (!posted) throw new Failure('not-found');
    const { opening, closing, link } = posted.mail;
    mailPage(ctx, shown(posted), { opening, link: link && links.urlOf(link), closing });
  });
}

const shown = ({ mail, deliveredAt }: PostedMail) => ({ ...mail, delivered: deliveredAt !== null });

const queryOf = (ctx: Context, name: string): string => new URLSearchParams(ctx.querystring).get(name) ?? '';

async function formValue(ctx: Context, name: string): Promise<string> {
  if (!ctx.is('application/x-www-form-urlencoded')) throw new Failure('media-type-refused', 'Send the form of this page.');
  return new URLSearchParams((await readBytes(ctx, 4096)).toString('utf8')).get(name) ?? '';
}

/** A form answered by a redirect can be reloaded without sending it again. */
function seeOther(ctx: Context, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}

function serve(ctx: Context, type: string, text: string): void {
  ctx.type = type;
  ctx.set('Cache-Control', 'no-cache');
  ctx.body = text;
}
