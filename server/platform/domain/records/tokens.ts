import { errors, jwtVerify, SignJWT } from 'jose';
import { isCanonicalJwt } from '../../../../shared/jwt-form.ts';
import { Failure } from '../../../../shared/problem.ts';
import { newNonce } from './secrets.ts';

const life = 15 * 60_000;
/** A token is some 350 characters; longer ones are not looked at. */
const longest = 1_000;

/** What every token says: its own name, and until when it is good, in seconds since 1970. */
type Said<C extends string> = Readonly<Record<C, string>> & { readonly jti: string; readonly exp: number };

/**
 * Tokens of one type, which opens no other door (JWT, HS256: only the platform reads them), good for 15 minutes. `claims` are ids: no e-mail, no
 * name. `secret` is 32 bytes in base64url.
 */
export function createTokens<C extends string>({ type, claims, secret }: { type: `${string}+jwt`; claims: readonly C[]; secret: string }) {
  const key = Buffer.from(secret, 'base64url');

  return {
    async mint(said: Readonly<Record<C, string>>, now: number): Promise<{ token: string; expiresAt: number }> {
      const exp = Math.floor((now + life) / 1000);
      const token = await new SignJWT({ ...said })
        .setProtectedHeader({ alg: 'HS256', typ: type })
        .setJti(newNonce())
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(exp)
        .sign(key);
      return { token, expiresAt: exp * 1000 };
    },

    /** Failure `token-invalid` for what was not made here and of this type, `token-expired` for what was over at `now`. */
    async read(token: string, now: number): Promise<Said<C>> {
      // What is keyed on a token's `jti` must not take it in several spellings.
      if (!isCanonicalJwt(token, longest)) throw new Failure('token-invalid');
      try {
        const { payload } = await jwtVerify<Said<C>>(token, key, {
          algorithms: ['HS256'],
          typ: type,
          requiredClaims: ['jti', 'exp', ...claims],
          currentDate: new Date(now),
        });
        return payload;
      } catch (cause) {
        if (cause instanceof errors.JWTExpired) throw new Failure('token-expired', undefined, { cause });
        if (cause instanceof errors.JOSEError || cause instanceof TypeError) throw new Failure('token-invalid', undefined, { cause });
        throw cause;
      }
    },
  };
}
