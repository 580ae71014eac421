import { createHash, sign } from 'node:crypto';
import { privateKeyOf, type SealIdentity } from './identity.ts';

/** Detached CMS signatures (RFC 5652) as PAdES wants them: contentType, messageDigest and signingCertificateV2, and no other attribute. */

const sequence = 0x30;
const set = 0x31;
const integer = 0x02;
const octets = 0x04;
/** [0], constructed. */
const tagged = 0xa0;

/** Object identifiers in DER. */
const oid = (hex: string): Buffer => Buffer.from(hex, 'hex');
const contentType = oid('06092a864886f70d010903');
const messageDigest = oid('06092a864886f70d010904');
/** RFC 5035: id-aa-signingCertificateV2. */
const signingCertificate = oid('060b2a864886f70d010910022f');
const data = oid('06092a864886f70d010701');
const signedData = oid('06092a864886f70d010702');
const sha256 = oid('0609608648016503040201');
const ecdsaWithSha256 = oid('06082a8648ce3d040302');
const rsaWithSha256 = oid('06092a864886f70d01010b');
const nothing = Buffer.from('0500', 'hex');

/** DER: tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) digits.unshift(rest & 0xff);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | digits.length, ...digits];
  return Buffer.concat([Uint8Array.from(head), ...contents]);
}

/** The elements inside of a DER element. */
function elementsOf(element: Uint8Array): Uint8Array[] {
  const { start, end } = extent(element, 0);
  const inside: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const next = extent(element, at).end;
    inside.push(element.subarray(at, next));
    at = next;
  }
  return inside;
}

function extent(bytes: Uint8Array, at: number): { start: number; end: number } {
  const first = bytes[at + 1] ?? 0;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < digits; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  return { start: at + 2 + digits, end: at + 2 + digits + length };
}

/** Issuer and serial number as the certificate itself writes them (RFC 5280, 4.1). */
function issuerAndSerial(certificate: Uint8Array): Buffer {
  const [tbs = new Uint8Array()] = elementsOf(certificate);
  const [, serial = new Uint8Array(), , issuer = new Uint8Array()] = elementsOf(tbs);
  return der(sequence, issuer, serial);
}

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The attributes in the order of their DER, as a SET OF wants it (X.690, 11.6); most readers do not care, strict ones do. */
function attributes(digest: Uint8Array, certificate: Uint8Array): Buffer[] {
  return [
    der(sequence, contentType, der(set, data)),
    der(sequence, messageDigest, der(set, der(octets, digest))),
    der(sequence, signingCertificate, der(set, der(sequence, der(sequence, der(sequence, der(octets, hashOf(certificate))))))),
  ].sort(Buffer.compare);
}

/** The CMS over a file whose SHA-256 is `digest`, in DER. */
export function signedBy(identity: SealIdentity, digest: Uint8Array): Uint8Array {
  const certificate = identity.certificates[0] ?? new Uint8Array();
  const key = privateKeyOf(identity);
  const signed = attributes(digest, certificate);
  const signature = sign('sha256', der(set, ...signed), key);
  const version = der(integer, Uint8Array.of(1));
  const algorithm = key.asymmetricKeyType === 'ec' ? der(sequence, ecdsaWithSha256) : der(sequence, rsaWithSha256, nothing);
  const signer = der(
    sequence,
    version,
    issuerAndSerial(certificate),
    der(sequence, sha256),
    der(tagged, ...signed),
    algorithm,
    der(octets, signature),
  );
  const content = der(
    sequence,
    version,
    der(set, der(sequence, sha256)),
    der(sequence, data),
    der(tagged, ...identity.certificates),
    der(set, signer),
  );
  return new Uint8Array(der(sequence, signedData, der(tagged, content)));
}

/** Room for the signature in bytes: the certificates and the rest, generously. */
export const roomFor = (identity: SealIdentity): number =>
  identity.certificates.reduce((sum, certificate) => sum + certificate.length, 0) + 2_048;
