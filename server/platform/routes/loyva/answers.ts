import { z } from 'zod/mini';
import type { Listed, Wanted } from '../../../../shared/list.ts';
import { signerStates } from '../../../../shared/signing/ceremony.ts';
import { envelopeStatuses } from '../../../../shared/vendors/loyva.ts';
import { writeCursor } from '../../../http/answer/cursor.ts';
import { iso, isoOrNull } from '../../../http/answer/reply.ts';
import { type Parties, signerStatus, statusOf } from '../../domain/envelope/envelopes.ts';

/** How Loyva's answers look. What its documentation leaves open is ours, and stands beside what it names. */

const item = {
  envelope_id: z.string(),
  envelope_name: z.string(),
  status: z.enum(envelopeStatuses),
  customer_id: z.string(),
  external_id: z.nullable(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
};
const signer = { email: z.string(), name: z.string(), role: z.nullable(z.string()), status: z.enum(signerStates) };

/** Beside the vendor's three, where the next page begins: only where there is one. What was asked for by cursor has no page number. */
export const Meta = z.object({ page: z.optional(z.int()), limit: z.int(), total: z.int(), next_cursor: z.optional(z.string()) });
export const EnvelopeList = z.object({ data: z.array(z.object(item)), meta: Meta });
export const EnvelopeAnswer = z.object({
  data: z.object({
    ...item,
    template_id: z.nullable(z.string()),
    vaulted: z.boolean(),
    compliant: z.boolean(),
    metadata: z.record(z.string(), z.string()),
    envelope_kind: z.enum(['esign', 'paper']),
    signing_order: z.enum(['parallel', 'sequential']),
    signers: z.array(z.object(signer)),
    expires_at: z.nullable(z.string()),
    completed_at: z.nullable(z.string()),
    vaulted_at: z.nullable(z.string()),
  }),
});
/** What was left out of an uploaded document or changed in it so that it could be taken; ours. */
export const warnings = z.array(z.object({ code: z.string(), message: z.string(), pointer: z.optional(z.string()) }));
/** A new envelope, with what its sender should know of its document. */
export const CreatedAnswer = z.object({ data: z.extend(EnvelopeAnswer.shape.data, { warnings }) });
export const StatusAnswer = z.object({
  data: z.object({
    envelope_id: z.string(),
    status: z.enum(envelopeStatuses),
    vaulted: z.boolean(),
    signers: z.array(z.object({ email: signer.email, status: signer.status })),
    /** Who declined, by e-mail, and in their words; ours, and only where somebody has. */
    declined: z.optional(z.object({ by: z.nullable(z.string()), reason: z.nullable(z.string()) })),
  }),
});
export const RemindAnswer = z.object({
  data: z.object({
    envelope_id: z.string(),
    reminded: z.array(z.string()),
    skipped: z.array(z.object({ email: z.string(), next_at: z.string() })),
  }),
});
export const LinksAnswer = z.object({ data: z.array(z.object({ ...signer, signing_url: z.string(), expires_at: z.string() })) });

export const metaAnswer = (
  { page, limit, after }: Wanted,
  { total, next }: Pick<Listed<unknown>, 'total' | 'next'>,
): z.infer<typeof Meta> => ({
  ...(after ? {} : { page }),
  limit,
  total,
  next_cursor: writeCursor(next),
});

export const itemAnswer = (envelope: Parties['envelope'], at: number) => ({
  envelope_id: envelope.id,
  envelope_name: envelope.name,
  status: statusOf(envelope, at),
  customer_id: envelope.customerId,
  external_id: envelope.externalId,
  created_at: iso(envelope.createdAt),
  updated_at: iso(envelope.updatedAt),
});

export const signerAnswer = (parties: Parties, each: Parties['signers'][number]) => ({
  email: each.email,
  name: each.name,
  role: each.role,
  status: signerStatus(parties, each),
});

export const statusAnswer = (parties: Parties, at: number) => {
  const { ended, state } = parties.envelope;
  const by = parties.signers.find(({ id }) => id === ended?.signerId)?.email ?? null;
  return { ...envelopeAnswer(parties, at), ...(state === 'declined' && ended && { declined: { by, reason: ended.reason } }) };
};

export const envelopeAnswer = (parties: Parties, at: number) => ({
  ...itemAnswer(parties.envelope, at),
  template_id: parties.envelope.templateId,
  vaulted: statusOf(parties.envelope, at) === 'vaulted',
  compliant: parties.envelope.compliance?.compliant ?? false,
  metadata: { ...parties.envelope.metadata },
  envelope_kind: parties.envelope.kind,
  signing_order: parties.envelope.order,
  signers: parties.signers.map((each) => signerAnswer(parties, each)),
  expires_at: isoOrNull(parties.envelope.expiresAt),
  completed_at: isoOrNull(parties.envelope.completedAt),
  vaulted_at: isoOrNull(parties.envelope.vaultedAt),
});
