import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod/mini';

/** Who seals: certificates in DER, the sealing one first, then its authority's; and the sealing key (PKCS#8 DER). */
export interface SealIdentity {
  readonly certificates: readonly Uint8Array[];
  readonly privateKey: Uint8Array;
}

/** An identity whose authority is ours. */
export interface OwnIdentity extends SealIdentity {
  /** The root's key (PKCS#8 DER), which certifies the next sealing key. */
  readonly authorityKey: Uint8Array;
}

const Written = z.strictObject({
  certificates: z.array(z.base64()).check(z.minLength(1)),
  privateKey: z.base64(),
  /** Missing in what was written before 0.4.0: the root's key was not kept then. */
  authorityKey: z.optional(z.base64()),
});

/** To be kept encrypted: it holds the keys. */
export const identityToJson = (identity: OwnIdentity): string =>
  JSON.stringify({
    certificates: identity.certificates.map(base64Of),
    privateKey: base64Of(identity.privateKey),
    authorityKey: base64Of(identity.authorityKey),
  });

export function identityFromJson(json: string): SealIdentity | OwnIdentity {
  const { certificates, privateKey, authorityKey } = Written.parse(JSON.parse(json));
  const identity = strongIdentity({ certificates: certificates.map(bytesOf), privateKey: bytesOf(privateKey) });
  return authorityKey === undefined ? identity : { ...identity, authorityKey: bytesOf(authorityKey) };
}

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** The same, if its key is strong enough and belongs to its first certificate; else an Error for the operator that says what is wrong. */
export function strongIdentity(identity: SealIdentity): SealIdentity {
  const key = privateKeyOf(identity);
  const leaf = new X509Certificate(identity.certificates[0] ?? new Uint8Array());
  if (!leaf.checkPrivateKey(key)) throw new Error('The sealing key does not belong to the sealing certificate.');
  if (!isStrong(key))
    throw new Error('The sealing key is too weak or of another kind: it must be ECDSA P-256 or P-384, or RSA of at least 3072 bits.');
  return identity;
}

export const privateKeyOf = (identity: SealIdentity): KeyObject =>
  createPrivateKey({ key: Buffer.from(identity.privateKey), format: 'der', type: 'pkcs8' });

function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return ['prime256v1', 'secp384r1'].includes(asymmetricKeyDetails?.namedCurve ?? '');
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 3072;
}
