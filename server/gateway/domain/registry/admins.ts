import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isCanonicalJwt } from '../../../../shared/jwt-form.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { TokenKeys } from '../records/token-keys.ts';
import { createTokens } from '../records/tokens.ts';

/** An issuer of administrators' tokens other than the built-in one. */
export interface ExternalIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Seconds that a token of ours is good for at most, and one of the other issuer. */
const longest = 3600;
const longestExternal = 86_400;
/** Seconds by which the other issuer's clock may be ahead. */
const ahead = 5;
/** What the other issuer's tokens may say they are (RFC 9068, 2.1; RFC 7519, 5.1, which lets them say nothing): proofs, logouts and others are none. */
const externalTypes = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

interface Options {
  keys: TokenKeys;
  publicUrl: string;
  external: ExternalIssuer | undefined;
  /** A keyed fingerprint: it tells people apart without telling who they are. */
  mark: (text: string) => string;
}

export function createAdmins({ keys, publicUrl, external, mark }: Options) {
  const type = 'admin+jwt';
  const tokens = createTokens<{ readonly sub: string; readonly role: string }>({
    type,
    claims: ['sub'],
    keys,
    issuer: publicUrl,
    audience: `${publicUrl}/api/v1/admin`,
    longest,
  });

  async function read(token: string, at: number): Promise<JWTPayload> {
    const { typ } = decodeProtectedHeader(token);
    if (typ === type) return tokens.read(token, at);
    // A token of ours of another kind is signed by keys that the external issuer does not have, so it cannot pass here either.
    if (!external) throw new errors.JWTInvalid('no external issuer');
    if (!externalTypes.has(typ?.toLowerCase())) throw new errors.JWTInvalid('a token of another type');
    const checks = {
      algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      issuer: external.issuer,
      audience: external.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(at),
    };
    const { payload } = await jwtVerify(token, external.keys, checks);
    const { iat = 0, exp = 0 } = payload;
    if (exp - iat > longestExternal || iat > at / 1000 + ahead) throw new errors.JWTInvalid('a token for too long, or of a time to come');
    return payload;
  }

  return {
    /** A token for the built-in issuer's one administrator. `seconds` is at most an hour. */
    issue: (seconds: number, at: number): Promise<string> => {
      const iat = Math.floor(at / 1000);
      return tokens.sign({ role: 'super_admin', sub: 'admin', iat, exp: iat + Math.min(seconds, longest) });
    },

    /** Who administers, by this bearer token: role `super_admin`, or the scope `admin:read` or `admin:write`. */
    async identify(token: string, writes: boolean, at: number): Promise<string> {
      if (!token || !isCanonicalJwt(token, 8192))
        throw new Failure('unauthenticated', token ? 'The token is not valid.' : 'Send a Bearer token.');
      const payload = await read(token, at).catch((error: unknown) => {
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          throw new Failure('unauthenticated', 'The token is not valid.', { cause: error });
        throw error;
      });
      const scopes = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
      const allowed = payload.role === 'super_admin' || scopes.includes(writes ? 'admin:write' : 'admin:read');
      if (!allowed)
        throw new Failure(
          'role-missing',
          writes ? 'This needs the role super_admin or the scope admin:write.' : 'This needs the role super_admin or the scope admin:read.',
        );
      // The log holds no personal data, and another issuer's `sub` is often an e-mail.
      return payload.iss === publicUrl ? 'admin' : `admin:${mark(`${payload.iss} ${payload.sub}`).slice(0, 16)}`;
    },
  };
}
export type Admins = ReturnType<typeof createAdmins>;
