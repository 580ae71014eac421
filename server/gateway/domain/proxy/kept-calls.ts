import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import { hashOf } from '../records/ids.ts';
import type { Box, Edges, KeptCall, Storage } from '../records/ports.ts';
import { type CallBody, CallerLeft, isElsewhere, type ProxiedAnswer } from './call.ts';

/** A call that changes something at a vendor, as it is kept and told of. */
export interface Act {
  readonly partnerId: string;
  readonly keyId: string;
  readonly vendor: KeptCall['vendor'];
  readonly credentialId: string;
  /** Method and path pattern, for the log. */
  readonly row: string;
  /** Method and path as they came. */
  readonly target: string;
  /** The caller's Idempotency-Key, if it sent one. */
  readonly key: string | undefined;
  readonly body: CallBody | undefined;
  /** The vendor itself makes sure that asking twice does it once. */
  readonly repeatable: boolean;
}

interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body: string;
}

const about = ({ scope, key, id }: Pick<KeptCall, 'scope' | 'key' | 'id'>): string[] => ['call', scope, key, id];

/** What is said of a call whose outcome nobody here can tell. */
function unknown(id: string, repeatable: boolean, cause?: unknown): Failure {
  const advice = repeatable ? 'asking again, with another Idempotency-Key, is safe here' : 'look before you ask again';
  return new Failure('outcome-unknown', `The vendor may or may not have done it; ${advice}. This call is ${id}.`, { cause, id });
}

/**
 * Calls that must not be done twice. What came of one under an Idempotency-Key is kept sealed for 24 hours; a call that was turned away before
 * it left is not. One of which nobody knows what came of it, also because the process was killed meanwhile, stays so, under an id.
 */
