import { randomBytes } from 'node:crypto';
import { errors } from 'jose';
import type { MintOnboarding, MintRequest } from '../../../../shared/embed.ts';
import { formatId } from '../../../../shared/ids.ts';
import { isCanonicalJwt } from '../../../../shared/jwt-form.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Mode } from '../../../../shared/registry.ts';
import type { Box, Edges, Storage, Stores } from '../records/ports.ts';
import type { TokenKeys } from '../records/token-keys.ts';
import { createTokens } from '../records/tokens.ts';
import { cached } from '../registry/cache.ts';
import type { Caller, Callers } from '../registry/callers.ts';
import { customerFor } from '../registry/credentials.ts';
import { findPartner } from '../registry/partners.ts';
import { profileAbout, signerAbout } from '../run/answers.ts';
import type { Signers } from '../signing/signers.ts';
import type { Vaults } from '../signing/vaults.ts';

/** What an embed token says. Nobody's e-mail, name or company, and not the partner's own id for its customer. */
export interface EmbedClaims {
  readonly jti: string;
  readonly sub: string;
  readonly partner: string;
  readonly widget: MintRequest['widget_type'];
  /** Of the two, the one that the widget is about. */
  readonly customer?: string | undefined;
  readonly envelope?: string | undefined;
  readonly origins: readonly string[];
  readonly exp: number;
}

export interface Minted {
  readonly token: string;
  readonly expiresAt: number;
  readonly partnerId: string;
}

/** What a partner's key needs to mint for each view. */
export const mintScopes = { onboarding: 'onboarding:write', sign: 'esign:write', vault: 'vault:read' } as const;

interface Options {
  storage: Storage;
  box: Box;
  callers: Pick<Callers, 'originsOf'>;
  keys: TokenKeys;
  publicUrl: string;
  signers: Signers;
  vaults: Pick<Vaults, 'assertVaulted'>;
  /** Read once the vendor has said that there is such an envelope: a token lives from then on. */
  now: Edges['now'];
}

export function createEmbedTokens({ storage, box, callers, keys, publicUrl, signers, vaults, now }: Options) {
  const tokens = createTokens<EmbedClaims & { readonly scope: string }>({
    type: 'embed+jwt',
    claims: ['jti', 'sub', 'partner', 'widget', 'origins'],
    keys,
    issuer: publicUrl,
    audience: `${publicUrl}/embed`,
  });

  // Whom a token was minted for before is known: neither the customer nor the user is ever taken away.
  const visitors = cached<string | undefined>(async (name) => {
    const [partnerId, mode, externalId, sub] = JSON.parse(name) as [string, Mode, string, string];
    const customer = await storage.read.customers.findByExternalId(partnerId, mode, externalId);
    return customer && (await storage.read.customers.knowsUser(customer.id, sub)) ? customer.id : undefined;
  });

  async function originsFor(partnerId: string, wanted: readonly string[] | undefined): Promise<readonly string[]> {
    const registered = await callers.originsOf(partnerId);
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
    const { maxUsersPerTenant: limit } = await findPartner(stores, partnerId);
    if (limit !== null && (await stores.customers.countUsers(customerId)) >= limit)
      throw new Failure('limit-reached', `max_users_per_tenant is ${limit}: this customer has that many users.`);
    await stores.customers.addUser(customerId, sub);
  }

  /** The customer whom the token is for, where nothing is to be written of them. */
  async function metBefore({ partner, mode }: Caller, { customer }: MintOnboarding, sub: string): Promise<string | undefined> {
    const { external_id, ...profile } = customer;
    return Object.keys(profile).length > 0 ? undefined : visitors.get(JSON.stringify([partner.id, mode, external_id, sub]));
  }

  /** The customer whom the token is for, with what the partner tells of them and who looks. */
  async function meet(stores: Stores, { partner, mode }: Caller, { customer }: MintOnboarding, sub: string, at: number): Promise<string> {
    const { external_id, ...profile } = customer;
    const customerId = await customerFor(stores, box, partner.id, mode, external_id, at);
    if (Object.keys(profile).length > 0)
      await stores.customers.setProfile(partner.id, customerId, box.seal(JSON.stringify(profile), profileAbout(customerId)));
    await rememberUser(stores, partner.id, customerId, sub);
    return customerId;
  }

  return {
    /** Signs claims as an embed token; the cost of a mint without its database. */
    sign: tokens.sign,

    /** Mints a token for one customer of the caller's partner (made when it is new), one signer of an envelope, or one reader of a vaulted one. */
    async mint(caller: Caller, input: MintRequest): Promise<Minted> {
      if (input.widget_type === 'sign') await signers.assertSigner(caller, input);
      if (input.widget_type === 'vault') await vaults.assertVaulted(caller, input.envelope_id);
      const at = now();
      const { partner, keyId, mode } = caller;
      const iat = Math.floor(at / 1000);
      const exp = iat + input.expires_in;
      const mark = box.fingerprint(JSON.stringify([partner.id, input.user_email.toLowerCase()]));
      const sub = formatId('user', Buffer.from(mark, 'base64url').subarray(0, 15));
      const jti = randomBytes(15).toString('base64url');
      const envelope = input.widget_type === 'onboarding' ? undefined : input.envelope_id;
      const origins = await originsFor(partner.id, input.origins);
      const met = input.widget_type === 'onboarding' ? await metBefore(caller, input, sub) : undefined;
      const customer = await storage.transact(async (stores) => {
        const customerId = input.widget_type === 'onboarding' ? (met ?? (await meet(stores, caller, input, sub, at))) : undefined;
        await stores.sessions.addMint({
          jti,
          partnerId: partner.id,
          keyId,
          customerId: customerId ?? '',
          envelopeId: envelope ?? '',
          signer: input.widget_type === 'sign' ? box.seal(input.user_email, signerAbout(jti)) : null,
          mode,
          locale: input.locale ?? null,
          metadata: input.metadata ? box.seal(JSON.stringify(input.metadata), ['metadata', jti]) : null,
          expiresAt: exp * 1000,
        });
        const about = { jti, ...(envelope === undefined ? { customer: customerId ?? '' } : { envelope }), widget: input.widget_type };
        await stores.record({ kind: 'token.minted', at, partner: partner.id, actor: keyId, about });
        return customerId;
      });
      const subject = envelope === undefined ? { customer } : { envelope };
      const scope = mintScopes[input.widget_type];
      const claims = { jti, sub, partner: partner.id, widget: input.widget_type, ...subject, origins, iat, exp, scope };
      return { token: await tokens.sign(claims), expiresAt: exp * 1000, partnerId: partner.id };
    },

    /** The claims of a token that this gateway minted, for browsers, and that has not expired. */
    async verify(token: string, at: number): Promise<EmbedClaims> {
      if (!isCanonicalJwt(token)) throw new Failure('token-invalid');
      try {
        const claims = await tokens.read(token, at);
        const { widget, customer, envelope } = claims;
        const subject = widget === 'onboarding' ? customer : Object.hasOwn(mintScopes, widget) && envelope;
        if (!subject) throw new Failure('token-invalid');
        return claims;
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
