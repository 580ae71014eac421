import { X509Certificate } from 'node:crypto';
import { identityFromJson, identityToJson, makeAuthority, readPkcs12, type SealIdentity } from './documents/authority.ts';
import type { Store } from './domain/books.ts';

const name = 'seal-identity';

/** What seals: the operator's PKCS#12 where one is set, else an authority of our own, made at the first start and kept sealed. */
export async function identityOf(
  store: Store,
  pkcs12: { readonly bytes: Uint8Array; readonly password: string } | undefined,
  now: number,
): Promise<SealIdentity> {
  if (pkcs12) return readPkcs12(pkcs12.bytes, pkcs12.password);
  const kept = await store.read.secrets.find(name);
  if (kept !== undefined) return identityFromJson(kept);
  const made = identityToJson(await makeAuthority(now));
  return identityFromJson(await store.transact((books) => books.secrets.keep(name, made)));
}

/** The authority's certificate and those on the way to it, for whoever checks a seal; of a self-signed one, itself. */
export const authorityPem = ({ certificates }: SealIdentity): string =>
  (certificates.length > 1 ? certificates.slice(1) : certificates).map((der) => new X509Certificate(der).toString()).join('');
