import { LinkError } from './link-error.ts';

const provers = new WeakMap<Document, Promise<Prover>>();

/** As far as a proof names it (RFC 7638, section 3.2). */
type PublicKey = Record<'kty' | 'crv' | 'x' | 'y', string | undefined>;

/** Makes DPoP proofs (RFC 9449) with a P-256 key that no script can read and that is gone with the page. One key per document. */
export class Prover {
  readonly #pair: CryptoKeyPair;
  readonly #jwk: PublicKey;

  static of(page: Document): Promise<Prover> {
    const prover = provers.get(page) ?? Prover.#make();
    provers.set(page, prover);
    return prover;
  }

  static async #make(): Promise<Prover> {
    if (!globalThis.crypto?.subtle) throw new LinkError('insecure-page', 'WebCrypto needs a secure context: serve the page over https.');
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    return new Prover(pair, { kty, crv, x, y });
  }

  private constructor(pair: CryptoKeyPair, jwk: PublicKey) {
    this.#pair = pair;
    this.#jwk = jwk;
  }

  /** A proof for one request; every attempt needs its own. `now` is the server's time in milliseconds. */
  async proof(method: string, url: string, token: string, now: number): Promise<string> {
    const hash = await crypto.subtle.digest('SHA-256', bytesOf(token));
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: this.#jwk };
    const claims = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*/, ''),
      iat: Math.floor(now / 1000),
      ath: base64url(new Uint8Array(hash)),
    };
    const signed = [header, claims].map((part) => base64url(bytesOf(JSON.stringify(part)))).join('.');
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.#pair.privateKey, bytesOf(signed));
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  }
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
