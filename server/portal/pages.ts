import type { RunStatus, SignState } from '../../shared/onboarding.ts';
import type { RunSummary } from '../../shared/partner.ts';
import type { Customer } from './customers.ts';

export interface Shown {
  readonly gatewayUrl: string;
  readonly platformUrl: string | undefined;
  readonly user: { readonly name: string; readonly initials: string };
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The word on the badge, and what it means for Harbor Leasing. */
const states: Record<RunStatus, { word: string; tone: string; means: string }> = {
  new: { word: 'Not started', tone: 'plain', means: 'The customer has not begun' },
  in_progress: { word: 'In progress', tone: 'now', means: 'The customer is filling in, or accounts are being opened' },
  unknown: { word: 'Needs a look', tone: 'warn', means: 'A vendor’s answer got lost; check before asking again' },
  waiting_billing: { word: 'Waiting for billing', tone: 'now', means: 'The customer has to set up payment' },
  declined: { word: 'Declined', tone: 'warn', means: 'The customer does not sign the agreement' },
  done: { word: 'Done', tone: 'good', means: 'Everything is set up' },
};
const notKnown = { word: 'State not known', tone: 'plain', means: 'Inlay does not tell it just now' };
const vendors = { kelviq: 'Kelviq', scribeless: 'Scribeless' } as const;
const agreementWords: Record<SignState, string> = {
  todo: 'not sent yet',
  preparing: 'being prepared',
  unknown: 'not known',
  open: 'waits to be signed',
  waiting: 'one more has to sign',
  finishing: 'being sealed',
  signed: 'signed',
  declined: 'declined',
  voided: 'voided',
  expired: 'expired',
};
const accountWords = {
  planned: 'not opened yet',
  asking: 'being opened',
  opened: 'being prepared',
  ready: 'ready',
  refused: 'refused',
  unknown: 'not known',
} as const;

/** Every customer with its live state; those that Inlay knows and the portal does not come first, as they are the newest. */
export function listPage(shown: Shown, customers: readonly Customer[], runs: readonly RunSummary[] | Error): string {
  const known = new Map(runs instanceof Error ? [] : runs.map((run) => [run.external_id, run]));
  const ours = new Set(customers.map((customer) => customer.external_id));
  const added = [...known.keys()].filter((id) => !ours.has(id)).map((external_id) => ({ external_id }));
  const listed: readonly Listed[] = [...added, ...customers];
  const rows = listed.map((customer) => row(customer, known.get(customer.external_id), runs instanceof Error));
  const down =
    runs instanceof Error
      ? `<div class="notice" role="status">${icon('alert')}<p><b>The states cannot be shown just now.</b> ${escapeHtml(runs.message.replace(/\.?$/, '.'))} Listed are the customers of our own records; nothing is lost. <a href="/">Try again</a></p></div>`
      : '';
  return page(
    shown,
    'Customers',
    `<div class="head"><div><h1>Customers</h1><p>${summary(listed.length, runs)}</p></div>
<form method="post" action="/customers"><button type="submit">${icon('plus')}Onboard customer</button></form></div>
${down}
<div class="sheet"><table>
<thead><tr><th scope="col">Customer</th><th scope="col">Country</th><th scope="col">Onboarding</th><th scope="col">Agreement</th><th scope="col">Accounts</th><th scope="col">Last change (UTC)</th></tr></thead>
<tbody>${rows.join('')}</tbody>
</table></div>`,
  );
}

type Listed = Pick<Customer, 'external_id'> & Partial<Customer>;

const regions = new Intl.DisplayNames('en', { type: 'region' });
const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

function row(customer: Listed, run: RunSummary | undefined, isDown: boolean): string {
  const state = isDown ? notKnown : states[run?.status ?? 'new'];
  const accounts = run?.accounts.map(({ vendor, state }) => `<li>${vendors[vendor]} <span>${accountWords[state]}</span></li>`).join('');
  const changed = run ? `<time datetime="${escapeHtml(run.updated_at)}">${moment.format(new Date(run.updated_at))}</time>` : none(isDown);
  const person = customer.email ? `${customer.first_name} ${customer.last_name}` : 'No details yet';
  return `<tr>
<th scope="row"><a href="/customers/${encodeURIComponent(customer.external_id)}">${escapeHtml(customer.company_name ?? 'New customer')}</a><span>${escapeHtml(customer.external_id)} · ${escapeHtml(person)}</span><span>${escapeHtml(customer.email ?? '')}</span></th>
<td data-label="Country">${customer.country ? escapeHtml(regions.of(customer.country) ?? customer.country) : '<span class="none">Not given</span>'}</td>
<td data-label="Onboarding"><span class="badge ${state.tone}">${state.word}</span><span class="means">${state.means}</span></td>
<td data-label="Agreement">${agreement(customer.external_id, run) ?? none(isDown)}</td>
<td data-label="Accounts">${accounts ? `<ul>${accounts}</ul>` : none(isDown)}</td>
<td data-label="Last change">${changed}</td>
</tr>`;
}

/** How far the agreement is; once it is signed, the sealed file and the copy that is marked as one. */
function agreement(id: string, run: RunSummary | undefined): string | undefined {
  if (!run?.sign) return undefined;
  const { state } = run.sign;
  const file = (kind: string, word: string) => `<li><a href="/customers/${encodeURIComponent(id)}/${kind}">${word}</a></li>`;
  const files = state === 'signed' ? `<ul>${file('sealed', 'Sealed file')}${file('copy', 'Copy')}</ul>` : '';
  return `<span>${agreementWords[state]}</span>${files}`;
}

const none = (isDown: boolean): string => `<span class="none">${isDown ? 'Not known' : 'None yet'}</span>`;

function summary(count: number, runs: readonly RunSummary[] | Error): string {
  const parts = [`${count} customers`];
  if (runs instanceof Error) return parts.join('');
  const of = (status: RunStatus) => runs.filter((run) => run.status === status).length;
  if (of('unknown')) parts.push(`${of('unknown')} ${of('unknown') === 1 ? 'needs' : 'need'} a look`);
  if (of('waiting_billing')) parts.push(`${of('waiting_billing')} waiting for billing`);
  if (of('declined')) parts.push(`${of('declined')} declined`);
  parts.push(`${of('done')} done`);
  return parts.join(' · ');
}

/** One customer's onboarding: the one tag, its script, and where its tokens come from. */
export const customerPage = (shown: Shown, id: string, customer: Customer | undefined): string =>
  page(
    shown,
    customer?.company_name ?? 'New customer',
    `<div class="crumb"><a href="/">Customers</a> / <h1>${escapeHtml(customer?.company_name ?? 'New customer')}</h1></div>
<inlay-widget data-customer="${escapeHtml(id)}"><p class="late">The set-up cannot be shown just now: Inlay does not answer. Nothing is lost. Load the page again in a minute.</p></inlay-widget>
<script type="module" src="/portal.js"></script>
<script type="module" src="${escapeHtml(shown.gatewayUrl)}/inlay.js"></script>`,
  );

export const notYetPage = (shown: Shown): string =>
  page(
    shown,
    'Not there yet',
    `<div class="head"><div><h1>The file is not in the vault yet</h1><p>It is put there when everybody has signed; that takes a moment. <a href="/">All customers</a></p></div></div>`,
  );

export const missingPage = (shown: Shown): string =>
  page(
    shown,
    'Not found',
    `<div class="head"><div><h1>There is nothing here</h1><p>The address is not complete, or the customer is not one of ours. <a href="/">All customers</a></p></div></div>`,
  );

const icons = {
  people:
    'M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16c.4-2.6 2.4-4 5-4s4.6 1.4 5 4M13 4.2a2.8 2.8 0 0 1 0 5.2M14.4 12.2c1.8.5 2.9 1.8 3.1 3.8',
  mail: 'M3 5h14v10H3zM3.4 5.6 10 10.8l6.6-5.2',
  box: 'M3.5 6.5 10 3l6.5 3.5v7L10 17l-6.5-3.5zM3.5 6.5 10 10l6.5-3.5M10 10v7',
  plus: 'M10 4v12M4 10h12',
  alert: 'M10 2.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5zM10 6.2v4.6M10 13.6v.1',
} as const;
const icon = (name: keyof typeof icons): string =>
  `<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="${icons[name]}"/></svg>`;

function page(shown: Shown, title: string, main: string): string {
  const demo = shown.platformUrl
    ? `<p>Demo</p><ul>${navItem(`${shown.platformUrl}/outbox`, 'mail', 'Mail outbox')}${navItem(shown.platformUrl, 'box', 'Vendor sandbox')}</ul>`
    : '';
  const current = title === 'Customers' ? ' aria-current="page"' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Harbor Leasing</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/portal.css">
</head>
<body>
<header class="top">
<a class="brand" href="/"><svg viewBox="0 0 26 26" fill="none" aria-hidden="true"><rect width="26" height="26" rx="6" fill="#cfe5df"/><path d="M5 17.5c2 0 2-1.5 4-1.5s2 1.5 4 1.5 2-1.5 4-1.5 2 1.5 4 1.5M13 13V6.5l5.5 6.5z" stroke="#12302f" stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/></svg>Harbor Leasing</a>
<div class="user"><b>${escapeHtml(shown.user.name)}</b><span aria-hidden="true">${escapeHtml(shown.user.initials)}</span></div>
</header>
<div class="body">
<nav aria-label="Portal"><ul><li><a href="/"${current}>${icon('people')}Customers</a></li></ul>${demo}</nav>
<main>
${main}
</main>
</div>
</body>
</html>
`;
}

const navItem = (address: string, name: keyof typeof icons, word: string): string =>
  `<li><a href="${escapeHtml(address)}">${icon(name)}${word}</a></li>`;
