import type { Context } from 'koa';
import { html } from '../../http/answer/page.ts';
import { show } from './frame.ts';

const calls = [
  ['Scribeless', 'POST', '/api/partner/teams', 'Open a team for a customer'],
  ['Scribeless', 'GET', '/api/account/status', 'How far the team is'],
  ['Kelviq', 'POST', '/api/v1/partner/organizations/', 'Open an organization for a customer'],
  ['Kelviq', 'GET', '/api/v1/partner/organizations/', 'All of a partner’s, or one by ?external_id='],
  ['Kelviq', 'GET', '/api/v1/partner/organizations/{identifier}/', 'One of them'],
  ['Kelviq', 'GET', '/api/v1/partner/organizations/by-external-id/{externalId}/', 'One of them, by the partner’s own id'],
  ['Subscribr', 'GET', '/api/v1/team', 'The team, its subscription and the caller’s role'],
  ['Subscribr', 'GET', '/api/v1/team/credits', 'What is left of the month’s credits'],
  ['Subscribr', 'GET', '/api/v1/team/tokens', 'The caller’s tokens; POST makes one'],
  ['Subscribr', 'DELETE', '/api/v1/team/tokens/{id}', 'Delete a token'],
  ['Loyva', 'POST', '/api/v2/partner/envelopes', 'Send a document to be signed'],
  ['Loyva', 'GET', '/api/v2/partner/envelopes', 'All of a partner’s, newest first'],
  ['Loyva', 'GET', '/api/v2/partner/envelopes/{id}', 'One of them; …/status is shorter'],
  ['Loyva', 'GET', '/api/v2/partner/envelopes/{id}/signing-links', 'New links to the signing page'],
  ['Loyva', 'POST', '/api/v2/partner/envelopes/{id}/void', 'Withdraw it'],
  ['Loyva', 'POST', '/api/v2/partner/envelopes/{id}/vault-in-signed', 'Take what is signed and sealed into the vault'],
  ['Loyva', 'GET', '/api/v2/partner/envelopes/{id}/vault/signed-url', 'An address of the sealed file; …/vault/copy/signed-url of its copy'],
  ['Loyva', 'POST', '/api/v2/embed/token', 'A token for one signer of one envelope'],
] as const;

/** What this server is, for whoever opens its address. */
export function landingPage(ctx: Context, shown: { demo: boolean; magics: readonly { name: string; says: string; at: string }[] }): void {
  const outbox = shown.demo ? html`<p class="actions"><a class="button" href="/outbox">Read the mail it wrote</a></p>` : '';
  show(
    ctx,
    200,
    'Vendor sandbox',
    html`<h1>The vendors, on your machine</h1>
<p class="lead">This server speaks the partner APIs of Scribeless, Kelviq, Subscribr and Loyva: same paths, headers, answers and errors, with its own accounts and database. It is our own implementation, not run or endorsed by any of them. To use the real vendor, change the address and the key.</p>
${outbox}
<h2>What it answers</h2>
<ul class="calls card">${calls.map(
      ([vendor, method, path, says]) =>
        html`<li><span class="vendor">${vendor}</span><code><b>${method}</b> ${path}</code><span>${says}</span></li>`,
    )}</ul>
<p class="foot">Whoever checks a sealed file needs the certificate it leads to: <a href="/authority.pem"><code>/authority.pem</code></a>.</p>
<h2>Sandbox magic</h2>
<p>What follows the <code>+</code> in the owner’s e-mail decides, as in <code>ada+slow@example.com</code>.</p>
<ul class="magics card">${shown.magics.map(
      ({ name, says, at }) => html`<li><code>+${name}</code><span>${says}</span><span class="vendor">${at}</span></li>`,
    )}</ul>`,
    true,
  );
}
