import { z } from 'zod/mini';
import { clientHeader, Discovery, discoveryPath, type InlayClientReport } from '../../../shared/ceremony.ts';
import { Failure, Fault, type ProblemCode } from '../../../shared/problem.ts';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { type OutboundAnswer, OutboundFailure } from '../../outbound/request.ts';
import type { CeremonyVendor, DocumentAnswer } from '../domain/signing-vendor.ts';
import { json } from './read.ts';
import type { VendorOptions } from './scribeless.ts';

/** Bytes of a document that are passed on at most. */
const documentCap = 40 * 1024 * 1024;
/** Bytes of an answer: a state carries every drawn signature of its signers, once in each field. */
const answerCap = 16 * 1024 * 1024;
/** How long it is remembered whether the vendor has a ceremony, in milliseconds. */
const remembered = { present: 300_000, absent: 30_000 } as const;

/** Refusals that mean the same on both sides; everything else a vendor says is the vendor's fault. */
const passing: ReadonlySet<string> = new Set<ProblemCode>([
  'ceremony-ended',
  'not-your-turn',
  'consent-missing',
  'ceremony-changed',
  'pages-unread',
  'invalid-input',
]);
const Refusal = z.object({ code: z.string(), errors: z.optional(z.array(Fault).check(z.maxLength(1_000))) });
const Minted = z.object({ data: z.object({ token: z.string().check(z.regex(/^[\x21-\x7e]{1,4096}$/)) }) });

/** Header values are ASCII; what a browser calls itself need not be. */
const ascii = (client: InlayClientReport): string =>
  JSON.stringify(client).replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

export function ceremony({ origin, request, keyOf, deadline, now }: VendorOptions & { now: () => number }): CeremonyVendor {
  let known: { path: string | undefined; until: number } | undefined;

  async function send(call: Omit<Parameters<typeof request>[0], 'origin'>): Promise<OutboundAnswer> {
    return request({ origin, ...call }).catch((cause: unknown) => {
      throw cause instanceof OutboundFailure ? new Failure('vendor-unavailable', undefined, { cause }) : cause;
    });
  }

  /** Where the vendor has its ceremony, as it says itself. */
  async function discover(): Promise<string> {
    const at = now();
    if (!known || known.until <= at) {
      const answer = await send({ path: discoveryPath, method: 'GET', headers: { accept: 'application/json' }, deadline });
      if (answer.status === 429 || answer.status >= 500) throw new Failure('vendor-unavailable');
      const found = answer.status === 200 ? json(answer, Discovery) : undefined;
      const path = found?.version === 1 && /^(\/[\w-]+)+$/.test(found.path) ? found.path : undefined;
      known = { path, until: at + (path ? remembered.present : remembered.absent) };
    }
    if (known.path === undefined) throw new Failure('ceremony-missing');
    return known.path;
  }

  const headersFor = (pass: string, client: InlayClientReport) => ({ authorization: `Bearer ${pass}`, [clientHeader]: ascii(client) });

  return {
    async admit(key, envelopeId, email) {
      await discover();
      const answer = await send({
        path: loyvaPaths.token,
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', [loyvaKeyHeader]: keyOf(key) },
        body: JSON.stringify({ envelope_id: envelopeId, user_email: email, widget_type: 'sign' }),
        deadline,
      });
      const minted = answer.status >= 200 && answer.status < 300 ? json(answer, Minted) : undefined;
      if (minted) return minted.data.token;
      if (answer.status === 409) throw new Failure('ceremony-ended');
      if (answer.status === 404) throw new Failure('not-found', 'There is no such envelope.');
      const refused = [401, 402, 403, 422].includes(answer.status);
      throw new Failure(refused ? 'vendor-refused' : 'vendor-unavailable', `The vendor answered ${answer.status} to a token.`);
    },

    async ask(pass, client, { method, path, body }, schema) {
      const answer = await send({
        path: (await discover()) + path,
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headersFor(pass, client),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        deadline,
        cap: answerCap,
      });
      if (answer.status === 401) return undefined;
      if (answer.status !== 200) throw refusalOf(answer);
      const read = json(answer, schema);
      if (read === undefined) throw new Failure('vendor-unreadable');
      return read;
    },

    async document(pass, client, { range, ifRange, ifNoneMatch }): Promise<DocumentAnswer | undefined> {
      const answer = await send({
        path: `${await discover()}/document`,
        method: 'GET',
        headers: {
          accept: 'application/pdf',
          ...(range && { range }),
          ...(ifRange && { 'if-range': ifRange }),
          ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }),
          ...headersFor(pass, client),
        },
        deadline: 3 * deadline,
        cap: documentCap,
      });
      const { status, headers, body } = answer;
      if (status === 401) return undefined;
      if (status !== 200 && status !== 206 && status !== 304 && status !== 416) throw refusalOf(answer);
      const delivers = status === 200 || status === 206;
      if (delivers && !String(headers['content-type'] ?? '').startsWith('application/pdf')) throw new Failure('vendor-unreadable');
      const kept = ['etag', 'content-range', 'accept-ranges'].flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      });
      return { status, headers: Object.fromEntries(kept), body: delivers ? body : Buffer.alloc(0) };
    },
  };
}

/** The vendor's refusal as ours, built anew: its code where both sides know it, and the faults; none of its words. */
function refusalOf(answer: OutboundAnswer): Failure {
  const refusal = json(answer, Refusal);
  if (refusal && passing.has(refusal.code))
    return new Failure(refusal.code as ProblemCode, undefined, refusal.errors ? { errors: refusal.errors } : {});
  const unavailable = answer.status === 429 || answer.status >= 500;
  return new Failure(unavailable ? 'vendor-unavailable' : 'vendor-unreadable', `The vendor answered ${answer.status}.`);
}
