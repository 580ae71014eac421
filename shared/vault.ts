import { z } from 'zod/mini';

/** What the vault's view is told: `/embed/vault` and `/embed/vault/certificate`. Whatever the vendor does not say is null. */

const said = z.nullable(z.string());

/** One of the checks of UCC § 9-105(b), in the vendor's words. */
export const VaultCheck = z.object({ requirement: z.string(), ucc_reference: said, satisfied: z.boolean(), detail: said });
export type VaultCheck = z.infer<typeof VaultCheck>;

/** `GET /embed/vault`: a vaulted envelope. Times are ISO 8601. */
export const VaultView = z.object({
  envelope_id: z.string(),
  name: said,
  /** The vendor's word. */
  status: z.string(),
  /** SHA-256 (hex) of the authoritative copy. */
  document_hash: said,
  stored_at: said,
  /** Who has control of the authoritative copy; the certificate's secured party where the vendor names nobody else. */
  controller: z.nullable(z.object({ id: said, name: said })),
  signers: z.array(z.object({ email: said, name: said, role: said, status: said })),
  compliant: z.nullable(z.boolean()),
  /** 0 to 100: as the vendor says, else the share of its checks that are satisfied. */
  score: z.nullable(z.number()),
  checked_at: said,
  checks: z.array(VaultCheck),
  /** Newest first; null where the vendor has none to show. */
  access_log: z.nullable(z.array(z.object({ at: z.string(), kind: z.string(), detail: said, by: said }))),
  /** The authoritative copy has left this vault. */
  released: z.nullable(z.object({ at: said })),
});
export type VaultView = z.infer<typeof VaultView>;

/** `GET /embed/vault/certificate`: the vendor's certificate, without the addresses in it. */
export const CertificateView = z.object({
  certificate_type: z.string(),
  certificate_version: said,
  issued_at: said,
  subject: z.object({ envelope_id: said, envelope_name: said, customer_id: said, status: said }),
  secured_party: z.object({ id: said, name: said }),
  document_hash: said,
  checks: z.array(VaultCheck),
  legal_notices: z.array(z.string()),
  /** Where the leaf of the vaulting lies in the vendor's log, its exact text and hash (base64), and the log's head as a C2SP signed note. */
  log: z.nullable(
    z.object({
      origin: said,
      leaf: z.nullable(z.union([z.string(), z.number()])),
      leaf_text: said,
      leaf_hash: said,
      size: z.nullable(z.number()),
      checkpoint: said,
    }),
  ),
  custody_record: z.nullable(z.object({ filename: said, sha256: said })),
  /** The certificate as a compact JWS (RFC 7515), where the vendor signs it. */
  jws: said,
});
export type CertificateView = z.infer<typeof CertificateView>;
