import { backoff, longestBackoff } from './backoff.ts';
import type { Edges, Keep, RunRow, SigningRow, Stores } from './ports.ts';
import { refreshRun } from './run-progress.ts';
import type { Standing } from './signing-vendor.ts';

/**
 * Milliseconds after a request for an envelope in which the vendor may still be at it: longer than the request itself is waited for. Until
 * then an envelope that is not found is looked for again, and not asked for.
 */
const settling = 90_000;
export const isSettling = ({ asked_at }: SigningRow, at: number): boolean => at < (asked_at ?? 0) + settling;

/** Where an envelope's step ends without a signature; only a new envelope leads on. */
export const endedUnsigned: ReadonlySet<SigningRow['state']> = new Set(['declined', 'voided', 'expired']);

const hour = 3_600_000;
/** Milliseconds after a request to vault until it is made again, where the vendor still has not vaulted: its own pipeline takes 5 to 30 s. */
const vaultPatience = 600_000;
export const isVaulting = ({ vault_asked_at }: SigningRow, at: number): boolean => at < (vault_asked_at ?? -Infinity) + vaultPatience;

/**
 * Milliseconds until the vendor is asked about an envelope again. One that its customer leaves lying is asked about ever less, after a
 * twenty-fourth of its age and an hour at most: many of them must not use up what the vendor allows. Who signs here makes it due at once.
 */
export function pauseOf({ asked_at }: Pick<SigningRow, 'asked_at'>, state: SigningRow['state'], tries: number, at: number): number {
  const pause = backoff(tries);
  if (state !== 'open' || pause < longestBackoff) return pause;
  return Math.max(pause, Math.min(Math.round((at - (asked_at ?? at)) / 24), hour));
}

/** A plan, as it is written when the details were sent. */
export const plannedSigning = (run: RunRow, stepId: string, at: number): SigningRow => ({
  run_id: run.id,
  step_id: stepId,
  partner_id: run.partner_id,
  state: 'planned',
  round: 1,
  unclear: false,
  envelope_id: null,
  party: null,
  document_sha256: null,
  vendor_status: null,
  asked_at: null,
  signed_at: null,
  vault_asked_at: null,
  vaulted_at: null,
  checked_at: null,
  next_at: at,
  tries: 0,
  unreachable: false,
});

/** The step's state, as the vendor's standing tells it; a word that is not known changes nothing. */
export function stateFrom({ status, signed }: Standing, email: string, before: SigningRow['state']): SigningRow['state'] {
  if (status === 'declined' || status === 'voided' || status === 'expired') return status;
  if (status === 'completed' || status === 'vaulted' || status === 'released') return 'signed';
  if (status !== 'sent' && status !== 'viewed') return before;
  if (signed.size > 0 && [...signed.values()].every(Boolean)) return 'finishing';
  // The customer signs first: where the answers name them otherwise by now, whoever has signed is the customer.
  const theirs = signed.get(email.toLowerCase()) ?? [...signed.values()].some(Boolean);
  return theirs ? 'waiting' : 'open';
}

