import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Failure } from '../../../../shared/problem.ts';
import { isCanonical } from '../envelope/embed-tokens.ts';

/** Who may read one vaulted envelope. Ids only: no e-mail, no name. */
export interface VaultClaims {
  readonly envelopeId: string;
  readonly personId: string;
  readonly accountId: string;
}

export type VaultTokens = ReturnType<typeof createVaultTokens>;

/** Of another type than a signer's token, so that neither opens the other's door. */
const type = 'vault+jwt';
/** Reading is done at once: no pass outlives the token. */
const life = 15 * 60_000;

/** Tokens for one reader of one vaulted envelope (JWT, HS256: only the platform reads them). `secret` is 32 bytes in base64url. */
export function createVaultTokens(secret: string) {
  const key = Buffer.from(secret, 'base64url');

  return {
    async mint({ envelopeId, personId, accountId }: VaultClaims, now: number): Promise<{ token: string; expiresAt: number }> {
      const exp = Math.floor((now + life) / 1000);
      const token = await new SignJWT({ envelope: envelopeId, person: personId, account: accountId })
        .setProtectedHeader({ alg: 'HS256', typ: type })
        .setJti(randomBytes(15).toString('base64url'))
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(exp)
        .sign(key);
      return { token, expiresAt: exp * 1000 };
    },

    /** Failure `token-invalid` for what this platform did not make for the vault, `token-expired` for what is over. */
    async verify(token: string, now: number): Promise<VaultClaims> {
      if (!isCanonical(token)) throw new Failure('token-invalid');
      try {
        const { payload } = await jwtVerify<{ envelope: string; person: string; account: string }>(token, key, {
          algorithms: ['HS256'],
          typ: type,
          requiredClaims: ['exp', 'envelope', 'person', 'account'],
          currentDate: new Date(now),
        });
        return { envelopeId: payload.envelope, personId: payload.person, accountId: payload.account };
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new Failure('token-expired', undefined, { cause: error });
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          throw new Failure('token-invalid', undefined, { cause: error });
        throw error;
      }
    },
  };
}
