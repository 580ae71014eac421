import { z } from 'zod/mini';
import type { CertificateView, VaultCheck, VaultView } from '../../../shared/vault.ts';

/** What Loyva says of its vault, read leniently: fields nobody promises may be missing or of another shape, and then nothing is known. */

const word = z.catch(z.nullable(z.string()), null);
const number = z.catch(z.nullable(z.number()), null);
const flag = z.catch(z.nullable(z.boolean()), null);
const party = z.catch(z.nullable(z.object({ id: word, name: word })), null);
const list = <T>(each: z.ZodMiniType<T>) => z.catch(z.nullable(z.array(each)), null);

const signers = list(z.object({ email: word, name: word, role: word, status: word }));
const checks = list(z.object({ requirement: z.string(), ucc_reference: word, satisfied: z.boolean(), detail: word }));
const verdict = { compliant: flag, score: number, checked_at: word, checks };

export const Envelope = z.object({
  data: z.object({
    envelope_id: z.string(),
    status: z.string(),
    envelope_name: word,
    compliant: flag,
    signers,
    vaulted_at: word,
    released_at: word,
    document_hash: word,
    vault: z.catch(
      z.nullable(
        z.object({
          document_hash: word,
          stored_at: word,
          controller: party,
          access_log: list(z.object({ at: z.string(), kind: z.string(), detail: word, by: word })),
        }),
      ),
      null,
    ),
  }),
});
type Envelope = z.infer<typeof Envelope>['data'];

export const Compliance = z.object({ data: z.object(verdict) });
type Compliance = z.infer<typeof Compliance>['data'];

export const Status = z.object({ data: z.object({ signers }) });
type Status = z.infer<typeof Status>['data'];

export const Certificate = z.object({
  data: z.object({
    certificate_type: z.string(),
    certificate_version: word,
    issued_at: word,
    subject: z.catch(z.nullable(z.object({ envelope_id: word, envelope_name: word, customer_id: word, status: word })), null),
    secured_party: party,
    document_hash: word,
    ...verdict,
    /** Where the checks are is not documented: beside the rest, or in here. */
    compliance: z.catch(z.nullable(z.object(verdict)), null),
    legal_notices: list(z.string()),
    log: z.catch(
      z.nullable(
        z.object({
          origin: word,
          leaf: z.catch(z.nullable(z.union([z.string(), z.number()])), null),
          leaf_text: word,
          leaf_hash: word,
          size: number,
          checkpoint: word,
        }),
      ),
      null,
    ),
    custody_record: z.catch(z.nullable(z.object({ filename: word, sha256: word })), null),
    jws: word,
  }),
});
type Certificate = z.infer<typeof Certificate>['data'];

/** The certificate's own verdict, wherever in it that is. */
const verdictOf = (certificate: Certificate): Compliance => (certificate.checks ? certificate : (certificate.compliance ?? certificate));

/** How our own platform calls it in the record that the authoritative copy left; the last word of it comes first. */
const leaving: ReadonlySet<string> = new Set(['vault.acknowledged', 'vault.released']);

/** One picture of what the vendor says in several places. */
export function vaultView(
  envelope: Envelope,
  {
    compliance,
    certificate,
    status,
  }: { compliance?: Compliance | undefined; certificate?: Certificate | undefined; status?: Status | undefined },
): VaultView {
  const { vault } = envelope;
  const found = [compliance, certificate && verdictOf(certificate)].find((each) => each?.checks) ?? compliance;
  const checks: VaultCheck[] = found?.checks ?? [];
  const share = checks.length > 0 ? Math.round((100 * checks.filter(({ satisfied }) => satisfied).length) / checks.length) : null;
  const left = vault?.access_log?.find(({ kind }) => leaving.has(kind))?.at ?? null;
  return {
    envelope_id: envelope.envelope_id,
    name: envelope.envelope_name,
    status: envelope.status,
    document_hash: vault?.document_hash ?? envelope.document_hash ?? certificate?.document_hash ?? null,
    stored_at: vault?.stored_at ?? envelope.vaulted_at,
    controller: vault?.controller ?? certificate?.secured_party ?? null,
    signers: envelope.signers ?? status?.signers ?? [],
    compliant: found?.compliant ?? envelope.compliant,
    score: found?.score ?? share,
    checked_at: found?.checked_at ?? certificate?.issued_at ?? null,
    checks,
    access_log: vault?.access_log ?? null,
    released: envelope.status === 'released' ? { at: envelope.released_at ?? left } : null,
  };
}

const nobody = { id: null, name: null };
const unnamed = { envelope_id: null, envelope_name: null, customer_id: null, status: null };

export const certificateView = (certificate: Certificate): CertificateView => ({
  certificate_type: certificate.certificate_type,
  certificate_version: certificate.certificate_version,
  issued_at: certificate.issued_at,
  subject: certificate.subject ?? unnamed,
  secured_party: certificate.secured_party ?? nobody,
  document_hash: certificate.document_hash,
  checks: verdictOf(certificate).checks ?? [],
  legal_notices: certificate.legal_notices ?? [],
  log: certificate.log,
  custody_record: certificate.custody_record,
  jws: certificate.jws,
});
