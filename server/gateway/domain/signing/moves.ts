import type { Fault } from '../../../../shared/problem.ts';
import { backoff, longestBackoff } from '../records/backoff.ts';
import type { Box, Run, Signing, Storage, Stores } from '../records/ports.ts';
import { type Refusal, refusedWith, sealedWords, unrefused } from '../records/refusal.ts';
import { refreshRun } from '../run/run-progress.ts';
import { endedUnsigned, renewal } from '../run/sign-step.ts';
import type { Blame } from './blame.ts';
import type { Standing } from './vendor.ts';

/**
 * Milliseconds after a request for an envelope in which the vendor may still be at it: longer than the request itself is waited for. Until
 * then an envelope that is not found is looked for again, and not asked for.
 */
const settling = 90_000;
export const isSettling = ({ askedAt }: Signing, at: number): boolean => at < (askedAt ?? 0) + settling;

const hour = 3_600_000;
/** Milliseconds after a request to vault until it is made again, where the vendor still has not vaulted: its own pipeline takes 5 to 30 s. */
const vaultPatience = 600_000;
export const isVaulting = ({ vaultAskedAt }: Signing, at: number): boolean => at < (vaultAskedAt ?? -Infinity) + vaultPatience;

/**
 * Milliseconds until the vendor is asked about an envelope again. One that its customer leaves lying is asked about ever less, after a
 * twenty-fourth of its age and an hour at most: many of them must not use up what the vendor allows. Who signs here makes it due at once.
 */
export function pauseOf({ askedAt }: Pick<Signing, 'askedAt'>, state: Signing['state'], tries: number, at: number): number {
  const pause = backoff(tries);
  if (state !== 'open' || pause < longestBackoff) return pause;
  return Math.max(pause, Math.min(Math.round((at - (askedAt ?? at)) / 24), hour));
}

/** The step's state, as the vendor's standing tells it; a word that is not known changes nothing. */
export function stateFrom({ status, signed }: Standing, email: string, before: Signing['state']): Signing['state'] {
  if (status === 'declined' || status === 'voided' || status === 'expired') return status;
  if (status === 'completed' || status === 'vaulted' || status === 'released') return 'signed';
  if (status !== 'sent' && status !== 'viewed') return before;
  if (signed.size > 0 && [...signed.values()].every(Boolean)) return 'finishing';
  // The customer signs first: where the answers name them otherwise by now, whoever has signed is the customer.
  const theirs = signed.get(email.toLowerCase()) ?? [...signed.values()].some(Boolean);
  return theirs ? 'waiting' : 'open';
}

