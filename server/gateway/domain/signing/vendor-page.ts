import { Failure } from '../../../../shared/problem.ts';
import type { Outcome } from '../../../../shared/signing/vendor-page.ts';
import type { Edges } from '../records/ports.ts';
import type { Callers } from '../registry/callers.ts';
import type { SeatOf, Signer } from './signer-of-session.ts';
import type { PageVendor, SigningPage, SigningVendor } from './vendor.ts';

/** Milliseconds in which a session gets one page, and in which the vendor is asked once how an envelope stands, whoever asks. */
const pause = { page: 3_000, outcome: 3_000 } as const;
/** Envelopes whose outcome is remembered, and sessions whose last page is. */
const most = 5_000;

interface Options {
  elapsed: Edges['elapsed'];
  callers: Pick<Callers, 'credential'>;
  seatOf: SeatOf;
  vendor: PageVendor;
  standings: Pick<SigningVendor, 'standing'>;
  /** An envelope has moved. */
  hurry: (partnerId: string, envelopeId: string) => void;
}

interface Look {
  readonly at: number;
  readonly since: number;
  readonly asking: Promise<Outcome['status']>;
  /** What was learned before this look, or by it. */
  known: { status: Outcome['status']; at: number } | undefined;
}

const ends: ReadonlySet<string> = new Set(['declined', 'voided', 'expired']);
const signed: ReadonlySet<string> = new Set(['completed', 'vaulted', 'released']);
const outcomeOf = (status: string): Outcome['status'] =>
  signed.has(status) ? 'completed' : ends.has(status) ? (status as Outcome['status']) : 'open';

/** Signing at a vendor without a ceremony: its own page, in the browser's frame, and how the envelope stands by the vendor's word alone. */
export function createVendorPages({ elapsed, callers, seatOf, vendor, standings, hurry }: Options) {
  const looks = new Map<string, Look>();
  const pages = new Map<string, number>();

  async function ask(session: Signer, envelopeId: string): Promise<Outcome['status']> {
    const key = await callers.credential(session.partnerId, 'loyva', session.mode);
    const standing = await standings.standing(key, envelopeId);
    if (!standing) throw new Failure('not-found', 'There is no such envelope.');
    return outcomeOf(standing.status);
  }

  function look(session: Signer, envelopeId: string, at: number): Look {
    const name = `${session.partnerId} ${session.mode} ${envelopeId}`;
    const last = looks.get(name);
    const since = elapsed();
    if (last && since < last.since + pause.outcome) return last;
    if (looks.size >= most) looks.clear();
    const next: Look = { at, since, asking: ask(session, envelopeId), known: last?.known };
    looks.set(name, next);
    next.asking.then(
      (status) => {
        if (status !== 'open' && next.known?.status !== status) hurry(session.partnerId, envelopeId);
        next.known = { status, at };
      },
      () => undefined, // Whoever waits for it is told.
    );
    return next;
  }

  return {
    /** A page for this session, minted now; an earlier one of the same session stays good until its token ends. */
    async page(session: Signer): Promise<SigningPage> {
      const { envelopeId, email } = await seatOf(session);
      const at = elapsed();
      const wait = (pages.get(session.id) ?? -Infinity) + pause.page - at;
      if (wait > 0) throw new Failure('rate-limited', 'A page was opened just now.', { retryAfter: Math.ceil(wait / 1000) });
      if (pages.size >= most) pages.clear();
      pages.set(session.id, at);
      return vendor.page(await callers.credential(session.partnerId, 'loyva', session.mode), envelopeId, email);
    },

    /** How the envelope stands. While the vendor cannot say, what it said last. */
    async outcome(session: Signer, at: number): Promise<{ envelopeId: string; status: Outcome['status']; checkedAt: number }> {
      const { envelopeId } = await seatOf(session);
      const last = look(session, envelopeId, at);
      try {
        return { envelopeId, status: await last.asking, checkedAt: last.at };
      } catch (error) {
        if (!last.known || !(error instanceof Failure) || error.code === 'not-found') throw error;
        return { envelopeId, status: last.known.status, checkedAt: last.known.at };
      }
    },
  };
}
export type VendorPages = ReturnType<typeof createVendorPages>;
