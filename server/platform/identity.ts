import { X509Certificate } from 'node:crypto';
import { z } from 'zod/mini';
import {
  identityFromJson,
  identityToJson,
  makeAuthority,
  type OwnIdentity,
  renewed,
  type SealIdentity,
} from './documents/seal/authority.ts';
import type { Storage } from './domain/records/stores.ts';

/** Who seals, and whom a receiver has to trust. */
export interface Seals {
  identity(): SealIdentity;
  /** Every certificate that a seal of this platform ever led to, the present one's first, in PEM. */
  authorities(): string;
  /** Puts a new sealing certificate in the place of one of our own that has less than two years left. */
  renew(now: number): Promise<void>;
}

const identityName = 'seal-identity';
const authoritiesName = 'seal-authorities';
const Authorities = z.array(z.base64());

interface Settled {
  readonly identity: SealIdentity;
  readonly authorities: readonly string[];
}

/** The operator's PKCS#12 seals where one is set, else an authority of our own, made at the first start and kept encrypted. */
export async function openSeals(
  storage: Storage,
  pkcs12: { readonly bytes: Uint8Array; readonly password: string } | undefined,
  now: number,
): Promise<Seals> {
  const operator =
    pkcs12 && (await import('./documents/seal/pkcs12.ts').then(({ readPkcs12 }) => readPkcs12(pkcs12.bytes, pkcs12.password)));
  let current = await settle(storage, operator, now);
  return {
    identity: () => current.identity,
    authorities: () => current.authorities.map((der) => new X509Certificate(Buffer.from(der, 'base64')).toString()).join(''),
    async renew(at) {
      current = await settle(storage, operator, at);
    },
  };
}

/** Keys are made before the transaction; both records change in it, or neither does. */
async function settle(storage: Storage, operator: SealIdentity | undefined, now: number): Promise<Settled> {
  const seen = await storage.read.secrets.find(identityName);
  const before = seen === undefined ? undefined : identityFromJson(seen);
  const own = operator ? undefined : await ownIdentity(before, now);
  const identity = operator ?? own;
  if (!identity) throw new Error('Nothing seals.');
  const settled = await storage.transact(async ({ secrets }): Promise<Settled | undefined> => {
    if (own && own !== before && !(await secrets.replace(identityName, seen, identityToJson(own)))) return undefined;
    const kept = await secrets.find(authoritiesName);
    const earlier = kept === undefined ? [] : Authorities.parse(JSON.parse(kept));
    const authorities = [...new Set([...above(identity), ...earlier, ...(before ? above(before) : [])])];
    const written = JSON.stringify(authorities);
    if (written !== kept) await secrets.replace(authoritiesName, kept, written);
    return { identity, authorities };
  });
  return settled ?? settle(storage, operator, now);
}

/** One whose root's key was not kept cannot be renewed: a new authority follows it. */
const ownIdentity = async (before: SealIdentity | OwnIdentity | undefined, now: number): Promise<OwnIdentity> =>
  before && 'authorityKey' in before ? renewed(before, now) : makeAuthority(now);

/** The authority's certificate and those on the way to it; of a self-signed one, itself. */
const above = ({ certificates }: SealIdentity): string[] =>
  (certificates.length > 1 ? certificates.slice(1) : certificates).map((der) => Buffer.from(der).toString('base64'));