/** The moves of a `sign` step, each one transaction with what it means for the run. False when another was faster: then nothing happens. */
export function createSigningMoves({ storage, box }: { storage: Storage; box: Box }) {
  function move(
    signing: Signing,
    change: Partial<Signing>,
    kind: string,
    at: number,
    also: (stores: Stores, run: Run) => Promise<void> = async () => {},
    stands: (run: Run) => boolean = () => true,
  ): Promise<boolean> {
    return storage.transact(async (stores) => {
      const run = await stores.runs.find(signing.partnerId, signing.runId);
      if (!run || !stands(run) || !(await stores.signings.move(signing, change))) return false;
      const envelope = change.envelopeId ?? signing.envelopeId;
      if (kind) await stores.record({ kind, at, partner: run.partnerId, about: { run: run.id, envelope } });
      await also(stores, run);
      await refreshRun(stores, run, run, at);
      return true;
    });
  }

  const recordActor = (stores: Stores, { id, partnerId }: Run, { envelopeId }: Signing, kind: string, actor: string, at: number) =>
    stores.record({ kind, at, partner: partnerId, actor, about: { run: id, envelope: envelopeId } });

  async function recordRefusal(stores: Stores, run: Run, { reason }: Refusal, faults: readonly Fault[], at: number): Promise<void> {
    const why = [reason, ...faults.map(({ pointer, code }) => `${pointer} ${code}`.trim())].join(', ');
    const entry = { at, partner: run.partnerId };
    await stores.record({ ...entry, kind: 'signing.refused', about: { run: run.id, why: why.slice(0, 500) } });
    if (reason !== 'key') return;
    const key = await stores.credentials.findFor(run.partnerId, '', 'loyva', run.mode);
    await stores.record({ ...entry, kind: 'credential.rejected', about: { credential: key?.id ?? null, vendor: 'loyva', run: run.id } });
  }

  return {
    /** Written before the request leaves; false also when the details were opened again. */
    asking: (signing: Signing, asked: Pick<Signing, 'state' | 'party' | 'documentSha256' | 'askedAt' | 'nextAt'>, at: number) =>
      move(signing, { ...asked, faults: [] }, 'signing.asked', at, undefined, ({ submittedAt }) => submittedAt !== null),

    made: (signing: Signing, envelopeId: string, at: number) =>
      move(signing, { state: 'open', envelopeId, unclear: false, tries: 0, unreachable: false, nextAt: at }, 'signing.made', at),

    /** Somebody says which envelope it is. */
    adopted: (signing: Signing, envelopeId: string, actor: string, at: number) =>
      move(
        signing,
        { state: 'open', envelopeId, unclear: false, tries: 0, unreachable: false, nextAt: at },
        '',
        at,
        async (stores, run) => {
          await stores.record({
            kind: 'signing.adopted',
            at,
            partner: run.partnerId,
            actor,
            about: { run: run.id, envelope: envelopeId },
          });
        },
      ),

    /** Certainly no envelope was made: it is asked for again after a while, of `wait` milliseconds at least. */
    later: (signing: Signing, wait: number, at: number) =>
      move(
        signing,
        {
          state: 'planned',
          checkedAt: at,
          nextAt: at + Math.max(backoff(signing.tries), wait),
          tries: signing.tries + 1,
          unreachable: true,
        },
        '',
        at,
      ),

    /**
     * The vendor will not make it, and nothing is asked again by itself. The customer comes back to their answers where others would help. If
     * they have been answered anew in the meantime, that decides.
     */
    refused: (signing: Signing, refusal: Refusal, { faults, told }: Blame, answers: Uint8Array, at: number): Promise<boolean> =>
      storage.transact(async (stores) => {
        const run = await stores.runs.find(signing.partnerId, signing.runId);
        const stands = run !== undefined && run.submittedAt !== null && Buffer.compare(run.answers, answers) === 0;
        const rest: Partial<Signing> = { state: 'planned', unclear: false, checkedAt: at, tries: 0, unreachable: false };
        const change = stands
          ? { ...rest, faults: [...faults], nextAt: null, ...refusedWith(box, signing, refusal) }
          : { ...rest, nextAt: at };
        if (!run || !(await stores.signings.move(signing, change))) return false;
        await recordRefusal(stores, run, refusal, faults, at);
        await refreshRun(stores, run, stands && told ? { ...run, faults: [...told], submittedAt: null } : run, at);
        return true;
      }),

    /** A question about the envelope, or before it, that is refused for good: it stays where it is, and waits for the partner. */
    untold: (signing: Signing, refusal: Refusal, at: number) =>
      move(signing, { checkedAt: at, nextAt: null, unreachable: false, ...refusedWith(box, signing, refusal) }, '', at, (stores, run) =>
        recordRefusal(stores, run, refusal, [], at),
      ),

    /** One may have been made: it is looked for from now on. */
    unclear: (signing: Signing, at: number) =>
      move(signing, { state: 'planned', unclear: true, nextAt: at, tries: 0, unreachable: true }, 'signing.unclear', at),

    /** One may have been made, and this vendor cannot say: asking again could make a second one. */
    unknown: (signing: Signing, at: number) => move(signing, { checkedAt: at, nextAt: null, unreachable: false }, 'signing.unknown', at),

    /** The vendor allows no call just now. */
    postponed: (signing: Signing, wait: number, at: number) => move(signing, { nextAt: at + wait }, '', at),

    /** The vendor did not answer a question about the envelope. */
    unanswered: (signing: Signing, at: number) =>
      move(
        signing,
        {
          checkedAt: at,
          nextAt: at + pauseOf(signing, signing.state, signing.tries + 1, at),
          tries: signing.tries + 1,
          unreachable: signing.state !== 'signed',
        },
        '',
        at,
      ),

    /** What the vendor says of the envelope. */
    learned(signing: Signing, standing: Standing, email: string, at: number) {
      const state = stateFrom(standing, email, signing.state);
      const moved = state !== signing.state;
      const tries = moved ? 0 : signing.tries + 1;
      const stored = standing.vaulted || standing.status === 'vaulted' || standing.status === 'released';
      const rests = endedUnsigned.has(state) || (state === 'signed' && stored);
      const change: Partial<Signing> = {
        state,
        vendorStatus: standing.status,
        checkedAt: at,
        tries,
        unreachable: false,
        nextAt: rests ? null : state === 'signed' && moved ? at : at + pauseOf(signing, state, tries, at),
        ...(state === 'declined' && moved && { said: sealedWords(box, signing, standing.declined ?? '') }),
        ...(state === 'signed' && { signedAt: signing.signedAt ?? at, ...(stored && { vaultedAt: signing.vaultedAt ?? at }) }),
      };
      const first = state === 'signed' && stored && signing.vaultedAt === null;
      return move(signing, change, moved ? `signing.${state}` : first ? 'signing.vaulted' : '', at);
    },

    /** The vendor was asked to vault it, and will; how it stands is asked after a while. */
    vaulting: (signing: Signing, at: number) =>
      move(signing, { vaultAskedAt: at, nextAt: at + backoff(signing.tries), tries: signing.tries + 1 }, 'signing.vaulting', at),

    vaulted: (signing: Signing, at: number) => move(signing, { vaultedAt: at, nextAt: null }, 'signing.vaulted', at),

    /** The answers name somebody else than the envelope, which nobody has signed: it was voided, and another one is wanted. */
    replaced: (signing: Signing, at: number) => move(signing, renewal(signing, at), 'signing.replaced', at),

    /** Somebody decided that the customer shall be asked once more, with another envelope. */
    renewed: (signing: Signing, actor: string, kind: 'run.retried' | 'run.reset', at: number) =>
      move(signing, renewal(signing, at), '', at, (stores, run) => recordActor(stores, run, signing, kind, actor, at)),

    /** Somebody decided that the vendor shall be asked once more what it refused to tell of this one. */
    resumed: (signing: Signing, actor: string, at: number) =>
      move(signing, { nextAt: at, tries: 0, ...unrefused }, '', at, (stores, run) =>
        recordActor(stores, run, signing, 'run.retried', actor, at),
      ),

    /** Nothing is due while the details are open again; decided where they are sent anew, so that neither is lost. */
    rest: (signing: Signing): Promise<boolean> =>
      storage.transact(async (stores) => {
        const run = await stores.runs.find(signing.partnerId, signing.runId);
        return run?.submittedAt === null && stores.signings.move(signing, { nextAt: null });
      }),
  };
}
export type SigningMoves = ReturnType<typeof createSigningMoves>;
