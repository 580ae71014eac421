import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Failure } from '../../../../shared/problem.ts';

/** Whom a token lets in, and to what. Ids only: no e-mail, no name. */
export interface EmbedClaims {
  readonly jti: string;
  readonly envelopeId: string;
  readonly signerId: string;
  readonly accountId: string;
  /** Milliseconds; the token must have been used once before. */
  readonly exp: number;
}

export type EmbedTokens = ReturnType<typeof createEmbedTokens>;

const type = 'sign+jwt';
const life = 15 * 60_000;
/** A token is some 350 characters; longer ones are not looked at. */
const longest = 1_000;

/** Tokens for one signer of one envelope (JWT, HS256: only the platform reads them). `secret` is 32 bytes in base64url. */
export function createEmbedTokens(secret: string) {
  const key = Buffer.from(secret, 'base64url');

  return {
    async mint(to: Omit<EmbedClaims, 'jti' | 'exp'>, now: number): Promise<{ token: string; expiresAt: number }> {
      const exp = Math.floor((now + life) / 1000);
      const token = await new SignJWT({ envelope: to.envelopeId, signer: to.signerId, account: to.accountId })
        .setProtectedHeader({ alg: 'HS256', typ: type })
        .setJti(randomBytes(15).toString('base64url'))
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(exp)
        .sign(key);
      return { token, expiresAt: exp * 1000 };
    },

    /**
     * The claims of a token that this platform made, also when it is past its `exp`: a pass that was made in time outlives the token, so
     * whoever finds no pass compares `exp` with the clock. Failure `token-invalid` for everything else.
     */
    async verify(token: string): Promise<EmbedClaims> {
      if (!isCanonical(token)) throw new Failure('token-invalid');
      try {
        const { payload } = await jwtVerify<{ jti: string; exp: number; envelope: string; signer: string; account: string }>(token, key, {
          algorithms: ['HS256'],
          typ: type,
          requiredClaims: ['jti', 'exp', 'envelope', 'signer', 'account'],
          currentDate: new Date(0),
        });
        const { jti, exp, envelope, signer, account } = payload;
        return { jti, envelopeId: envelope, signerId: signer, accountId: account, exp: exp * 1000 };
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          throw new Failure('token-invalid', undefined, { cause: error });
        throw error;
      }
    },
  };
}

/** jose takes several spellings of one token; what is keyed on its `jti` must not, so each segment re-encodes to itself. */
export function isCanonical(token: string): boolean {
  const segments = token.split('.');
  return (
    token.length <= longest &&
    segments.length === 3 &&
    segments.every((segment) => segment !== '' && Buffer.from(segment, 'base64url').toString('base64url') === segment)
  );
}
