import { constants, createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type Element, elementIn, elementsOf, oidOf, tags } from './der.ts';

/** What a signature is, apart from whom one trusts. */
export interface CheckedSignature {
  /** Does it fit the bytes, by the certificate that it carries itself? */
  readonly isIntact: boolean;
  /** What is wrong; null where nothing is. */
  readonly fault: string | null;
  /** In DER, the signer's first; empty where it cannot be told. */
  readonly certificates: readonly Uint8Array[];
}

const oids = {
  signedData: '2a864886f70d010702',
  data: '2a864886f70d010701',
  /** RFC 3161: id-ct-TSTInfo. */
  timeStamp: '2a864886f70d0109100104',
  messageDigest: '2a864886f70d010904',
  /** RFC 5035: id-aa-signingCertificateV2. */
  signingCertificate: '2a864886f70d010910022f',
  pss: '2a864886f70d01010a',
};
const hashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};
/** Signature algorithms (RFC 5754, RFC 8017, RFC 8419); null: the hash is the one of the digest. */
const algorithms: Readonly<Record<string, string | null>> = {
  '2a864886f70d010101': null,
  '2a864886f70d01010a': null,
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/**
 * Checks a CMS signature in DER (RFC 5652) over `parts`, whose bytes follow each other: detached, or a time stamp that names their hash
 * (RFC 3161). One signer, SHA-2. Whom to trust, and until when, is the caller's to say.
 */
export function checkSignature(cms: Buffer, parts: readonly Buffer[], kind: 'detached' | 'time-stamp'): CheckedSignature {
  const read = signedDataIn(cms);
  if (!read) return { isIntact: false, fault: 'The signature is no CMS signature in DER with one signer.', certificates: [] };
  const { signer, certificates, content } = read;
  const own = certificates.find((certificate) => isSigner(certificate, signer.sid));
  if (!own) return { isIntact: false, fault: 'The signature does not carry the certificate of its signer.', certificates: [] };
  const ordered = [own, ...certificates.filter((certificate) => certificate !== own)].map((each) => new Uint8Array(each.bytes));
  const fault = faultOf(read, own, kind === 'detached' ? { parts } : { parts, stamp: content });
  return { isIntact: fault === null, fault, certificates: ordered };
}

interface Signer {
  readonly sid: Element;
  readonly hash: string | undefined;
  readonly attributes: Element;
  readonly algorithm: string;
  readonly signature: Buffer;
}
interface SignedData {
  readonly signer: Signer;
  readonly certificates: readonly Element[];
  /** The content that it carries itself, where it does. */
  readonly content: Buffer | null;
  readonly contentType: string;
}

function signedDataIn(cms: Buffer): SignedData | undefined {
  const whole = elementIn(cms);
  const [type, wrapped] = elementsOf(whole);
  // Zeros fill the room that was kept for it.
  if (!whole || oidOf(type) !== oids.signedData || !cms.subarray(whole.bytes.length).every((byte) => byte === 0)) return undefined;
  const [, , inner, ...rest] = elementsOf(elementsOf(wrapped)[0]);
  const signers = elementsOf(rest.find(({ tag }) => tag === tags.set));
  const signer = signers.length === 1 ? signerIn(signers[0]) : undefined;
  if (!signer) return undefined;
  const [contentType, content] = elementsOf(inner);
  const octets = elementsOf(content)[0];
  return {
    signer,
    certificates: elementsOf(rest.find(({ tag }) => tag === tags.zero)).filter(({ tag }) => tag === tags.sequence),
    content: octets?.tag === tags.octets ? octets.contents : null,
    contentType: oidOf(contentType),
  };
}

function signerIn(element: Element | undefined): Signer | undefined {
  const [, sid, digest, attributes, algorithm, signature] = elementsOf(element);
  if (!sid || attributes?.tag !== tags.zero || signature?.tag !== tags.octets) return undefined;
  return {
    sid,
    hash: hashes[oidOf(elementsOf(digest)[0])],
    attributes,
    algorithm: oidOf(elementsOf(algorithm)[0]),
    signature: signature.contents,
  };
}

/** By issuer and serial number, or by the key's identifier (RFC 5652, 5.3). */
function isSigner(certificate: Element, sid: Element): boolean {
  if (sid.tag === 0x80) return certificate.bytes.includes(Buffer.concat([Buffer.of(tags.octets, sid.contents.length), sid.contents]));
  const [issuer, serial] = elementsOf(sid);
  const [, number, , name] = elementsOf(elementsOf(certificate)[0]);
  return Boolean(issuer && serial && name?.bytes.equals(issuer.bytes) && number?.bytes.equals(serial.bytes));
}

function faultOf(
  { signer, contentType, content }: SignedData,
  certificate: Element,
  about: { parts: readonly Buffer[]; stamp?: Buffer | null },
): string | null {
  if (!signer.hash) return 'The signature’s hash is not of the SHA-2 family.';
  const isStamp = about.stamp !== undefined;
  if (contentType !== (isStamp ? oids.timeStamp : oids.data) || isStamp !== (content !== null))
    return 'The signature is of another kind than its field says.';
  const digest = hashOf(signer.hash, about.stamp ? [about.stamp] : about.parts);
  if (attribute(signer, oids.messageDigest)?.contents.equals(digest) !== true) return 'The signed bytes were changed.';
  if (about.stamp && !namesHash(about.stamp, about.parts)) return 'The time-stamped bytes were changed.';
  if (!namesCertificate(attribute(signer, oids.signingCertificate), certificate)) return 'The signature names another certificate.';
  return isSignedBy(certificate, signer) ? null : 'The signature does not fit its certificate.';
}

const hashOf = (hash: string, parts: readonly Buffer[]): Buffer => parts.reduce((sum, part) => sum.update(part), createHash(hash)).digest();

/** The only value of an attribute that is there once. */
function attribute({ attributes }: Signer, type: string): Element | undefined {
  const found = elementsOf(attributes).filter((each) => oidOf(elementsOf(each)[0]) === type);
  const values = found.length === 1 ? elementsOf(elementsOf(found[0])[1]) : [];
  return values.length === 1 ? values[0] : undefined;
}

/** TSTInfo: version, policy, then the hash of what was stamped (RFC 3161, 2.4.2). */
function namesHash(stamp: Buffer, parts: readonly Buffer[]): boolean {
  const [algorithm, imprint] = elementsOf(elementsOf(elementIn(stamp))[2]);
  const hash = hashes[oidOf(elementsOf(algorithm)[0])];
  return hash !== undefined && imprint?.tag === tags.octets && imprint.contents.equals(hashOf(hash, parts));
}

/** Without the attribute nothing is said; with it the hash (SHA-256 unless told) is the certificate's (RFC 5035, 4). */
function namesCertificate(named: Element | undefined, certificate: Element): boolean {
  if (!named) return true;
  const [first, second] = elementsOf(elementsOf(elementsOf(named)[0])[0]);
  const hash = first?.tag === tags.sequence ? hashes[oidOf(elementsOf(first)[0])] : 'sha256';
  const digest = first?.tag === tags.sequence ? second : first;
  return hash !== undefined && digest?.tag === tags.octets && digest.contents.equals(hashOf(hash, [certificate.bytes]));
}

function isSignedBy(certificate: Element, { attributes, algorithm, hash, signature }: Signer): boolean {
  const named = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (named === undefined) return false;
  // The attributes are signed as the SET that they are, not under the tag that they travel with (RFC 5652, 5.4).
  const signed = Buffer.concat([Buffer.of(tags.set), attributes.bytes.subarray(1)]);
  try {
    const key = new X509Certificate(certificate.bytes).publicKey;
    return verify(named ?? hash, signed, algorithm === oids.pss ? withPss(key) : key, signature);
  } catch {
    return false; // A certificate or a key that cannot be read verifies nothing.
  }
}

const withPss = (key: KeyObject) => ({
  key,
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_AUTO,
});
