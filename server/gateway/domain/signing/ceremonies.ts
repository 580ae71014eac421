import type { z } from 'zod/mini';
import { Failure } from '../../../../shared/problem.ts';
import type { InlayClientReport } from '../../../../shared/signing/ceremony.ts';
import type { Box, Credential, Storage } from '../records/ports.ts';
import type { Callers } from '../registry/callers.ts';
import type { Seat, SeatOf, Signer } from './signer-of-session.ts';
import type { CeremonyCall, CeremonyVendor, DocumentAnswer, Wanted } from './vendor.ts';

/** What the browser's call says of itself. */
export interface Browser {
  readonly address: string | null;
  /** The trusted proxy that says the address. */
  readonly via?: string | null;
  readonly userAgent: string;
}

interface Options {
  storage: Storage;
  box: Box;
  callers: Pick<Callers, 'credential'>;
  seatOf: SeatOf;
  vendor: CeremonyVendor;
  /** An envelope may have moved by this call. */
  hurry: (partnerId: string, envelopeId: string) => void;
}

const about = (sessionId: string, envelopeId: string): string[] => ['pass', sessionId, envelopeId];

/** The signing ceremony, forwarded with a pass of the vendor's that never leaves the gateway: it is kept sealed, one for each session and envelope. */
export function createCeremonies({ storage, box, callers, seatOf, vendor, hurry }: Options) {
  async function freshPass(session: Signer, key: Credential, { envelopeId, email }: Seat, at: number): Promise<string> {
    const pass = await vendor.admit(key, envelopeId, email);
    const row = {
      sessionId: session.id,
      envelopeId,
      partnerId: session.partnerId,
      box: box.seal(pass, about(session.id, envelopeId)),
      createdAt: at,
    };
    await storage.transact((stores) => stores.passes.put(row));
    return pass;
  }

  /** Acts with the kept pass; one that is no longer taken is replaced once. When that cannot be, the envelope has ended in the meantime. */
  async function acting<T>(session: Signer, seat: Seat, act: (pass: string) => Promise<T | undefined>, at: number): Promise<T> {
    const key = await callers.credential(session.partnerId, 'loyva', session.mode);
    const kept = await storage.read.passes.find(session.id, seat.envelopeId);
    const first = kept && (await act(box.open(kept.box, about(session.id, seat.envelopeId))));
    const answer = first ?? (await act(await freshPass(session, key, seat, at)));
    if (answer === undefined) throw new Failure('vendor-refused', 'The vendor does not take its own token.');
    return answer;
  }

  const report = (session: Signer, { address, via, userAgent }: Browser): InlayClientReport => ({
    address: (address ?? '').slice(0, 64),
    ...(via && { via: via.slice(0, 64) }),
    user_agent: userAgent.slice(0, 500),
    session: session.id,
    assurance: 'partner-asserted',
  });

  return {
    /** The envelope this session signs. */
    envelopeOf: async (session: Signer): Promise<string> => (await seatOf(session)).envelopeId,

    async ask<T>(session: Signer, browser: Browser, call: CeremonyCall, schema: z.ZodMiniType<T>, at: number): Promise<T> {
      const seat = await seatOf(session);
      try {
        return await acting(session, seat, (pass) => vendor.ask(pass, report(session, browser), call, schema), at);
      } finally {
        // Also after an unclear failure: then most of all the truth is wanted.
        if (call.path === '/finish' || call.path === '/decline') hurry(session.partnerId, seat.envelopeId);
      }
    },

    async document(session: Signer, browser: Browser, wanted: Wanted, at: number): Promise<DocumentAnswer> {
      const seat = await seatOf(session);
      const asked = { ...wanted, partnerId: session.partnerId };
      return acting(session, seat, (pass) => vendor.document(pass, report(session, browser), asked), at);
    },
  };
}
export type Ceremonies = ReturnType<typeof createCeremonies>;
