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
import { type SealIdentity, strongIdentity } from './identity.ts';

export { identityFromJson, identityToJson, type SealIdentity } from './identity.ts';
export { readPkcs12 } from './pkcs12.ts';

const day = 86_400_000;
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
};
type Name = RelativeDistinguishedNames;

/**
 * A certificate authority of our own (10 years) and the sealing certificate it issues (3 years), both ECDSA P-256. The authority's key is
 * used this once and then forgotten: a key that is nowhere cannot be stolen, and a later sealing certificate comes with a new authority.
 */
export async function makeAuthority(now: number): Promise<SealIdentity> {
  const [authority, seal] = await Promise.all([keyPair(), keyPair()]);
  const mark = randomBytes(4).toString('hex');
  const issuer = nameOf('Inlay document authority', mark);
  const top = await certificate({
    subject: issuer,
    issuer,
    key: authority.publicKey,
    signer: authority,
    from: now - day,
    until: now + 3650 * day,
    extensions: [
      extension(oid.basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema().toBER(), true),
      keyUsage(0b0000_0110, 1),
    ],
  });
  const leaf = await certificate({
    subject: nameOf('Inlay document seal', mark),
    issuer,
    key: seal.publicKey,
    signer: authority,
    from: now - day,
    until: now + 1095 * day,
    extensions: [
      extension(oid.basicConstraints, new BasicConstraints().toSchema().toBER(), true),
      keyUsage(0b1100_0000, 6),
      extension(oid.extKeyUsage, new ExtKeyUsage({ keyPurposes: [oid.documentSigning] }).toSchema().toBER()),
    ],
  });
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', seal.privateKey));
  return strongIdentity({ certificates: [leaf, top], privateKey });
}

const keyPair = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
type KeyPair = Awaited<ReturnType<typeof keyPair>>;

const nameOf = (commonName: string, mark: string): Name =>
  new RelativeDistinguishedNames({
    typesAndValues: [
      new AttributeTypeAndValue({ type: oid.commonName, value: new Utf8String({ value: commonName }) }),
      new AttributeTypeAndValue({ type: oid.serialNumber, value: new PrintableString({ value: mark }) }),
    ],
  });

const extension = (extnID: string, extnValue: ArrayBuffer, critical = false): Extension => new Extension({ extnID, critical, extnValue });

const keyUsage = (bits: number, unusedBits: number): Extension =>
  extension(oid.keyUsage, new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits }).toBER(), true);

async function certificate(wanted: {
  subject: Name;
  issuer: Name;
  key: KeyPair['publicKey'];
  signer: KeyPair;
  from: number;
  until: number;
  extensions: Extension[];
}): Promise<Uint8Array> {
  const made = new Certificate({ version: 2, serialNumber: serial(), subject: wanted.subject, issuer: wanted.issuer });
  made.notBefore = new Time({ type: 0, value: new Date(wanted.from) });
  made.notAfter = new Time({ type: 0, value: new Date(wanted.until) });
  await made.subjectPublicKeyInfo.importKey(wanted.key);
  const signer = new AuthorityKeyIdentifier({ keyIdentifier: await keyIdentifier(wanted.signer.publicKey) }).toSchema().toBER();
  made.extensions = [
    ...wanted.extensions,
    extension(oid.subjectKeyIdentifier, (await keyIdentifier(wanted.key)).toBER()),
    extension(oid.authorityKeyIdentifier, signer),
  ];
  await made.sign(wanted.signer.privateKey, 'SHA-256');
  return new Uint8Array(made.toSchema(true).toBER());
}

/** Sixteen random bytes, positive (RFC 5280, 4.1.2.2). */
function serial(): Integer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return new Integer({ valueHex: new Uint8Array(bytes).buffer });
}

/** SHA-1 of the public point, as RFC 5280, 4.2.1.2 (1) names keys; nothing rests on its strength. */
async function keyIdentifier(key: KeyPair['publicKey']): Promise<OctetString> {
  const point = await crypto.subtle.exportKey('raw', key);
  return new OctetString({ valueHex: new Uint8Array(createHash('sha1').update(new Uint8Array(point)).digest()).buffer });
}
