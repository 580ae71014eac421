import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { OctetString } from 'asn1js';
import { CertBag, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, type SafeBag } from 'pkijs';
import { type SealIdentity, strongIdentity } from './identity.ts';

const encryptedData = '1.2.840.113549.1.7.6';
/** RFC 7292, appendix C: pbeWithSHAAnd… (1.2.840.113549.1.12.1.x), as it lies in the file. */
const oldCiphers = Buffer.from('060a2a864886f70d010c01', 'hex');

/**
 * The sealing certificate, those above it and the key out of a PKCS#12 file as OpenSSL 3 writes it (PBES2 with AES). Every Error is a
 * sentence for the operator: a wrong password, the old ciphers RC2 and 3DES, no key, a weak key.
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<SealIdentity> {
  const { certificates, keys } = await contentsOf(bytes, password);
  const [key] = keys;
  if (!key || keys.length > 1) throw new Error(`The PKCS#12 file holds ${keys.length} private keys; it must hold one.`);
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (!leaf) throw new Error('The PKCS#12 file holds no certificate for its private key.');
  return strongIdentity({
    certificates: chainFrom(leaf, certificates).map(({ raw }) => new Uint8Array(raw)),
    privateKey: new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
  });
}

/** The certificate, its issuer, and so on as far as the file goes. */
function chainFrom(leaf: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  for (;;) {
    const last = chain.at(-1) as X509Certificate;
    const above = certificates.find((candidate) => !chain.includes(candidate) && last.checkIssued(candidate));
    if (!above) return chain;
    chain.push(above);
  }
}

async function contentsOf(bytes: Uint8Array, password: string): Promise<{ certificates: X509Certificate[]; keys: KeyObject[] }> {
  let file: PFX;
  try {
    file = PFX.fromBER(new Uint8Array(bytes));
  } catch (cause) {
    throw new Error('The file is not PKCS#12.', { cause });
  }
  if (Buffer.from(bytes).includes(oldCiphers))
    throw new Error(
      'The PKCS#12 file is encrypted with RC2 or 3DES, which are no longer safe: write it anew with OpenSSL 3 (openssl pkcs12 -export).',
    );
  try {
    const bags = await bagsOf(file, password);
    return { certificates: bags.flatMap(certificateIn), keys: bags.flatMap((bag) => keyIn(bag, password)) };
  } catch (cause) {
    throw new Error('The PKCS#12 file cannot be opened: the password is wrong, or the file is damaged.', { cause });
  }
}

async function bagsOf(file: PFX, password: string): Promise<SafeBag[]> {
  const secret = new Uint8Array(Buffer.from(password, 'utf8')).buffer;
  await file.parseInternalValues({ password: secret });
  const safe = file.parsedValue?.authenticatedSafe;
  if (!safe) throw new Error('It has no contents.');
  await safe.parseInternalValues({
    safeContents: safe.safeContents.map(({ contentType }) => (contentType === encryptedData ? { password: secret } : {})),
  });
  return safe.parsedValue.safeContents.flatMap(({ value }: { value: { safeBags: SafeBag[] } }) => value.safeBags);
}

/** As it was written: the signature names the hash of these very bytes. */
function certificateIn({ bagValue }: SafeBag): X509Certificate[] {
  if (!(bagValue instanceof CertBag) || !(bagValue.certValue instanceof OctetString)) return [];
  return [new X509Certificate(Buffer.from(bagValue.certValue.valueBlock.valueHexView))];
}

function keyIn({ bagValue }: SafeBag, passphrase: string): KeyObject[] {
  const isShrouded = bagValue instanceof PKCS8ShroudedKeyBag;
  if (!isShrouded && !(bagValue instanceof PrivateKeyInfo)) return [];
  const key = Buffer.from(bagValue.toSchema().toBER());
  return [createPrivateKey({ key, format: 'der', type: 'pkcs8', ...(isShrouded ? { passphrase } : {}) })];
}
