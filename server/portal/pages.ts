import type { RunStatus, SignState } from '../../shared/onboarding/onboarding.ts';
import { GatewayError, type RunSummary } from '../../shared/partner.ts';
import type { Customer } from './customers.ts';
import { escapeHtml, icon, page, type Shown } from './frame.ts';
import { pressed, type Standstill, standstills, type Way } from './standing.ts';

/** The word on the badge, and what it means for Harbor Leasing. */
const states: Record<RunStatus, { word: string; tone: string; means: string }> = {
  new: { word: 'Not started', tone: 'plain', means: 'The customer has not begun' },
  in_progress: { word: 'In progress', tone: 'now', means: 'The customer is filling in, or accounts are being opened' },
  unknown: { word: 'Needs a look', tone: 'warn', means: 'A vendor’s answer got lost; check before asking again' },
  waiting_billing: { word: 'Waiting for billing', tone: 'now', means: 'The customer has to set up payment' },
  refused: { word: 'Refused', tone: 'warn', means: 'A vendor will not do it: mend what it says, and ask again' },
  declined: { word: 'Declined', tone: 'warn', means: 'The customer does not sign the agreement' },
  done: { word: 'Done', tone: 'good', means: 'Everything is set up' },
};
const notKnown = { word: 'State not known', tone: 'plain', means: 'Inlay does not tell it just now' };
const vendors = { kelviq: 'Kelviq', scribeless: 'Scribeless' } as const;
const agreementWords: Record<SignState, string> = {
  todo: 'not sent yet',
  preparing: 'being prepared',
  unknown: 'not known',
  refused: 'cannot be filled in',
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
<thead><tr><th scope="col">Customer</th><th scope="col">Country</th><th scope="col">Onboarding</th><th scope="col">Agreement</th><th scope="col">Accounts</th><th scope="col">Last change</th></tr></thead>
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
  const changed = run
    ? `<time datetime="${escapeHtml(run.updated_at)}">${moment.format(new Date(run.updated_at))} UTC</time>`
    : none(isDown);
  const person = customer.email ? `${customer.first_name} ${customer.last_name}` : 'No details yet';
  return `<tr>
<th scope="row"><a href="/customers/${encodeURIComponent(customer.external_id)}">${escapeHtml(customer.company_name ?? 'New customer')}</a><span>${escapeHtml(customer.external_id)} · ${escapeHtml(person)}</span><span>${escapeHtml(customer.email ?? '')}</span></th>
<td data-label="Country">${customer.country ? escapeHtml(regions.of(customer.country) ?? customer.country) : '<span class="none">Not given</span>'}</td>
<td data-label="Onboarding"><span class="badge ${state.tone}">${state.word}</span>${means(run) ?? `<span class="means">${state.means}</span>`}</td>
<td data-label="Agreement">${agreement(customer.external_id, run) ?? none(isDown)}</td>
<td data-label="Accounts">${accounts ? `<ul>${accounts}</ul>` : none(isDown)}</td>
<td data-label="Last change">${changed}</td>
</tr>`;
}

/** Of what stands still, what was said to it. */
function means(run: RunSummary | undefined): string | undefined {
  const [first, ...others] = run ? standstills(run) : [];
  if (!first?.said) return undefined;
  const more = others.length > 0 ? ` And ${others.length} more.` : '';
  return `<span class="means">${first.title}: <q>${escapeHtml(first.said)}</q>${more}</span>`;
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
  if (of('refused')) parts.push(`${of('refused')} refused`);
  if (of('waiting_billing')) parts.push(`${of('waiting_billing')} waiting for billing`);
  if (of('declined')) parts.push(`${of('declined')} declined`);
  parts.push(`${of('done')} done`);
  return parts.join(' · ');
}

/** What came of a press of one of the buttons: which one, or Inlay's sentence against it. */
export type Outcome = keyof typeof pressed | GatewayError | undefined;

/** One customer's onboarding: what stands still and the ways on, the one tag, its script, and where its tokens come from. */
export function customerPage(
  shown: Shown,
  id: string,
  customer: Customer | undefined,
  run: RunSummary | undefined,
  outcome?: Outcome,
): string {
  const still = run ? standstills(run).map((each) => standstill(id, each)) : [];
  return page(
    shown,
    customer?.company_name ?? 'New customer',
    `<div class="crumb"><a href="/">Customers</a> / <h1>${escapeHtml(customer?.company_name ?? 'New customer')}</h1></div>
${outcome === undefined ? '' : outcomeView(id, outcome)}
${still.join('')}
<inlay-widget data-customer="${escapeHtml(id)}"><p class="late">The set-up cannot be shown just now: Inlay does not answer. Nothing is lost. Load the page again in a minute.</p></inlay-widget>
<script type="module" src="/portal.js"></script>
<script type="module" src="${escapeHtml(shown.gatewayUrl)}/inlay.js"></script>`,
  );
}

function outcomeView(id: string, outcome: NonNullable<Outcome>): string {
  const look = `<a href="/customers/${encodeURIComponent(id)}">See how it stands now</a>`;
  return outcome instanceof GatewayError
    ? `<div class="notice" role="alert">${icon('alert')}<p><b>${outcome.status >= 400 && outcome.status < 500 ? 'Inlay did not do it.' : 'Nobody knows whether it was done.'}</b> ${escapeHtml(outcome.message)} ${look}</p></div>`
    : `<div class="notice good" role="status">${icon('done')}<p>${pressed[outcome]} ${look}</p></div>`;
}

const standstill = (id: string, { title, said, helps, ways }: Standstill): string =>
  `<section class="still">${icon('alert')}<div><h2>${title}</h2>
${said ? `<blockquote>${escapeHtml(said)}</blockquote>` : ''}
<p><b>Who can help</b> ${helps}</p>
<div class="ways">${ways.map((way) => wayView(id, way)).join('')}</div></div></section>`;

/** A form with a key of its own: pressed twice, or sent again by the browser, it does it once. */
const wayView = (id: string, { call, word, ...body }: Way): string =>
  `<form method="post" action="/customers/${encodeURIComponent(id)}/${call}">${Object.entries({ ...body, key: crypto.randomUUID() })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('')}<button type="submit">${word}</button></form>`;

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
