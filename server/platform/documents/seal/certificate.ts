import { createHash, randomBytes } from 'node:crypto';
import { BitString, Integer, OctetString, PrintableString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';

const oid = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  /** RFC 9336: id-kp-documentSigning. */
  documentSigning: '1.3.6.1.5.5.7.3.36',
  /** RFC 5280, 4.2.1.12: id-kp-emailProtection. */
  emailProtection: '1.3.6.1.5.5.7.3.4',
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const keyPair = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
type Key = Awaited<ReturnType<typeof keyPair>>['privateKey'];

/** A certificate and its key (PKCS#8), both in DER. */
export interface Certified {
  readonly certificate: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A certificate authority that certifies itself, ECDSA P-256; instants in milliseconds. `mark` tells its name from others'. */
export async function issueRoot({ mark, from, until }: { mark: string; from: number; until: number }): Promise<Certified> {
  const key = await keyPair();
  const name = nameOf('Inlay document authority', mark);
  const extensions = [
    extension(oid.basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema().toBER(), true),
    keyUsage(0b0000_0110, 1),
  ];
  const signer = { key: key.privateKey, point: await pointOf(key.publicKey) };
  return certified({ subject: name, issuer: name, key, signer, from, until, extensions });
}

/**
 * A sealing certificate under a root. documentSigning is what it is for; NSS and OpenSSL do not know that purpose and take a chain for
 * signatures only where emailProtection stands beside it (seen with NSS 3.87 and OpenSSL 3.0).
 */
export async function issueLeaf(root: Certified, { mark, from, until }: { mark: string; from: number; until: number }): Promise<Certified> {
  const key = await keyPair();
  const above = Certificate.fromBER(new Uint8Array(root.certificate));
  const extensions = [
    extension(oid.basicConstraints, new BasicConstraints().toSchema().toBER(), true),
    keyUsage(0b1100_0000, 6),
    extension(oid.extKeyUsage, new ExtKeyUsage({ keyPurposes: [oid.documentSigning, oid.emailProtection] }).toSchema().toBER()),
  ];
  const signer = {
    key: await crypto.subtle.importKey('pkcs8', new Uint8Array(root.privateKey), algorithm, false, ['sign']),
    point: above.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView,
  };
  // The issuer's name stays the root's own bytes: GnuTLS and NSS compare names byte for byte.
  return certified({ subject: nameOf('Inlay document seal', mark), issuer: above.subject, key, signer, from, until, extensions });
}

const nameOf = (commonName: string, mark: string): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({
    typesAndValues: [
      new AttributeTypeAndValue({ type: oid.commonName, value: new Utf8String({ value: commonName }) }),
      new AttributeTypeAndValue({ type: oid.serialNumber, value: new PrintableString({ value: mark }) }),
    ],
  });

const extension = (extnID: string, extnValue: ArrayBuffer, critical = false): Extension => new Extension({ extnID, critical, extnValue });

const keyUsage = (bits: number, unusedBits: number): Extension =>
  extension(oid.keyUsage, new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits }).toBER(), true);

async function certified(wanted: {
  subject: RelativeDistinguishedNames;
  issuer: RelativeDistinguishedNames;
  key: { publicKey: Key; privateKey: Key };
  signer: { key: Key; point: Uint8Array };
  from: number;
  until: number;
  extensions: Extension[];
}): Promise<Certified> {
  const made = new Certificate({ version: 2, serialNumber: serial(), subject: wanted.subject, issuer: wanted.issuer });
  made.notBefore = time(wanted.from);
  made.notAfter = time(wanted.until);
  await made.subjectPublicKeyInfo.importKey(wanted.key.publicKey);
  const above = new AuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(wanted.signer.point) }).toSchema().toBER();
  made.extensions = [
    ...wanted.extensions,
    extension(oid.subjectKeyIdentifier, keyIdentifier(await pointOf(wanted.key.publicKey)).toBER()),
    extension(oid.authorityKeyIdentifier, above),
  ];
  await made.sign(wanted.signer.key, 'SHA-256');
  return {
    certificate: new Uint8Array(made.toSchema(true).toBER()),
    privateKey: new Uint8Array(await crypto.subtle.exportKey('pkcs8', wanted.key.privateKey)),
  };
}

/** UTCTime through 2049, GeneralizedTime from 2050 on, both in whole seconds (RFC 5280, 4.1.2.5). */
function time(at: number): Time {
  const value = new Date(Math.floor(at / 1000) * 1000);
  return new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/** Sixteen random bytes, positive (RFC 5280, 4.1.2.2). */
function serial(): Integer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return new Integer({ valueHex: new Uint8Array(bytes).buffer });
}

const pointOf = async (publicKey: Key): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));

/** SHA-1 of the public point, as RFC 5280, 4.2.1.2 (1) names keys; nothing rests on its strength. */
const keyIdentifier = (point: Uint8Array): OctetString =>
  new OctetString({ valueHex: new Uint8Array(createHash('sha1').update(point).digest()).buffer });