export function createKeptCalls({ storage, box, report, now }: { storage: Storage; box: Box } & Pick<Edges, 'report' | 'now'>) {
  // The folder has one owner: what is written down as running and is not under way here was left behind, by a kill or by a disk that was full.
  const underWay = new Set<string>();
  let leftBehind = false;

  function unwritten(error: unknown, row: KeptCall): void {
    leftBehind = true;
    report(error, row.id);
  }

  async function recover(at: number): Promise<void> {
    // What is left behind meanwhile says so again.
    leftBehind = false;
    try {
      for (const row of await storage.read.calls.interrupted()) if (!underWay.has(row.id)) await giveUp(row, 'system', true, at);
    } catch (error) {
      leftBehind = true;
      throw error;
    }
  }

  /** The outcome can no longer be learned here: the log says so, and whoever asks again is told the same. */
  async function giveUp(row: KeptCall, actor: string | undefined, keyed: boolean, at: number): Promise<void> {
    await storage.transact(async (stores) => {
      if (keyed && !(await stores.calls.settle(row, { state: 'unknown', fingerprint: row.fingerprint }))) return;
      const about = { call: row.id, vendor: row.vendor, row: row.route };
      await stores.record({ kind: 'call.unknown', at, partner: row.partnerId, actor, about });
    });
  }

  function rowOf({ partnerId, vendor, credentialId, row, target, key = '' }: Act, at: number): KeptCall {
    return {
      scope: hashOf(`${partnerId} ${credentialId} ${target}`),
      key,
      id: newId('call'),
      partnerId,
      vendor,
      route: row,
      fingerprint: null,
      state: 'running',
      answer: null,
      at,
    };
  }

  /** What is there for this key already. */
  async function replayed(act: Act, kept: KeptCall, at: number): Promise<ProxiedAnswer> {
    const running = () => new Failure('idempotency-key-running', undefined, { retryAfter: 1 });
    // A body that is still being sent has no fingerprint yet.
    if (kept.state === 'running' && kept.fingerprint === null && underWay.has(kept.id)) throw running();
    const fingerprint = (await act.body?.fingerprint()) ?? '';
    if (kept.fingerprint !== null && kept.fingerprint !== fingerprint) throw new Failure('idempotency-key-reused');
    if (kept.state === 'running' && underWay.has(kept.id)) throw running();
    if (kept.state === 'running') await giveUp(kept, act.keyId, true, at);
    if (kept.state !== 'answered' || !kept.answer) throw unknown(kept.id, act.repeatable);
    const { status, headers, body } = JSON.parse(box.open(kept.answer, about(kept))) as KeptAnswer;
    return { status, headers: { ...headers, 'idempotent-replayed': 'true' }, body: Buffer.from(body, 'base64') };
  }

  /** Does it, and says what came of it: an answer, a refusal before it left (thrown), or an unknown outcome (thrown, under its id). */
  async function tried(act: Act, row: KeptCall, work: () => Promise<ProxiedAnswer>): Promise<ProxiedAnswer> {
    const keyed = act.key !== undefined;
    try {
      return await work();
    } catch (error) {
      if (error instanceof CallerLeft || (error instanceof Failure && turnedAway.has(error.code))) {
        if (keyed) await storage.transact((stores) => stores.calls.release(row));
        throw error;
      }
      const fingerprint = row.fingerprint ?? (keyed && act.body?.whole() ? await act.body.fingerprint() : null);
      // Where it cannot be written down either, the caller is told, and `tick` writes it later.
      await giveUp({ ...row, fingerprint }, act.keyId, keyed, now()).catch((failed: unknown) => unwritten(failed, row));
      throw unknown(row.id, act.repeatable, error instanceof Failure ? (error.cause ?? error) : error);
    }
  }

  /** Does it, and keeps what came of it. An answer that cannot be kept is given all the same: it is true. Asked again it is unknown. */
  async function answered(act: Act, row: KeptCall, work: () => Promise<ProxiedAnswer>): Promise<ProxiedAnswer> {
    const answer = await tried(act, row, work);
    const whole = act.body?.whole() ?? true;
    // Neither too many calls nor another address is an answer to this one; and what was refused before all of it was read was not done.
    const none = answer.status === 429 || isElsewhere(answer.status) || (!whole && answer.status >= 400);
    const { status, headers, body } = answer;
    const text = JSON.stringify({ status, headers, body: body.toString('base64') } satisfies KeptAnswer);
    const fingerprint = row.fingerprint ?? (whole ? ((await act.body?.fingerprint()) ?? '') : null);
    await storage
      .transact<unknown>((stores) =>
        none ? stores.calls.release(row) : stores.calls.settle(row, { state: 'answered', fingerprint, answer: box.seal(text, about(row)) }),
      )
      .catch((error: unknown) => unwritten(error, row));
    return answer;
  }

  return {
    /** Runs `work` once for the key of this call; without a key, as often as it is called. */
    async once(act: Act, work: () => Promise<ProxiedAnswer>, at: number): Promise<ProxiedAnswer> {
      const row = rowOf(act, at);
      if (act.key === undefined) return tried(act, row, work);
      if (act.body?.ready !== false) row.fingerprint = (await act.body?.fingerprint()) ?? '';
      underWay.add(row.id);
      try {
        const kept = await storage.transact(async (stores) =>
          (await stores.calls.claim(row)) ? undefined : stores.calls.find(row.scope, row.key),
        );
        return await (kept ? replayed(act, kept, at) : answered(act, row, work));
      } finally {
        underWay.delete(row.id);
      }
    },

    /** To be called once at the start: calls that a killed process left at a vendor have an outcome that nobody learned. */
    recover,

    /** Gives up what could not be written when it was over. */
    tick: async (at: number) => (leftBehind ? recover(at) : undefined),

    /** Forgets some of what is older than a day. True: there may be more. */
    purge: (at: number) => storage.transact((stores) => stores.calls.purge(at - day)),
  };
}
export type KeptCalls = ReturnType<typeof createKeptCalls>;

const day = 86_400_000;

/** Refusals by which it is certain that the vendor did nothing. */
const turnedAway: ReadonlySet<string> = new Set([
  'vendor-unavailable',
  // Named only where our own key does not open; what breaks without a name may have been sent.
  'internal',
  'body-too-large',
  'malformed-json',
  'invalid-input',
  'limit-reached',
  'not-found',
]);
