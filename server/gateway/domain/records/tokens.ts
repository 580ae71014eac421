import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { TokenKeys } from './token-keys.ts';

interface Options {
  /** `typ` of its header: a token of one type opens no other door. */
  readonly type: `${string}+jwt`;
  /** What each says, beside when it was made and until when it is good. */
  readonly claims: readonly string[];
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  /** Seconds after which one is over, whatever it says itself. */
  readonly longest?: number;
}

/** The gateway's own tokens of one type (JWT, ES256). */
export function createTokens<C extends object>({ type, claims, keys, issuer, audience, longest }: Options) {
  const checks = {
    algorithms: ['ES256'],
    typ: type,
    issuer,
    audience,
    requiredClaims: ['iat', 'exp', ...claims],
    ...(longest !== undefined && { maxTokenAge: longest }),
  };

  return {
    /** Instants in seconds. */
    sign({ iat, exp, ...said }: C & { readonly iat: number; readonly exp: number }): Promise<string> {
      const { kid, key } = keys.signer();
      return new SignJWT({ ...said })
        .setProtectedHeader({ alg: 'ES256', typ: type, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(iat)
        .setExpirationTime(exp)
        .sign(key);
    },

    /** What a token says that was signed here and is still good. Throws jose's errors, or a TypeError for what is no token. */
    async read(token: string, now: number): Promise<C & JWTPayload> {
      const key = keys.verifier(decodeProtectedHeader(token).kid);
      if (!key) throw new errors.JWKSNoMatchingKey();
      const { payload } = await jwtVerify<C>(token, key, { ...checks, currentDate: new Date(now) });
      return payload;
    },
  };
}
