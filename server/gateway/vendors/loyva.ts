import { z } from 'zod/mini';
import { pathOf } from '../../../shared/json-pointer.ts';
import { Failure } from '../../../shared/problem.ts';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import type { Credential } from '../domain/records/ports.ts';
import { RefusedForGood } from '../domain/records/refusal.ts';
import type { EnvelopeOrder } from '../domain/run/answers.ts';
import type { Found, Making, OrderPart, OrderRefusal, SigningVendor, Standing } from '../domain/signing/vendor.ts';
import type { Allowance } from './allowance.ts';
import { createCall, rateLimited, type VendorAnswer, type VendorOptions } from './call.ts';
import type { Discover } from './discovery.ts';
import { outcomeOf, outcomeOfFailure, refusalIn, sentence } from './outcomes.ts';
import { json } from './read.ts';

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
    /** Ours: no page of Loyva's names it. */
    declined: z.optional(z.nullable(z.object({ reason: z.nullable(z.string()) }))),
  }),
});

const Sentence = z.object({ error: z.optional(z.string()), details: z.optional(z.array(z.object({ message: z.optional(z.string()) }))) });
const Refused = z.object({
  details: z
    .array(
      z.object({
        pointer: z.string(),
        code: z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/)),
        params: z.optional(z.record(z.string(), z.unknown())),
      }),
    )
    .check(z.maxLength(1_000)),
});

/** What it says of the parts at fault; else of the whole. */
function wordsIn(answer: OutboundAnswer): string | undefined {
  const { error = '', details = [] } = json(answer, Sentence) ?? {};
  return (
    details
      .map(({ message = '' }) => message)
      .join(' ')
      .trim() || error
  );
}

const Vaulted = z.object({ data: z.object({ status: z.optional(z.string()), vaulted: z.optional(z.boolean()) }) });

/** How far back an envelope is looked for: pages of the list, newest first, and envelopes a page. */
const look = { pages: 10, limit: 100 } as const;

const doings = {
  'loyva create': 'a new envelope',
  'loyva list': 'the list of envelopes',
  'loyva status': 'a status',
  'loyva void': 'a void',
  'loyva vault-in': 'a vault-in',
} as const;
type LoyvaCall = keyof typeof doings;

/** What an answer tells that is not what was asked for. */
function failed(call: LoyvaCall, answer: VendorAnswer): Failure {
  const detail = `Loyva answered ${answer.status} to ${doings[call]}.`;
  const outcome = outcomeOf(call, answer);
  if (outcome === 'refused') return new RefusedForGood(detail, refusalIn(answer, wordsIn));
  if (answer.status === 429) return rateLimited(answer, detail);
  return new Failure(outcome === 'done' ? 'vendor-unreadable' : 'vendor-unavailable', detail);
}

interface Options extends VendorOptions {
  /** What the calls of these purposes may take of what the vendor allows. */
  readonly allowance: Allowance;
  readonly discover: Discover;
}

