import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Failure } from '../../shared/problem.ts';
import type { Database } from './database.ts';
import { purgeSome } from './purge.ts';
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

/** By which what is over is found. */
export const idempotencyAge = sql`create index idempotency_age on idempotency (claimed_at)`;

const kept = 24 * 60 * 60 * 1000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Idempotency {
  /**
   * Runs `work` once for this key. The same body again gives the first answer; another body is 422; a call still running is 409.
   * A refusal (an exception) is not kept: the caller may try again with the same key. Nor is a call that was cut off by a kill or a full disk:
   * every work behind a key must itself be safe to begin again.
   */
  once(
    call: { scope: string; key: string; body: unknown; now: number },
    work: () => Promise<Answer>,
  ): Promise<Answer & { replayed: boolean }>;
  /** Forgets some answers that are older than a day. True: there may be more. */
  purge(now: number): Promise<boolean>;
}

export function idempotencyOn({ read, transact }: Pick<Database<IdempotencyTables>, 'read' | 'transact'>, box: SecretBox): Idempotency {
  // The folder has one owner: what is claimed and not at work here was left behind, by a process that was killed or by a disk that was full.
  const working = new Map<string, string>();

  async function claim(row: IdempotencyTables['idempotency']): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await transact((tx) =>
      tx
        .insertInto('idempotency')
        .values(row)
        .onConflict((c) =>
          c
            .columns(['scope', 'key'])
            .doUpdateSet({ claimed_at: row.claimed_at })
            .where('idempotency.answer', 'is', null)
            .where('idempotency.fingerprint', '=', row.fingerprint),
        )
        .executeTakeFirstOrThrow(),
    );
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** Nobody else here is at work under this key. */
  async function alone(row: IdempotencyTables['idempotency'], work: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> {
    const { scope, key } = row;
    const about = ['idempotency', scope, key];
    if (!(await claim(row))) {
      const kept = await read.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst();
      if (!kept?.answer || kept.fingerprint !== row.fingerprint) throw new Failure('idempotency-key-reused');
      return { ...(JSON.parse(box.open(kept.answer, about)) as Answer), replayed: true };
    }
    try {
      const answer = await work();
      const sealed = box.seal(JSON.stringify(answer), about);
      await transact((tx) =>
        tx.updateTable('idempotency').set({ answer: sealed }).where('scope', '=', scope).where('key', '=', key).execute(),
      );
      return { ...answer, replayed: false };
    } catch (error) {
      // Where this cannot be written either, the claim is taken over by whoever comes next.
      await transact((tx) => tx.deleteFrom('idempotency').where('scope', '=', scope).where('key', '=', key).execute()).catch(() => {});
      throw error;
    }
  }

  return {
    async once({ scope, key, body, now }, work) {
      const fingerprint = createHash('sha256')
        .update(JSON.stringify(body) ?? '')
        .digest('base64url');
      const name = JSON.stringify([scope, key]);
      const other = working.get(name);
      if (other !== undefined)
        throw new Failure(other === fingerprint ? 'idempotency-key-running' : 'idempotency-key-reused', undefined, { retryAfter: 1 });
      working.set(name, fingerprint);
      try {
        return await alone({ scope, key, fingerprint, claimed_at: now, answer: null }, work);
      } finally {
        working.delete(name);
      }
    },
    purge: (now) => transact((tx) => purgeSome(tx, { table: 'idempotency', key: ['scope', 'key'], age: 'claimed_at', before: now - kept })),
  };
}
