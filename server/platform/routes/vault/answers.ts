import { z } from 'zod/mini';
import { envelopeStatuses } from '../../../../shared/vendors/loyva.ts';
import { iso, isoOrNull } from '../../../http/answer/reply.ts';
import { authoritativeOf, type Envelope } from '../../domain/records/envelope.ts';
import { type Certificate, checkAnswer } from '../../domain/vault/certificate.ts';
import type { Verdict } from '../../domain/vault/compliance.ts';
import type { Custody } from '../../domain/vault/custody.ts';
import { type FileLink, filenameOf } from '../../domain/vault/file-links.ts';
import { filesOfEnvelope, type Gone, type Released } from '../../domain/vault/releases.ts';
import { EnvelopeAnswer } from '../loyva/answers.ts';

/** How the vault's answers look. What Loyva's documentation leaves open is ours. */

export const LinkAnswer = z.object({
  data: z.object({
    signed_url: z.string(),
    filename: z.string(),
    expires_in: z.int(),
    expires_at: z.string(),
    single_use: z.boolean(),
  }),
});

export const linkAnswer = ({ link, url }: { link: FileLink; url: string }, life: number) => ({
  signed_url: url,
  filename: filenameOf(link),
  expires_in: life,
  expires_at: iso(link.expires * 1000),
  single_use: link.nonce !== null,
});

const checks = z.array(z.object({ requirement: z.string(), ucc_reference: z.string(), satisfied: z.boolean(), detail: z.string() }));

export const ComplianceAnswer = z.object({
  data: z.object({ envelope_id: z.string(), compliant: z.boolean(), score: z.int(), checked_at: z.string(), checks }),
});

export const complianceAnswer = ({ id }: Envelope, { compliant, score, checkedAt, checks: found }: Verdict) => ({
  envelope_id: id,
  compliant,
  score,
  checked_at: iso(checkedAt),
  checks: found.map(checkAnswer),
});

export const CertificateAnswer = z.object({
  data: z.object({
    certificate_type: z.literal('ucc_9105_electronic_chattel_paper'),
    certificate_version: z.literal('1.0'),
    issued_at: z.string(),
    subject: z.object({ envelope_id: z.string(), envelope_name: z.string(), customer_id: z.string(), status: z.enum(envelopeStatuses) }),
    secured_party: z.object({ id: z.string(), name: z.string() }),
    document_hash: z.string(),
    checks,
    legal_notices: z.array(z.string()),
    log: z.object({
      origin: z.string(),
      leaf: z.int(),
      leaf_text: z.string(),
      leaf_hash: z.string(),
      size: z.int(),
      checkpoint: z.string(),
    }),
    custody_record: z.object({ filename: z.string(), sha256: z.string(), signed_url: z.string(), expires_at: z.string() }),
    jws: z.string(),
  }),
});

/** The signed part, and beside it what is good for a while only. */
export const certificateAnswer = (certificate: Certificate, jws: string, { link, url }: { link: FileLink; url: string }) => ({
  ...certificate,
  checks: [...certificate.checks],
  legal_notices: [...certificate.legal_notices],
  custody_record: { ...certificate.custody_record, signed_url: url, expires_at: iso(link.expires * 1000) },
  jws,
});

export const ReleaseAnswer = z.object({
  data: z.object({ envelope_id: z.string(), status: z.literal('released'), export_url: z.string(), acknowledge_by: z.string() }),
});

export const releaseAnswer = ({ id, release }: Released, url: string) => ({
  envelope_id: id,
  status: 'released' as const,
  export_url: url,
  acknowledge_by: iso(release.acknowledgeBy),
});

/** What was destroyed: the tombstone that stays. */
export const AcknowledgeAnswer = z.object({
  data: z.object({
    envelope_id: z.string(),
    status: z.literal('released'),
    acknowledged_at: z.string(),
    recipient: z.string(),
    document_hash: z.string(),
    destroyed: z.object({
      content_key: z.literal(true),
      files: z.array(z.object({ kind: z.enum(['authoritative', 'document', 'copy', 'custody']), sha256: z.string() })),
    }),
  }),
});

export const acknowledgeAnswer = (envelope: Gone) => ({
  envelope_id: envelope.id,
  status: 'released' as const,
  acknowledged_at: iso(envelope.release.acknowledgedAt),
  recipient: envelope.release.recipient,
  document_hash: authoritativeOf(envelope).sha256,
  destroyed: {
    content_key: true as const,
    files: filesOfEnvelope(envelope).map(({ kind, file }) => ({ kind, sha256: file.sha256 })),
  },
});

const VaultPart = z.object({
  document_hash: z.string(),
  stored_at: z.nullable(z.string()),
  controller: z.nullable(z.object({ id: z.string(), name: z.string() })),
  access_log: z.array(z.object({ at: z.string(), kind: z.string(), detail: z.nullable(z.string()), by: z.nullable(z.string()) })),
});

/** One envelope with what the vault tells of it. */
export const DetailAnswer = z.object({ data: z.extend(EnvelopeAnswer.shape.data, { vault: z.nullable(VaultPart) }) });

export const vaultPart = (custody: Custody | null) =>
  custody && {
    document_hash: custody.documentHash,
    stored_at: isoOrNull(custody.storedAt),
    controller: custody.controller,
    access_log: custody.access.map(({ at, ...access }) => ({ at: iso(at), ...access })),
  };
