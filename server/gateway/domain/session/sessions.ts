import { randomBytes } from 'node:crypto';
import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import { hashOf } from '../records/ids.ts';
import type { Partner, Session, SessionToken, Storage, Stores } from '../records/ports.ts';
import type { Callers } from '../registry/callers.ts';
import type { EmbedTokens } from './embed-tokens.ts';
import type { Proofs } from './proofs.ts';

/** Where a browser's call comes from, as the browser says it. */
export interface Visit {
  readonly method: string;
  /** The public address of the call, without query. */
  readonly url: string;
  readonly origin: string;
  readonly fetchSite: string;
  /** What follows `DPoP ` in Authorization. */
  readonly token: string;
  readonly proof: string;
}

export interface Opened {
  readonly session: Session;
  readonly partner: Partner;
  readonly token: string;
  readonly expiresAt: number;
}

const tokenLife = 15 * 60_000;
const graceLife = 60_000;
const sessionLife = { onboarding: 12 * 3_600_000, sign: 4 * 3_600_000, vault: 4 * 3_600_000 } as const;

/** Every kind of session is refused at the doors of the others. */
export function assertWidget(session: Session, ...widgets: Session['widget'][]): void {
  if (!widgets.includes(session.widget)) throw new Failure('scope-missing', `This session is for ${session.widget}.`);
}

interface Options {
  storage: Storage;
  callers: Callers;
  embedTokens: EmbedTokens;
  proofs: Proofs;
  publicUrl: string;
}

export function createSessions({ storage, callers, embedTokens, proofs, publicUrl }: Options) {
  const ownOrigin = new URL(publicUrl).origin;
  const fromOurPage = ({ origin, fetchSite }: Visit) => origin === ownOrigin && fetchSite === 'same-origin';

  async function freshToken(stores: Stores, session: Session, at: number): Promise<{ token: string; expiresAt: number }> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = Math.min(at + tokenLife, session.endsAt);
    await stores.sessions.addToken({
      hash: hashOf(token),
      sessionId: session.id,
      issuedAt: at,
      expiresAt,
      firstUsedAt: null,
    });
    return { token, expiresAt };
  }

  function assertGoing(session: Session, at: number): void {
    if (session.endedAt !== null || session.endsAt <= at) throw new Failure('session-ended');
  }

  function assertOrigin(session: Session, visit: Visit): void {
    const readsOurPage =
      !visit.origin && /^(GET|HEAD)$/.test(visit.method) && visit.fetchSite === 'same-origin' && session.origin === ownOrigin;
    if (visit.origin !== session.origin && !readsOurPage)
      throw new Failure('origin-refused', 'The session was opened from another origin.');
  }

  /** The session this call belongs to; its token is looked up by hash and its key by proof. */
  async function enter(visit: Visit, at: number): Promise<{ session: Session; partner: Partner }> {
    if (!/^[\w-]{43}$/.test(visit.token)) throw new Failure('session-invalid');
    const found = await storage.read.sessions.findByToken(hashOf(visit.token));
    if (!found) throw new Failure('session-invalid');
    const { session, token } = found;
    assertOrigin(session, visit);
    const jkt = await proofs.verify(visit.proof, visit);
    if (jkt !== session.jkt) throw new Failure('session-invalid', 'The session belongs to another key.');
    assertGoing(session, at);
    if (token.expiresAt <= at) throw new Failure('session-expired');
    const partner = await callers.active(session.partnerId);
    if (token.firstUsedAt === null) await markUsed(token, at);
    return { session, partner };
  }

  const markUsed = (token: SessionToken, at: number) => storage.transact((stores) => stores.sessions.firstUse(token, at, at + graceLife));

  return {
    enter,

    /**
     * Opens the session of an embed token. The first key to present it wins; the same key presenting it again gets the same session with
     * a fresh token, so that a lost answer locks nobody out.
     */
    async open(visit: Visit, at: number): Promise<Opened> {
      const claims = await embedTokens.verify(visit.token, at);
      if (!claims.origins.includes(visit.origin) && !fromOurPage(visit))
        throw new Failure('origin-refused', `The token was not minted for ${visit.origin || 'a page without an origin'}.`);
      const jkt = await proofs.verify(visit.proof, visit);
      const partner = await callers.active(claims.partner);
      const opened = await storage.transact(async (stores) => {
        const mint = await stores.sessions.findMint(claims.partner, claims.jti);
        const key = mint && (await stores.keys.find(claims.partner, mint.keyId));
        if (!mint || !key || key.revokedAt !== null) throw new Failure('token-invalid', 'The key that minted this token was revoked.');
        const wanted: Session = {
          id: newId('session'),
          jti: claims.jti,
          partnerId: claims.partner,
          customerId: claims.customer ?? '',
          envelopeId: claims.envelope ?? '',
          mode: mint.mode,
          widget: claims.widget,
          sub: claims.sub,
          jkt,
          origin: visit.origin,
          locale: mint.locale,
          createdAt: at,
          endsAt: at + sessionLife[claims.widget],
          endedAt: null,
        };
        const first = await stores.sessions.insert(wanted);
        const session = first ? wanted : await stores.sessions.findByJti(claims.partner, claims.jti);
        if (!session || session.jkt !== jkt) throw new Failure('token-used');
        assertGoing(session, at);
        assertOrigin(session, visit);
        if (first)
          await stores.record({
            kind: 'session.opened',
            at,
            partner: claims.partner,
            actor: claims.sub,
            about: { session: session.id, jti: claims.jti },
          });
        else await stores.sessions.shorten(session.id, at + graceLife);
        return { session, ...(await freshToken(stores, session, at)) };
      });
      return { ...opened, partner };
    },

    /** Another token of the same session. The old one works until a minute after the new one is first used. */
    async refresh(visit: Visit, at: number): Promise<Opened> {
      const { session, partner } = await enter(visit, at);
      return { session, partner, ...(await storage.transact((stores) => freshToken(stores, session, at))) };
    },

    async close(visit: Visit, at: number): Promise<Session> {
      const { session } = await enter(visit, at);
      await storage.transact(async (stores) => {
        await stores.sessions.end(session.partnerId, session.id, at);
        await stores.record({
          kind: 'session.closed',
          at,
          partner: session.partnerId,
          actor: session.sub,
          about: { session: session.id },
        });
      });
      return session;
    },

    /** Forgets some of what ended a day ago. True: there may be more. */
    purge: (at: number) =>
      storage.transact(async (stores) => {
        const before = at - 86_400_000;
        const sessions = await stores.sessions.purge(before);
        const passes = await stores.passes.purge(before);
        return sessions || passes;
      }),
  };
}
export type Sessions = ReturnType<typeof createSessions>;
