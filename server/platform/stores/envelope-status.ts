import { type ExpressionBuilder, sql } from 'kysely';
import type { EnvelopeStatus } from '../../../shared/vendors/loyva.ts';
import { type EnvelopeState, moves } from '../domain/envelope.ts';
import type { Tables } from './schema.ts';

/**
 * Rows that the vendor API calls by this name at this instant, as `statusOf` does: an envelope being sealed is still `viewed` there, a
 * destroyed one still `released`, and what is past its time has expired, or is vaulted again, before that is written down.
 */
export const isSaid = (status: EnvelopeStatus, at: number) => (e: ExpressionBuilder<Tables, 'envelopes'>) => {
  const inStates = (states: readonly EnvelopeState[]) => e('state', 'in', states);
  const overdue = e.and([inStates(expiring), e('expires_at', '<=', at)]);
  const lapsed = e.and([inStates(['released']), e(sql<number>`json_extract(release, '$.acknowledgeBy')`, '<=', at)]);
  const states = inStates([status, ...(unsaid[status] ?? [])]);
  if (status === 'expired') return e.or([states, overdue]);
  if (status === 'vaulted') return e.or([states, lapsed]);
  if (status === 'released') return e.and([states, e.not(lapsed)]);
  // Without a time to expire at the comparison is null, which is not true, and neither is its opposite.
  return e.and([states, e.or([e('state', 'not in', expiring), e('expires_at', 'is', null), e('expires_at', '>', at)])]);
};

const unsaid: Readonly<Partial<Record<EnvelopeStatus, readonly EnvelopeState[]>>> = { viewed: ['finishing'], released: ['destroyed'] };
const expiring = (Object.keys(moves) as EnvelopeState[]).filter((state) => moves[state].includes('expired'));
