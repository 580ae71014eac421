import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { statusOf } from '../envelope/envelopes.ts';
import type { Account } from '../records/account.ts';
import { authoritativeOf, type Envelope, type KeptFile } from '../records/envelope.ts';
import type { Storage } from '../records/stores.ts';
import type { Compliance } from './compliance.ts';
import type { Check } from './compliance-checks.ts';
import type { Ledger, LogPlace } from './ledger.ts';

/** What a certificate says: that an envelope's only authoritative copy is here, whose it is, and how it stands with the law. */
export interface Certificate {
  readonly certificate_type: 'ucc_9105_electronic_chattel_paper';
  readonly certificate_version: '1.0';
  readonly issued_at: string;
  readonly subject: { readonly envelope_id: string; readonly envelope_name: string; readonly customer_id: string; readonly status: string };
  readonly secured_party: { readonly id: string; readonly name: string };
  readonly document_hash: string;
  readonly checks: readonly { requirement: string; ucc_reference: string; satisfied: boolean; detail: string }[];
  readonly legal_notices: readonly string[];
  readonly log: LogPlace;
  readonly custody_record: { readonly filename: string; readonly sha256: string };
}

export type Certificates = ReturnType<typeof createCertificates>;

interface Options {
  readonly storage: Storage;
  readonly compliance: Compliance;
  readonly ledger: Ledger;
  /** Made once, and kept. */
  readonly key: CertificateKey;
}

/** Certificates of what lies in the vault, each checked anew and signed. */
export const createCertificates = ({ storage, compliance, ledger, key }: Options) => ({
  async issue(
    envelope: Envelope,
    custody: { file: KeptFile; filename: string },
    at: number,
  ): Promise<{ certificate: Certificate; jws: string }> {
    const party = await storage.read.accounts.get(envelope.controller ?? envelope.accountId);
    const { checks } = await compliance.check(envelope, at);
    const certificate: Certificate = {
      certificate_type: 'ucc_9105_electronic_chattel_paper',
      certificate_version: '1.0',
      issued_at: new Date(at).toISOString(),
      subject: subjectOf(envelope, at),
      secured_party: { id: party.id, name: party.name },
      document_hash: authoritativeOf(envelope).sha256,
      checks: checks.map(checkAnswer),
      legal_notices: noticesFor(party),
      log: await ledger.ofEvent(envelope.id, 'vault.stored'),
      custody_record: { filename: custody.filename, sha256: custody.file.sha256 },
    };
    return { certificate, jws: await key.sign(certificate) };
  },
});

const subjectOf = (envelope: Envelope, at: number): Certificate['subject'] => ({
  envelope_id: envelope.id,
  envelope_name: envelope.name,
  customer_id: envelope.customerId,
  status: statusOf(envelope, at),
});

/** As Loyva writes a check (docs.stg.loyva.net: compliance checks). */
export const checkAnswer = ({ requirement, reference, satisfied, detail }: Check) => ({
  requirement,
  ucc_reference: reference,
  satisfied,
  detail,
});

const noticesFor = ({ name }: Account): string[] => [
  `The authoritative copy with this hash is kept for ${name}, under its sole control. Every other file is a copy.`,
  'The checks say what this vault found when the certificate was issued; they are no legal advice, and no warranty of enforceability.',
  'UCC 9-105 is a model text: the law of the state that governs the chattel paper decides.',
];

export interface CertificateKey {
  /** A compact JWS (RFC 7515) over the certificate. */
  sign(certificate: Certificate): Promise<string>;
  /** For everybody, by `kid`. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

const secret = 'certificate-key';
const alg = 'ES256';

/** The key that signs certificates: made at the first start and kept sealed. */
export async function certificateKeyOf(storage: Storage): Promise<CertificateKey> {
  const known = (await storage.read.secrets.find(secret)) ?? (await newKey());
  const kept = JSON.parse(await storage.transact((stores) => stores.secrets.keep(secret, known))) as JWK;
  const { kty = '', crv = '', x = '', y = '' } = kept;
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  const key = await importJWK(kept, alg);
  return {
    sign: (certificate) =>
      new CompactSign(Buffer.from(JSON.stringify(certificate))).setProtectedHeader({ alg, kid, typ: 'ucc-certificate+jwt' }).sign(key),
    jwks: { keys: [{ kty, crv, x, y, kid, alg, use: 'sig' }] },
  };
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return JSON.stringify(await exportJWK(privateKey));
}
