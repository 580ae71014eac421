import { pipeline, type Readable } from 'node:stream';
import { z } from 'zod/mini';
import { Failure, Fault, type ProblemCode } from '../../../shared/problem.ts';
import { type CeremonyQuery, clientHeader, type InlayClientReport } from '../../../shared/signing/ceremony.ts';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import type { OutboundAnswer, OutboundStream } from '../../outbound/call.ts';
import { filesLane, type RequestStream } from '../../outbound/request.ts';
import type { CeremonyVendor, DocumentAnswer } from '../domain/signing/vendor.ts';
import { askWith, assertPassable, createCall, reached, type VendorOptions } from './call.ts';
import type { Discover } from './discovery.ts';
import { assertKeyless, keylessStream } from './key-guard.ts';
import { json } from './read.ts';

/** Bytes of a document that are passed on at most, and milliseconds that all of them may take: a signer's own line may be slow. */
const documentLimits = { cap: 40 * 1024 * 1024, deadline: 120_000 } as const;
const refusalCap = 256 * 1024;
/** Bytes of an answer: a state carries every drawn signature of its signers, once in each field. */
const answerCap = 16 * 1024 * 1024;
/** Headers of a document's answer that pass. */
const documentHeaders = ['etag', 'content-range', 'accept-ranges'] as const;

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

const searchOf = ({ time_zone }: CeremonyQuery = {}): string => (time_zone ? `?${new URLSearchParams({ time_zone })}` : '');

type Options = VendorOptions & { stream: RequestStream; discover: Discover };

export function ceremony({ stream, discover, ...options }: Options): CeremonyVendor {
  const { origin, request, deadline } = options;
  const call = createCall({ ...options, vendor: 'loyva', locked: 'internal' });

  async function pathOf(): Promise<string> {
    const path = await discover();
    if (path === undefined) throw new Failure('ceremony-missing');
    return path;
  }

  const headersFor = (pass: string, client: InlayClientReport) => ({ authorization: `Bearer ${pass}`, [clientHeader]: ascii(client) });

  return {
    async admit(key, envelopeId, email) {
      await pathOf();
      const body = { envelope_id: envelopeId, user_email: email, widget_type: 'sign' };
      const answer = await call(key, { method: 'POST', path: loyvaPaths.token, body });
      const minted = answer.status >= 200 && answer.status < 300 ? json(answer, Minted) : undefined;
      if (minted) return minted.data.token;
      if (answer.status === 409) throw new Failure('ceremony-ended');
      if (answer.status === 404) throw new Failure('not-found', 'There is no such envelope.');
      const refused = [401, 402, 403, 422].includes(answer.status);
      throw new Failure(refused ? 'vendor-refused' : 'vendor-unavailable', `The vendor answered ${answer.status} to a token.`);
    },

    async ask(pass, client, { method, path, query, body }, schema) {
      const answer = await askWith(pass, request, {
        origin,
        path: (await pathOf()) + path + searchOf(query),
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
      assertPassable(answer);
      if (answer.status !== 200) throw refusalOf(answer);
      const read = json(answer, schema);
      if (read === undefined) throw new Failure('vendor-unreadable');
      return read;
    },

    async document(pass, client, { partnerId, range, ifRange, ifNoneMatch }): Promise<DocumentAnswer | undefined> {
      const answer = await reached(
        stream({
          origin,
          lane: filesLane(partnerId),
          path: `${await pathOf()}/document`,
          method: 'GET',
          headers: {
            accept: 'application/pdf',
            ...(range && { range }),
            ...(ifRange && { 'if-range': ifRange }),
            ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }),
            ...headersFor(pass, client),
          },
          ...documentLimits,
        }),
      );
      try {
        return await documentOf(answer, pass);
      } catch (error) {
        answer.body.destroy();
        throw error;
      }
    },
  };
}

async function documentOf({ status, headers, body }: OutboundStream, pass: string): Promise<DocumentAnswer | undefined> {
  if (status === 401) {
    body.resume();
    return undefined;
  }
  assertKeyless({ headers, body: Buffer.alloc(0) }, pass, documentHeaders);
  if (status !== 200 && status !== 206 && status !== 304 && status !== 416) {
    const refusal = { status, headers, body: await refusalIn(body) };
    assertKeyless(refusal, pass);
    throw refusalOf(refusal);
  }
  const kept = Object.fromEntries(
    documentHeaders.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  if (status === 304 || status === 416) {
    body.resume();
    return { status, headers: kept, body: undefined };
  }
  if (!String(headers['content-type'] ?? '').startsWith('application/pdf')) throw new Failure('vendor-unreadable');
  const [length] = /^\d{1,12}$/.exec(String(headers['content-length'] ?? '')) ?? [];
  // It destroys both when one of them ends too early; whoever reads hears of it, so nothing is left to say here.
  const passed = pipeline(body, keylessStream(pass), () => {});
  return { status, headers: { ...kept, ...(length !== undefined && { 'content-length': length }) }, body: passed };
}

/** Bytes of a refusal; one that is longer is none that we know. */
async function refusalIn(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > refusalCap) throw new Failure('vendor-unreadable');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The vendor's refusal as ours, built anew: its code where both sides know it, and the faults; none of its words. */
function refusalOf(answer: OutboundAnswer): Failure {
  const refusal = json(answer, Refusal);
  if (refusal && passing.has(refusal.code))
    return new Failure(refusal.code as ProblemCode, undefined, refusal.errors ? { errors: refusal.errors } : {});
  const unavailable = answer.status === 429 || answer.status >= 500;
  return new Failure(unavailable ? 'vendor-unavailable' : 'vendor-unreadable', `The vendor answered ${answer.status}.`);
}