/** The moves of a `sign` step, each one transaction with what it means for the run. False when another was faster: then nothing happens. */
export function createSigningMoves({ keep, now }: { keep: Keep; now: Edges['now'] }) {
  function move(
    signing: SigningRow,
    change: Partial<SigningRow>,
    kind: string,
    also: (stores: Stores, run: RunRow, at: number) => Promise<void> = async () => {},
  ): Promise<boolean> {
    return keep.transact(async (stores) => {
      const at = now();
      const run = await stores.runs.find(signing.partner_id, signing.run_id);
      if (!run || !(await stores.signings.move(signing, change))) return false;
      const envelope = change.envelope_id ?? signing.envelope_id;
      if (kind) await stores.record({ kind, at, partner: run.partner_id, about: { run: run.id, envelope } });
      await also(stores, run, at);
      await refreshRun(stores, run, run, at);
      return true;
    });
  }

  /** Another envelope is wanted: the one before it ended, or names somebody else. */
  const again = (): Partial<SigningRow> => ({
    state: 'planned',
    unclear: false,
    envelope_id: null,
    party: null,
    document_sha256: null,
    vendor_status: null,
    asked_at: null,
    checked_at: null,
    next_at: now(),
    tries: 0,
    unreachable: false,
  });

  return {
    /** Written before the request leaves. */
    asking: (signing: SigningRow, asked: Pick<SigningRow, 'state' | 'party' | 'document_sha256' | 'asked_at' | 'next_at'>) =>
      move(signing, asked, 'signing.asked'),

    made: (signing: SigningRow, envelopeId: string) =>
      move(
        signing,
        { state: 'open', envelope_id: envelopeId, unclear: false, tries: 0, unreachable: false, next_at: now() },
        'signing.made',
      ),

    /** Somebody says which envelope it is. */
    adopted: (signing: SigningRow, envelopeId: string, actor: string) =>
      move(
        signing,
        { state: 'open', envelope_id: envelopeId, unclear: false, tries: 0, unreachable: false, next_at: now() },
        '',
        async (stores, run, at) => {
          await stores.record({
            kind: 'signing.adopted',
            at,
            partner: run.partner_id,
            actor,
            about: { run: run.id, envelope: envelopeId },
          });
        },
      ),

    /** Certainly no envelope was made: it is asked for again after a while, of `wait` milliseconds at least. */
    later: (signing: SigningRow, kind = '', wait = 0) =>
      move(
        signing,
        {
          state: 'planned',
          checked_at: now(),
          next_at: now() + Math.max(backoff(signing.tries), wait),
          tries: signing.tries + 1,
          unreachable: true,
        },
        kind,
      ),

    /** One may have been made: it is looked for from now on. */
    unclear: (signing: SigningRow) =>
      move(signing, { state: 'planned', unclear: true, next_at: now(), tries: 0, unreachable: true }, 'signing.unclear'),

    /** One may have been made, and this vendor cannot say: asking again could make a second one. */
    unknown: (signing: SigningRow) => move(signing, { checked_at: now(), next_at: null, unreachable: false }, 'signing.unknown'),

    /** The vendor allows no call just now. */
    postponed: (signing: SigningRow, wait: number) => move(signing, { next_at: now() + wait }, ''),

    /** The vendor did not answer a question about the envelope. */
    unanswered: (signing: SigningRow) =>
      move(
        signing,
        {
          checked_at: now(),
          next_at: now() + pauseOf(signing, signing.state, signing.tries + 1, now()),
          tries: signing.tries + 1,
          unreachable: signing.state !== 'signed',
        },
        '',
      ),

    /** What the vendor says of the envelope. */
    learned(signing: SigningRow, standing: Standing, email: string) {
      const at = now();
      const state = stateFrom(standing, email, signing.state);
      const moved = state !== signing.state;
      const tries = moved ? 0 : signing.tries + 1;
      const stored = standing.vaulted || standing.status === 'vaulted' || standing.status === 'released';
      const rests = endedUnsigned.has(state) || (state === 'signed' && stored);
      const change: Partial<SigningRow> = {
        state,
        vendor_status: standing.status,
        checked_at: at,
        tries,
        unreachable: false,
        next_at: rests ? null : state === 'signed' && moved ? at : at + pauseOf(signing, state, tries, at),
        ...(state === 'signed' && { signed_at: signing.signed_at ?? at, ...(stored && { vaulted_at: signing.vaulted_at ?? at }) }),
      };
      const first = state === 'signed' && stored && signing.vaulted_at === null;
      return move(signing, change, moved ? `signing.${state}` : first ? 'signing.vaulted' : '');
    },

    /** The vendor was asked to vault it, and will; how it stands is asked after a while. */
    vaulting: (signing: SigningRow) =>
      move(signing, { vault_asked_at: now(), next_at: now() + backoff(signing.tries), tries: signing.tries + 1 }, 'signing.vaulting'),

    vaulted: (signing: SigningRow) => move(signing, { vaulted_at: now(), next_at: null }, 'signing.vaulted'),

    /** The answers name somebody else than the envelope, which nobody has signed: it was voided, and another one is wanted. */
    replaced: (signing: SigningRow) => move(signing, { ...again(), round: signing.round + 1 }, 'signing.replaced'),

    /** Somebody decided that the customer shall be asked once more. */
    retried: (signing: SigningRow, actor: string) =>
      move(signing, { ...again(), round: signing.round + 1 }, '', async (stores, run, at) => {
        const about = { run: run.id, envelope: signing.envelope_id };
        await stores.record({ kind: 'run.retried', at, partner: run.partner_id, actor, about });
      }),

    /** Nothing is due while the details are open again; decided where they are sent anew, so that neither is lost. */
    rest: (signing: SigningRow): Promise<boolean> =>
      keep.transact(async (stores) => {
        const run = await stores.runs.find(signing.partner_id, signing.run_id);
        return run?.submitted_at === null && stores.signings.move(signing, { next_at: null });
      }),
  };
}
export type SigningMoves = ReturnType<typeof createSigningMoves>;