export function loyva({ discover, ...options }: Options): SigningVendor {
  const ask = createCall({ ...options, vendor: 'loyva', locked: 'vendor-unavailable' });
  const patient = 3 * options.deadline;
  const call = (method: 'GET' | 'POST', path: string, key: Credential, body?: object, deadline?: number): Promise<VendorAnswer> =>
    ask(key, { method, path: loyvaPaths.envelopes + path, body, ...(deadline !== undefined && { deadline }) });
  /** Of an answer's figures only those are kept that are shown to whoever can mend it. */
  const refusalsIn = (answer: VendorAnswer, order: EnvelopeOrder): OrderRefusal[] =>
    ((answer.keyless && json(answer, Refused)?.details) || []).map(({ pointer, code, params }) => {
      const { max, characters } = params ?? {};
      return {
        part: partAt(pointer, order),
        code,
        params: {
          ...(typeof max === 'number' && { max }),
          ...(typeof characters === 'string' && { characters: characters.slice(0, 200) }),
        },
      };
    });
  /** The answer as its schema reads it; thrown where it is not what was asked for. */
  function read<T>(call: LoyvaCall, answer: VendorAnswer, schema: z.ZodMiniType<T>): T {
    const found = outcomeOf(call, answer) === 'done' && answer.keyless ? json(answer, schema) : undefined;
    if (!found) throw failed(call, answer);
    return found;
  }
  const at = (envelopeId: string): string => `/${encodeURIComponent(envelopeId)}`;

  async function standingOf(key: Credential, envelopeId: string): Promise<Standing | undefined> {
    const answer = await call('GET', `${at(envelopeId)}/status`, key);
    if (answer.status === 404) return undefined;
    const { status, vaulted = false, signers = [], declined } = read('loyva status', answer, Status).data;
    const signed = new Map(signers.map((each) => [each.email.toLowerCase(), hasSigned(each.status)]));
    return { status, vaulted, signed, declined: declined?.reason ? sentence(declined.reason) : undefined };
  }

  return {
    async create(key, order): Promise<Making> {
      let answer: VendorAnswer;
      try {
        answer = await call('POST', '', key, bodyOf(order), patient);
      } catch (cause) {
        return { kind: outcomeOfFailure('loyva create', cause) === 'later' ? 'later' : 'unclear', cause };
      }
      try {
        return { kind: 'made', envelopeId: read('loyva create', answer, Made).data.envelope_id };
      } catch (cause) {
        if (cause instanceof RefusedForGood) return { kind: 'refused', refusal: cause.refusal, refusals: refusalsIn(answer, order) };
        return { kind: outcomeOf('loyva create', answer) === 'later' ? 'later' : 'unclear', cause };
      }
    },

    async find(key, externalId): Promise<Found> {
      for (let page = 1; page <= look.pages; page += 1) {
        const list = read('loyva list', await call('GET', `?page=${page}&limit=${look.limit}`, key), Listed);
        const found = list.data.find((each) => each.external_id === externalId);
        if (found) return { kind: 'found', envelopeId: found.envelope_id };
        // Nobody documents that a request's external_id is kept. Whoever speaks our ceremony keeps it; of others nothing follows.
        if (list.data.length === 0 || page * look.limit >= (list.meta?.total ?? Infinity))
          return { kind: (await discover()) === undefined ? 'untold' : 'absent' };
      }
      // There are more than were looked at, and it may be among them: a second one must not be made.
      return { kind: 'untold' };
    },

    standing: standingOf,

    async void(key, envelopeId, reason) {
      const answer = await call('POST', `${at(envelopeId)}/void`, key, { reason });
      const outcome = outcomeOf('loyva void', answer);
      if (outcome === 'done') return true;
      const refused = () => failed('loyva void', answer);
      if (outcome !== 'unclear') throw refused();
      const { status = '' } = (await standingOf(key, envelopeId)) ?? {};
      if (isOpen(status)) throw new RefusedForGood(refused().message, refusalIn(answer, wordsIn));
      return status === 'voided';
    },

    async vaultIn(key, envelopeId) {
      const answer = await call('POST', `${at(envelopeId)}/vault-in-signed`, key, {}, patient);
      const outcome = outcomeOf('loyva vault-in', answer);
      const refused = () => failed('loyva vault-in', answer);
      if (outcome === 'unclear') {
        const { vaulted = false } = (await standingOf(key, envelopeId)) ?? {};
        if (!vaulted) throw new RefusedForGood(refused().message, refusalIn(answer, wordsIn));
        return true;
      }
      if (outcome !== 'done') throw refused();
      const { status, vaulted } = json(answer, Vaulted)?.data ?? {};
      return vaulted === true || status === 'vaulted';
    },
  };
}

/** The words a vendor has for an envelope that is being signed. */
const isOpen = (status: string): boolean => status === 'sent' || status === 'viewed';

/** The words a vendor may have for a signer who is through. */
const hasSigned = (status: string): boolean => /^(signed|completed|done)$/i.test(status);

/** The part that a JSON Pointer into the request means. */
function partAt(pointer: string, { fields }: EnvelopeOrder): OrderPart | null {
  if (pointer === '/customer_name' || pointer === '/signers/0/name') return { signer: 'name' };
  if (pointer === '/customer_email' || pointer === '/signers/0/email') return { signer: 'email' };
  const [list, first = '', part] = pathOf(pointer);
  if (list === 'values') return { field: first };
  const name = list === 'fields' && part === 'value' ? fields[Number(first)]?.name : undefined;
  return name === undefined ? null : { field: name };
}

function bodyOf({ externalId, title, content, signers, fields, values }: EnvelopeOrder): object {
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
    ...(Object.keys(values).length > 0 && { values }),
  };
}
