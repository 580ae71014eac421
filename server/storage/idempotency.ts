import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { Failure } from '../../shared/problem.ts';
import type { SecretBox } from './secret-box.ts';

/** Answers kept under the caller's Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07), sealed, for 24 hours. */
export interface IdempotencyTables {
  idempotency: { scope: string; key: string; fingerprint: string; claimed_at: number; answer: Uint8Array | null };
}

export const idempotencySchema = sql`
  create table idempotency (
    scope text not null, key text not null, fingerprint text not null, claimed_at integer not null, answer blob,
    primary key (scope, key)
  ) strict`;

const kept = 24 * 60 * 60 * 1000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Idempotency {
  /**
   * Runs `work` once for this key. The same body again gives the first answer; another body is 422; a call still running is 409.
   * A refusal (an exception) is not kept: the caller may try again with the same key.
   */
  once(
    call: { scope: string; key: string; body: unknown; now: number },
    work: () => Promise<Answer>,
  ): Promise<Answer & { replayed: boolean }>;
  /** Gives up claims that a killed process left behind; every work behind a key must itself be safe to begin again. */
  releaseAll(): Promise<void>;
  purge(now: number): Promise<void>;
}

export function idempotencyOn(db: Kysely<IdempotencyTables>, box: SecretBox): Idempotency {
  return {
    async once({ scope, key, body, now }, work) {
      const fingerprint = createHash('sha256')
        .update(JSON.stringify(body) ?? '')
        .digest('base64url');
      const about = ['idempotency', scope, key];
      const { numInsertedOrUpdatedRows: claimed } = await db
        .insertInto('idempotency')
        .values({ scope, key, fingerprint, claimed_at: now, answer: null })
        .onConflict((c) => c.columns(['scope', 'key']).doNothing())
        .executeTakeFirstOrThrow();
      if (!claimed) {
        const row = await db.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst();
        if (row && row.fingerprint !== fingerprint) throw new Failure('idempotency-key-reused');
        if (!row?.answer) throw new Failure('idempotency-key-running', undefined, { retryAfter: 1 });
        return { ...(JSON.parse(box.open(row.answer, about)) as Answer), replayed: true };
      }
      const mine = db.updateTable('idempotency').where('scope', '=', scope).where('key', '=', key);
      try {
        const answer = await work();
        await mine.set({ answer: box.seal(JSON.stringify(answer), about) }).execute();
        return { ...answer, replayed: false };
      } catch (error) {
        await db.deleteFrom('idempotency').where('scope', '=', scope).where('key', '=', key).execute();
        throw error;
      }
    },
    async releaseAll() {
      await db.deleteFrom('idempotency').where('answer', 'is', null).execute();
    },
    async purge(now) {
      await db
        .deleteFrom('idempotency')
        .where('claimed_at', '<', now - kept)
        .execute();
    },
  };
}
