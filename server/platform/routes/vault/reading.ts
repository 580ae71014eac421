import Router from '@koa/router';
import type { Context } from 'koa';
import { VaultView } from '../../../../shared/vault.ts';
import { assertGet } from '../../../http/answer/get-only.ts';
import type { OpenAnswers } from '../../../http/answer/open-answers.ts';
import { iso, reply } from '../../../http/answer/reply.ts';
import { sendFile } from '../../../http/body/bytes.ts';
import { statusOf } from '../../domain/envelope/envelopes.ts';
import { checkAnswer } from '../../domain/vault/certificate.ts';
import type { VaultReading, VaultRecord } from '../../domain/vault/reading.ts';
import type { VaultClaims } from '../../domain/vault/tokens.ts';
import { bearerOf, type SeenOf } from '../bearer.ts';
import type { Callers } from '../callers.ts';

/** Where the vault's page asks; its refusals are problems (RFC 9457). */
export const vaultReadingPath = '/api/v2/embed/vault';

/** Calls a minute of one reader of one envelope, by whichever of their tokens: each reads what is stored and hashes it again. */
const readerLimit = 60;

/** The vault for whoever holds a vault token: the record, and the copy. */
export function vaultReadingRoutes(
  { callers, reading, opened, seenOf }: { callers: Callers; reading: VaultReading; opened: OpenAnswers; seenOf: SeenOf },
  now: () => number,
): Router {
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
    assertGet(ctx);
    const at = now();
    const claims = await readerOf(ctx, at);
    opened(ctx, { reader: claims.personId, account: claims.accountId });
    const { file, filename } = await reading.copy(claims, seenOf(ctx), at);
    ctx.set('Content-Disposition', `attachment; filename="${filename}"`);
    ctx.set('Content-Security-Policy', 'sandbox');
    sendFile(ctx, file, 'application/pdf');
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
