import Router from '@koa/router';
import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { VaultView } from '../../../shared/vault.ts';
import { sendFile } from '../../http/bytes.ts';
import { iso, reply } from '../../http/reply.ts';
import { checkAnswer } from '../domain/certificate.ts';
import { statusOf } from '../domain/envelopes.ts';
import type { VaultReading, VaultRecord } from '../domain/vault-reading.ts';
import type { VaultClaims } from '../domain/vault-tokens.ts';
import { bearerOf, seenOf } from './bearer.ts';
import type { Callers } from './callers.ts';

/** Where the vault's page asks; its refusals are problems (RFC 9457). */
export const vaultReadingPath = '/api/v2/embed/vault';

/** Calls a minute of one reader of one envelope, by whichever of their tokens: each reads what is stored and hashes it again. */
const readerLimit = 60;

/** The vault for whoever holds a vault token: the record, and the copy. */
export function vaultReadingRoutes({ callers, reading }: { callers: Callers; reading: VaultReading }, now: () => number): Router {
  const router = new Router({ sensitive: true, prefix: vaultReadingPath });
  const readerOf = async (ctx: Context, at: number): Promise<VaultClaims> => {
    const claims = await reading.admit(bearerOf(ctx), at);
    callers.count(ctx, `reader ${claims.envelopeId} ${claims.personId}`, readerLimit);
    return claims;
  };

  router.get('/', async (ctx) => {
    const at = now();
    ctx.set('Cache-Control', 'no-store');
    reply(ctx, 200, VaultView, viewOf(await reading.record(await readerOf(ctx, at), at), at));
  });
  router.get('/copy', async (ctx) => {
    // A length that is asked for is no reading.
    if (ctx.method !== 'GET') {
      ctx.set('Allow', 'GET');
      throw new Failure('method-not-allowed');
    }
    const at = now();
    const { bytes, sha256, filename } = await reading.copy(await readerOf(ctx, at), seenOf(ctx), at);
    ctx.set('Content-Disposition', `attachment; filename="${filename}"`);
    ctx.set('Content-Security-Policy', 'sandbox');
    sendFile(ctx, { bytes, sha256, type: 'application/pdf' });
  });
  return router;
}

function viewOf({ envelope, signers, custody, verdict }: VaultRecord, at: number): VaultView {
  const { release } = envelope;
  return {
    envelope_id: envelope.id,
    name: envelope.name,
    status: statusOf(envelope, at),
    document_hash: custody.documentHash,
    stored_at: custody.storedAt === null ? null : iso(custody.storedAt),
    controller: custody.controller,
    signers: signers.map(({ email, name, role, state }) => ({ email, name, role, status: state })),
    compliant: verdict.compliant,
    score: verdict.score,
    checked_at: iso(verdict.checkedAt),
    checks: verdict.checks.map(checkAnswer),
    access_log: custody.access.map(({ at: when, ...line }) => ({ at: iso(when), ...line })),
    released:
      envelope.state === 'destroyed' && release ? { at: release.acknowledgedAt === null ? null : iso(release.acknowledgedAt) } : null,
  };
}
