import { setTimeout } from 'node:timers/promises';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { Failure } from '../../../shared/problem.ts';
import { type Breaker, createBreaker } from '../../outbound/breaker.ts';
import type { OutboundAnswer, OutboundRequest } from '../../outbound/call.ts';
import { AnswerTooLong, type OutboundFailure, type Request } from '../../outbound/request.ts';
import { CallerLeft, type ProxiedAnswer, type ProxiedCall } from '../domain/proxy/call.ts';
import type { Forward } from '../domain/proxy/proxied.ts';
import type { Credential } from '../domain/records/ports.ts';
import { keyHeaders, keyIn, lossOf, reached } from './call.ts';
import { keyGuard } from './key-guard.ts';
import { isPassing, repeating, waitBefore } from './repeats.ts';

/** Answer headers that pass, in ASCII; everything else a vendor sends stops here. No row answers a file, so that none needs a name. */
const passing = [
  'content-type',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'retry-after',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
] as const;

/** Bytes of an answer that are read at most: every row answers JSON, none a file. */
const answerCap = 4 * 1024 * 1024;

/** A vendor's key as it is sent, and what keeps it out of the answer. */
interface OpenKey {
  readonly headers: Readonly<Record<string, string>>;
  readonly guard: ReturnType<typeof keyGuard>;
}

interface Options {
  origins: Readonly<Record<VendorName, string>>;
  request: Request;
  keyOf: (credential: Credential) => string;
  now: () => number;
}

/** Sends a partner's call to the vendor: host and key are ours, path and body are the caller's, headers are built anew. */
export function forwarder({ origins, request, keyOf, now }: Options): Forward {
  const breakers = new Map<string, Breaker>();
  /** One for each vendor and partner: what one partner's key makes a vendor do says nothing of another's. */
  function breakerOf(vendor: VendorName, { partnerId }: Credential): Breaker {
    const name = `${vendor} ${partnerId}`;
    let breaker = breakers.get(name);
    if (!breaker) {
      breaker = createBreaker(now);
      breakers.set(name, breaker);
    }
    return breaker;
  }

  /**
   * A key stays open for as long as somebody holds its row: those that are asked for at every call stay so until an administrator
   * changes something, the others are read for one call. It is used here and nowhere else.
   */
  const opened = new WeakMap<Credential, OpenKey>();
  function open(vendor: VendorName, row: Credential): OpenKey {
    const known = opened.get(row);
    if (known) return known;
    const secret = keyIn(keyOf, row, 'internal');
    const fresh = { headers: keyHeaders[vendor](secret), guard: keyGuard(secret) };
    opened.set(row, fresh);
    return fresh;
  }

  /** Only what the vendor or the way to it did counts: no connection, no answer in time, a 5xx. */
  async function tried(breaker: Breaker, call: OutboundRequest): Promise<OutboundAnswer> {
    const passage = breaker.enter();
    if (typeof passage === 'number')
      throw new Failure('vendor-unavailable', 'The vendor failed too often just now, and is not asked for a while.', {
        retryAfter: Math.ceil(passage / 1_000),
      });
    try {
      const answer = await reached(request(call));
      if (answer.status >= 500) passage.failed();
      else passage.worked();
      return answer;
    } catch (error) {
      const loss = lossOf(error);
      if (loss && !isTooLong(loss)) passage.failed();
      else passage.left();
      throw error;
    }
  }

  return async (vendor, key, call) => {
    const breaker = breakerOf(vendor, key);
    const lane = key.partnerId;
    const { method, path, body, deadline, leaving } = call;
    const { headers: keyed, guard } = open(vendor, key);
    const headers = headersOf(call, keyed);
    const end = performance.now() + deadline;
    for (let repeat = 0; ; repeat += 1) {
      let answer: OutboundAnswer | undefined;
      let lost: OutboundFailure | undefined;
      try {
        const left = repeat === 0 ? deadline : end - performance.now();
        answer = await tried(breaker, {
          origin: origins[vendor],
          lane,
          path,
          method,
          headers,
          body,
          deadline: left,
          cap: answerCap,
          leaving,
        });
        if (method !== 'GET' || !isPassing(answer.status)) return passed(answer, guard);
      } catch (error) {
        lost = lostBy(error);
        if (method !== 'GET' || isTooLong(lost)) throw failureOf(lost, method);
      }
      const wait = waitBefore(repeat, answer);
      if (repeat < repeating.most && performance.now() + wait < end && breaker.mayRepeat()) await setTimeout(wait);
      else if (answer) return passed(answer, guard);
      else throw failureOf(lost, method);
    }
  };
}

function headersOf({ accept, body, contentType, contentLength }: ProxiedCall, key: OpenKey['headers']): Record<string, string> {
  const headers: Record<string, string> = { accept: accept || 'application/json', 'user-agent': 'Inlay', ...key };
  // Nothing is of no type: some vendors refuse an empty body that says it is JSON.
  if (body && !(Buffer.isBuffer(body) && body.length === 0)) headers['content-type'] = contentType ?? 'application/json';
  if (contentLength !== undefined) headers['content-length'] = String(contentLength);
  return headers;
}

function passed(answer: OutboundAnswer, guard: OpenKey['guard']): ProxiedAnswer {
  guard(answer, passing);
  const { status, headers, body } = answer;
  const kept: Record<string, string> = {};
  for (const name of passing) {
    const value = headers[name];
    if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) kept[name] = value;
  }
  return { status, headers: kept, body };
}

/** What the way out says of a lost call; a refusal passes as it is, and anything else is the caller's own doing. */
function lostBy(error: unknown): OutboundFailure {
  const loss = lossOf(error);
  if (loss) return loss;
  throw error instanceof Failure ? error : new CallerLeft(error);
}

const isTooLong = (lost: OutboundFailure | undefined): boolean => lost?.cause instanceof AnswerTooLong;

function failureOf(cause: OutboundFailure | undefined, method: ProxiedCall['method']): Failure {
  if (cause?.sent && method !== 'GET')
    return new Failure('outcome-unknown', 'The vendor did not answer after the call was sent.', { cause });
  if (isTooLong(cause)) return new Failure('vendor-unreadable', `At most ${answerCap} bytes of an answer are read.`, { cause });
  return new Failure('vendor-unavailable', undefined, { cause });
}
