import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { type OutboundAnswer, OutboundFailure } from '../../outbound/request.ts';
import type { CredentialRow } from '../domain/ports.ts';
import type { EnvelopeOrder, Found, Making, SigningVendor, Standing } from '../domain/signing-vendor.ts';
import { type Allowance, waitOf } from './allowance.ts';
import type { Discover } from './discovery.ts';
import { isKeyless } from './echo.ts';
import { json } from './read.ts';
import type { VendorOptions } from './scribeless.ts';

/** Loyva's answers, read leniently: what is not needed is let be. */
const Made = z.object({ data: z.object({ envelope_id: z.string() }) });
const Listed = z.object({
  data: z.array(z.object({ envelope_id: z.string(), external_id: z.optional(z.nullable(z.string())) })),
  meta: z.optional(z.object({ total: z.optional(z.number()) })),
});
const Status = z.object({
  data: z.object({
    envelope_id: z.string(),
    status: z.string(),
    vaulted: z.optional(z.boolean()),
    signers: z.optional(z.array(z.object({ email: z.string(), status: z.string() }))),
  }),
});

const Vaulted = z.object({ data: z.object({ status: z.optional(z.string()), vaulted: z.optional(z.boolean()) }) });

/** With these the call was turned away before anything was done; 408 is not among them, it is a timeout. */
const turnedAway: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 409, 429]);
/** With these it will be turned away again until somebody changes the document, the flow or the answers. */
const refusing: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** How far back an envelope is looked for: pages of the list, newest first, and envelopes a page. */
const look = { pages: 10, limit: 100 } as const;

const fine = ({ status }: OutboundAnswer): boolean => status >= 200 && status < 300;
function failed({ status, headers }: OutboundAnswer, doing: string): Failure {
  const detail = `Loyva answered ${status} to ${doing}.`;
  if (status === 429) return new Failure('rate-limited', detail, { retryAfter: Math.ceil((waitOf(headers) ?? 10_000) / 1000) });
  return new Failure(status === 401 || status === 403 ? 'vendor-refused' : 'vendor-unavailable', detail);
}

interface Options extends VendorOptions {
  /** What the calls of these purposes may take of what the vendor allows. */
  readonly allowance: Allowance;
  readonly discover: Discover;
}

export function loyva({ origin, request, keyOf, deadline, allowance, discover }: Options): SigningVendor {
  async function call(
    method: 'GET' | 'POST',
    path: string,
    key: CredentialRow,
    body?: object,
    patience = deadline,
  ): Promise<OutboundAnswer> {
    allowance.take(key.id);
    const answer = await request({
      origin,
      path: loyvaPaths.envelopes + path,
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), [loyvaKeyHeader]: keyOf(key) },
      body: body && JSON.stringify(body),
      deadline: patience,
    });
    allowance.learn(key.id, answer);
    return answer;
  }
  const at = (envelopeId: string): string => `/${encodeURIComponent(envelopeId)}`;

  return {
    async create(key, order): Promise<Making> {
      let answer: OutboundAnswer;
      try {
        answer = await call('POST', '', key, bodyOf(order), 3 * deadline);
      } catch (cause) {
        return { kind: cause instanceof OutboundFailure && cause.sent ? 'unclear' : 'later', cause };
      }
      const made = fine(answer) && isKeyless(answer, keyOf(key)) ? json(answer, Made) : undefined;
      if (made) return { kind: 'made', envelopeId: made.data.envelope_id };
      const kind = refusing.has(answer.status) ? 'refused' : turnedAway.has(answer.status) ? 'later' : 'unclear';
      return { kind, cause: failed(answer, 'a new envelope') };
    },

    async find(key, externalId): Promise<Found> {
      for (let page = 1; page <= look.pages; page += 1) {
        const answer = await call('GET', `?page=${page}&limit=${look.limit}`, key);
        const list = fine(answer) && isKeyless(answer, keyOf(key)) ? json(answer, Listed) : undefined;
        if (!list) throw failed(answer, 'the list of envelopes');
        const found = list.data.find((each) => each.external_id === externalId);
        if (found) return { kind: 'found', envelopeId: found.envelope_id };
        // Nobody documents that a request's external_id is kept. Whoever speaks our ceremony keeps it; of others nothing follows.
        if (list.data.length === 0 || page * look.limit >= (list.meta?.total ?? Infinity))
          return { kind: (await discover()) === undefined ? 'untold' : 'absent' };
      }
      // There are more than were looked at, and it may be among them: a second one must not be made.
      return { kind: 'untold' };
    },

    async standing(key, envelopeId): Promise<Standing | undefined> {
      const answer = await call('GET', `${at(envelopeId)}/status`, key);
      if (answer.status === 404) return undefined;
      const found = fine(answer) && isKeyless(answer, keyOf(key)) ? json(answer, Status) : undefined;
      if (!found) throw fine(answer) ? new Failure('vendor-unreadable') : failed(answer, 'a status');
      const { status, vaulted = false, signers = [] } = found.data;
      return { status, vaulted, signed: new Map(signers.map((each) => [each.email.toLowerCase(), hasSigned(each.status)])) };
    },

    async void(key, envelopeId, reason) {
      const answer = await call('POST', `${at(envelopeId)}/void`, key, { reason });
      if (!fine(answer)) throw failed(answer, 'a void');
    },

    async vaultIn(key, envelopeId) {
      const answer = await call('POST', `${at(envelopeId)}/vault-in-signed`, key, {}, 3 * deadline);
      if (!fine(answer)) throw failed(answer, 'a vault-in');
      const { status, vaulted } = json(answer, Vaulted)?.data ?? {};
      return vaulted === true || status === 'vaulted';
    },
  };
}

/** The words a vendor may have for a signer who is through. */
const hasSigned = (status: string): boolean => /^(signed|completed|done)$/i.test(status);

function bodyOf({ externalId, title, content, signers, fields }: EnvelopeOrder): object {
  return {
    customer_email: signers[0]?.email,
    customer_name: signers[0]?.name,
    envelope_kind: 'esign',
    envelope_name: title,
    external_id: externalId,
    ...('templateId' in content
      ? { template_id: content.templateId }
      : { document: { filename: content.filename, content_base64: content.base64 } }),
    signing_order: signers.length > 1 ? 'sequential' : 'parallel',
    signers: signers.map((signer, i) => ({ ...signer, order: i + 1 })),
    ...(fields.length > 0 && { fields }),
  };
}
