import { assurances, type InlayClientReport } from '../../../../shared/signing/ceremony.ts';
import { unprintable } from '../files/print.ts';
import type { Pass, Provenance } from '../records/envelope.ts';

/** What the platform sees of a call by itself. */
export interface Seen {
  readonly address: string | null;
  /** The trusted proxy that says the address. */
  readonly via?: string;
  readonly userAgent: string | null;
}

/**
 * How a signer was reached, never more than is known. With an embed token the partner's key vouches for the call, so its report of the
 * browser is taken as that, reported by its account; whoever holds a link vouches for nothing, and only what the platform sees counts.
 */
export function provenanceOf(call: { pass: Pass; seen: Seen; report: InlayClientReport | undefined }, account: string): Provenance {
  const { pass, seen, report } = call;
  const assurance = assuranceOf[pass.kind];
  if (pass.kind !== 'embed' || !report) return { ...seen, assurance, reportedBy: 'the platform', session: null };
  const { address, user_agent, session } = report;
  const via = plain(report.via ?? '');
  const from = { address: plain(address), ...(via !== null && { via }) };
  return { assurance, ...from, userAgent: plain(user_agent), reportedBy: account, session: plain(session) };
}

/** By the way in alone: a report may claim more, but a partner's key can vouch for no more than that the partner says so. */
const assuranceOf = { embed: 'partner-asserted', link: 'link-given-to-partner', mail: 'email-link' } as const;

/** How a signer was reached for several acts: as the least of them says. Of two that say the same, the first. */
export const leastOf = (first: Provenance | null, then: Provenance): Provenance =>
  first && assurances.indexOf(first.assurance) <= assurances.indexOf(then.assurance) ? first : then;

/** Records are printed: one line of whole characters, or nothing. */
const plain = (text: string): string | null =>
  text.toWellFormed().replace(new RegExp(unprintable, 'gu'), ' ').replace(/ +/g, ' ').trim() || null;
