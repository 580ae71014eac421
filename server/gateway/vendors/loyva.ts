import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { loyvaKeyHeader, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { type OutboundAnswer, OutboundFailure } from '../../outbound/request.ts';
import type { CredentialRow } from '../domain/ports.ts';
import type { EnvelopeOrder, Making, SigningVendor, Standing } from '../domain/signing-vendor.ts';
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

/** With these the call was turned away before anything was done; 408 is not among them, it is a timeout. */
const turnedAway: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 409, 429]);
/** With these it will be turned away again until somebody changes the document, the flow or the answers. */
const refusing: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** How far back an envelope is looked for: pages of the list, newest first, and envelopes a page. */
const look = { pages: 10, limit: 100 } as const;

const fine = ({ status }: OutboundAnswer): boolean => status >= 200 && status < 300;
const failed = ({ status }: OutboundAnswer, doing: string): Failure =>
  new Failure(status === 401 || status === 403 ? 'vendor-refused' : 'vendor-unavailable', `Loyva answered ${status} to ${doing}.`);

export function loyva({ origin, request, keyOf, deadline }: VendorOptions): SigningVendor {
  const call = (method: 'GET' | 'POST', path: string, key: CredentialRow, body?: object, patience = deadline): Promise<OutboundAnswer> =>
    request({
      origin,
      path: loyvaPaths.envelopes + path,
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), [loyvaKeyHeader]: keyOf(key) },
      body: body && JSON.stringify(body),
      deadline: patience,
    });
  const at = (envelopeId: string): string => `/${encodeURIComponent(envelopeId)}`;

  return {
    async create(key, order): Promise<Making> {
      let answer: OutboundAnswer;
      try {
        answer = await call('POST', '', key, bodyOf(order), 3 * deadline);
      } catch (cause) {
        return { kind: cause instanceof OutboundFailure && cause.sent ? 'unclear' : 'later', cause };
      }
      const made = fine(answer) ? json(answer, Made) : undefined;
      if (made) return { kind: 'made', envelopeId: made.data.envelope_id };
      const kind = refusing.has(answer.status) ? 'refused' : turnedAway.has(answer.status) ? 'later' : 'unclear';
      return { kind, cause: failed(answer, 'a new envelope') };
    },

    async find(key, externalId) {
      for (let page = 1; page <= look.pages; page += 1) {
        const answer = await call('GET', `?page=${page}&limit=${look.limit}`, key);
        const list = fine(answer) ? json(answer, Listed) : undefined;
        if (!list) throw failed(answer, 'the list of envelopes');
        const found = list.data.find((each) => each.external_id === externalId);
        if (found) return found.envelope_id;
        if (list.data.length === 0 || page * look.limit >= (list.meta?.total ?? Infinity)) return undefined;
      }
      return undefined;
    },

    async standing(key, envelopeId): Promise<Standing | undefined> {
      const answer = await call('GET', `${at(envelopeId)}/status`, key);
      if (answer.status === 404) return undefined;
      const found = fine(answer) ? json(answer, Status) : undefined;
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
    },
  };
}

/** The words a vendor may have for a signer who is through. */
const hasSigned = (status: string): boolean => /^(signed|completed|done)$/i.test(status);

function bodyOf({ externalId, title, document, signers, fields }: EnvelopeOrder): object {
  return {
    customer_email: signers[0]?.email,
    customer_name: signers[0]?.name,
    envelope_kind: 'esign',
    envelope_name: title,
    external_id: externalId,
    document: { filename: document.filename, content_base64: document.base64 },
    signing_order: signers.length > 1 ? 'sequential' : 'parallel',
    signers: signers.map((signer, i) => ({ ...signer, order: i + 1 })),
    ...(fields.length > 0 && { fields }),
  };
}
