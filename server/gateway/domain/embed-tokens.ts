import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { MintRequest } from '../../../shared/embed.ts';
import { formatId } from '../../../shared/ids.ts';
import { Failure } from '../../../shared/problem.ts';
import type { Caller } from './callers.ts';
import { customerFor } from './credentials.ts';
import { findPartner } from './partners.ts';
import type { Box, CustomerRow, Edges, Keep, Stores } from './ports.ts';
import type { SigningKeys } from './signing-keys.ts';
import { isCanonicalJwt } from './spelling.ts';

/** What an embed token says. Nobody's e-mail, name or company, and not the partner's own id for its customer. */
export interface EmbedClaims {
  readonly jti: string;
  readonly sub: string;
  readonly partner: string;
  readonly widget: 'onboarding';
  readonly customer: string;
  readonly origins: readonly string[];
  readonly exp: number;
}

export interface Minted {
  readonly token: string;
  readonly expiresAt: number;
  readonly partnerId: string;
}

/** What the partner tells of a customer at mint, to fill in and to lock. */
export type Profile = Omit<MintRequest['customer'], 'external_id'>;
export const profileAbout = (customerId: string): string[] => ['profile', customerId];
export const readProfile = (box: Box, { id, profile }: CustomerRow): Profile => JSON.parse(box.open(profile, profileAbout(id))) as Profile;

interface Options {
  keep: Keep;
  box: Box;
  now: Edges['now'];
  keys: SigningKeys;
  publicUrl: string;
}

export function createEmbedTokens({ keep, box, now, keys, publicUrl }: Options) {
  const audience = `${publicUrl}/embed`;

  async function originsFor(stores: Stores, partnerId: string, wanted: readonly string[] | undefined): Promise<string[]> {
    const registered = await stores.partners.origins(partnerId);
    if (!wanted) return registered;
    const strange = wanted.flatMap((origin, i) =>
      registered.includes(origin)
        ? []
        : [{ pointer: `/origins/${i}`, code: 'origin', message: 'This origin is not registered for the partner.' }],
    );
    if (strange.length > 0) throw new Failure('invalid-input', undefined, { errors: strange });
    return [...new Set(wanted)];
  }

  async function rememberUser(stores: Stores, partnerId: string, customerId: string, sub: string): Promise<void> {
    if (await stores.customers.knowsUser(customerId, sub)) return;
    const { max_users_per_tenant: limit } = await findPartner(stores, partnerId);
    if (limit !== null && (await stores.customers.countUsers(customerId)) >= limit)
      throw new Failure('limit-reached', `max_users_per_tenant is ${limit}: this customer has that many users.`);
    await stores.customers.addUser(customerId, sub);
  }

  return {
    /** Signs claims as an embed token; the cost of a mint without its database. */
    sign: ({ exp, ...claims }: EmbedClaims & { scope: string }): Promise<string> => {
      const { kid, key } = keys.signer();
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'embed+jwt', kid })
        .setIssuer(publicUrl)
        .setAudience(audience)
        .setIssuedAt(Math.floor(now() / 1000))
        .setExpirationTime(exp)
        .sign(key);
    },

    /** Mints a token for one customer of the caller's partner; the customer is made when it is new. */
    async mint({ partner, keyId, mode }: Caller, input: MintRequest): Promise<Minted> {
      const { external_id, ...profile } = input.customer;
      const at = now();
      const exp = Math.floor(at / 1000) + input.expires_in;
      const mark = box.fingerprint(JSON.stringify([partner.id, input.user_email.toLowerCase()]));
      const sub = formatId('user', Buffer.from(mark, 'base64url').subarray(0, 15));
      const jti = randomBytes(15).toString('base64url');
      const { customer, origins } = await keep.transact(async (stores) => {
        const allowed = await originsFor(stores, partner.id, input.origins);
        const customerId = await customerFor(stores, box, partner.id, mode, external_id, at);
        if (Object.keys(profile).length > 0)
          await stores.customers.setProfile(partner.id, customerId, box.seal(JSON.stringify(profile), profileAbout(customerId)));
        await rememberUser(stores, partner.id, customerId, sub);
        await stores.sessions.addMint({
          jti,
          partner_id: partner.id,
          key_id: keyId,
          customer_id: customerId,
          mode,
          locale: input.locale ?? null,
          metadata: input.metadata ? box.seal(JSON.stringify(input.metadata), ['metadata', jti]) : null,
          expires_at: exp * 1000,
        });
        await stores.record({
          kind: 'token.minted',
          at,
          partner: partner.id,
          actor: keyId,
          about: { jti, customer: customerId, widget: input.widget_type },
        });
        return { customer: customerId, origins: allowed };
      });
      const claims = { jti, sub, partner: partner.id, widget: input.widget_type, customer, origins, exp, scope: 'onboarding:write' };
      return { token: await this.sign(claims), expiresAt: exp * 1000, partnerId: partner.id };
    },

    /** The claims of a token that this gateway minted, for browsers, and that has not expired. */
    async verify(token: string): Promise<EmbedClaims> {
      if (!isCanonicalJwt(token)) throw new Failure('token-invalid');
      try {
        const { kid } = decodeProtectedHeader(token);
        const key = keys.verifier(kid);
        if (!key) throw new Failure('token-invalid');
        const { payload } = await jwtVerify<EmbedClaims>(token, key, {
          algorithms: ['ES256'],
          typ: 'embed+jwt',
          issuer: publicUrl,
          audience,
          requiredClaims: ['jti', 'sub', 'iat', 'exp', 'partner', 'widget', 'customer', 'origins'],
          currentDate: new Date(now()),
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new Failure('token-expired');
        if (error instanceof errors.JOSEError || error instanceof TypeError)
          throw new Failure('token-invalid', undefined, { cause: error });
        throw error;
      }
    },
  };
}
export type EmbedTokens = ReturnType<typeof createEmbedTokens>;
