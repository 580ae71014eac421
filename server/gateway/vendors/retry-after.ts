import type { OutboundAnswer } from '../../outbound/call.ts';

/** Milliseconds to wait where an answer 429 asks for none. */
export const unsaidWait = 10_000;

/**
 * Milliseconds that an answer asks to wait (`Retry-After`, RFC 9110 section 10.2.3: seconds, or a date by the clock of the day), `most` at most.
 * Nothing where it does not ask, or in words that nobody reads.
 */
export function waitIn({ headers }: Pick<OutboundAnswer, 'headers'>, most: number): number | undefined {
  const said = headers['retry-after'];
  if (typeof said !== 'string') return undefined;
  if (/^\d{1,9}$/.test(said)) return Math.min(Number(said) * 1_000, most);
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - Date.now()), most);
}
