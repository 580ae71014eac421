import { randomBytes, X509Certificate } from 'node:crypto';
import type { Certified } from './certificate.ts';
import { type OwnIdentity, strongIdentity } from './identity.ts';

export { identityFromJson, identityToJson, type OwnIdentity, type SealIdentity } from './identity.ts';

const day = 86_400_000;
const year = 365.25 * day;
const lifetime = { root: 25 * year, leaf: 10 * year };
/** A certificate with less than this left is followed by a new one, so that whatever is sealed can be checked for as long at least. */
const reserve = 2 * year;

/** What makes certificates is loaded when one is to be made, which is seldom. */
const certificates = () => import('./certificate.ts');

/** A certificate authority of our own (25 years) and the sealing certificate it issues (10 years), each with an ECDSA P-256 key of its own. */
export async function makeAuthority(now: number): Promise<OwnIdentity> {
  const mark = randomBytes(4).toString('hex');
  const { issueRoot } = await certificates();
  return under(await issueRoot({ mark, from: now - day, until: now + lifetime.root }), now);
}

/**
 * The same identity as long as its sealing certificate has two years left; then one with a new key under the same root, and under a new
 * root once that has no two years left either.
 */
export async function renewed(identity: OwnIdentity, now: number): Promise<OwnIdentity> {
  const [leaf, root] = identity.certificates;
  if (!leaf || !root) throw new Error('An identity of our own has two certificates.');
  if (endOf(leaf) - now >= reserve) return identity;
  if (endOf(root) - now < reserve) return makeAuthority(now);
  return under({ certificate: root, privateKey: identity.authorityKey }, now);
}

/** No sealing certificate outlives its root. */
async function under(root: Certified, now: number): Promise<OwnIdentity> {
  const until = Math.min(now + lifetime.leaf, endOf(root.certificate));
  const { issueLeaf } = await certificates();
  const leaf = await issueLeaf(root, { mark: randomBytes(4).toString('hex'), from: now - day, until });
  strongIdentity({ certificates: [leaf.certificate, root.certificate], privateKey: leaf.privateKey });
  return { certificates: [leaf.certificate, root.certificate], privateKey: leaf.privateKey, authorityKey: root.privateKey };
}

const endOf = (certificate: Uint8Array): number => new X509Certificate(certificate).validToDate.getTime();
