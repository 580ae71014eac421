import { type CryptoKey, calculateJwkThumbprint, decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { isCanonicalJwt } from '../../../../shared/jwt-form.ts';
import { Failure } from '../../../../shared/problem.ts';
import { hashOf } from '../records/ids.ts';
import type { Edges } from '../records/ports.ts';

/** The request a proof is for. `url` is the public one, made from the gateway's own setting and never from the Host header. */
export interface Proven {
  readonly method: string;
  readonly url: string;
  /** The token it accompanies. */
  readonly token: string;
}

/**
 * Do two http addresses lead to the same place (RFC 3986, 6.2.2 and 6.2.3)? Query and fragment of the first count for nothing (RFC 9449, 4.3).
 */
function isSameAddress(claimed: unknown, url: string): boolean {
  if (claimed === url) return true;
  return typeof claimed === 'string' && /^[\w.~:/?#[\]@!$&'()*+,;=%-]{1,2048}$/.test(claimed) && normalized(claimed) === normalized(url);
}

/** The WHATWG parser sees to case, port and dots; to escapes it does not. */
function normalized(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url) return undefined;
  url.search = '';
  url.hash = '';
  return url.href.replace(/%[0-9a-f]{2}/gi, (coded) => {
    const character = String.fromCharCode(Number.parseInt(coded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : coded.toUpperCase();
  });
}

const oldest = 60;
const newest = 5;
/** Seconds after which no proof that was seen is fresh any more. */
const lifetime = oldest + newest + 1;

/**
 * DPoP proofs (RFC 9449 section 4.3): at most 60 s old and 5 s early, each good once. Seen proofs are kept in memory only; so that one
 * seen before a restart is not taken again, proofs made before five seconds after the start are stale.
 */
export function createProofs({ now, elapsed }: Pick<Edges, 'now' | 'elapsed'>) {
  const seconds = (clock: () => number): number => Math.floor(clock() / 1000);
  const started = seconds(elapsed);
  /** Until when each is fresh, by the clock that its iat goes by and by the one that nobody sets. */
  const seen = new Map<string, { readonly at: number; readonly passed: number }>();
  const keys = new Map<string, CryptoKey>();
  let sweptAt = started;

  function sweep(at: number, passed: number): void {
    if (passed - sweptAt < 10) return;
    sweptAt = passed;
    // They lie in the order they were seen in: the rest is younger.
    for (const [id, until] of seen) {
      if (until.passed >= passed) break;
      if (until.at < at) seen.delete(id);
    }
    if (keys.size > 10_000) keys.clear();
  }

  async function keyOf(jwk: JWK | undefined): Promise<{ jkt: string; key: CryptoKey }> {
    if (jwk?.kty !== 'EC' || jwk.crv !== 'P-256' || 'd' in jwk)
      throw new Failure('proof-invalid', 'The proof carries no public P-256 key.');
    const jkt = await calculateJwkThumbprint(jwk, 'sha256');
    const known = keys.get(jkt);
    if (known) return { jkt, key: known };
    // A thumbprint is made of keys that have both.
    const { x = '', y = '' } = jwk;
    const key = (await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256')) as CryptoKey;
    keys.set(jkt, key);
    return { jkt, key };
  }

  function assertFresh(iat: unknown): void {
    const at = seconds(now);
    if (typeof iat !== 'number' || !Number.isInteger(iat)) throw new Failure('proof-invalid', 'The proof has no iat.');
    // By the clock as it is now: where it was set back since the start, so was the start.
    const startedAt = at - (seconds(elapsed) - started);
    if (at - startedAt <= lifetime && iat <= startedAt + newest)
      throw new Failure('proof-stale', 'The gateway has just started.', { retryAfter: Math.max(1, startedAt + newest + 1 - at) });
    if (iat < at - oldest || iat > at + newest) throw new Failure('proof-stale', `The proof's iat is ${iat - at} seconds off.`);
  }

  return {
    /** The thumbprint (RFC 7638) of the key that signed this proof, once everything about it is right. */
    async verify(proof: string, { method, url, token }: Proven): Promise<string> {
      if (!isCanonicalJwt(proof)) throw new Failure('proof-invalid', 'Send one DPoP header with one proof.');
      const { jkt, payload } = await open(proof);
      if (payload.htm !== method || !isSameAddress(payload.htu, url))
        throw new Failure('proof-invalid', 'The proof was made for another request.');
      if (payload.ath !== hashOf(token)) throw new Failure('proof-invalid', 'The proof was made for another token.');
      assertFresh(payload.iat);
      const { jti } = payload;
      if (typeof jti !== 'string' || jti.length < 8 || jti.length > 128)
        throw new Failure('proof-invalid', 'The jti has 8 to 128 characters.');
      const at = seconds(now);
      const passed = seconds(elapsed);
      sweep(at, passed);
      const id = `${jkt} ${jti}`;
      if (seen.has(id)) throw new Failure('proof-replayed');
      seen.set(id, { at: at + lifetime, passed: passed + lifetime });
      return jkt;
    },
  };

  async function open(proof: string) {
    try {
      const { jkt, key } = await keyOf(decodeProtectedHeader(proof).jwk as JWK | undefined);
      const { payload } = await jwtVerify(proof, key, { algorithms: ['ES256'], typ: 'dpop+jwt', currentDate: new Date(now()) });
      return { jkt, payload };
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
        throw new Failure('proof-invalid', undefined, { cause: error });
      throw error;
    }
  }
}
export type Proofs = ReturnType<typeof createProofs>;
