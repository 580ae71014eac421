import { Failure } from '../../../../shared/problem.ts';
import type { EmbedClaims, EmbedTokens } from '../envelope/embed-tokens.ts';
import type { Pass } from '../records/envelope.ts';
import { isErased } from '../records/people.ts';
import { hashOf } from '../records/secrets.ts';
import type { Storage, Stores } from '../records/stores.ts';

/** From its first use, which must lie within the token's own fifteen minutes, an embed token opens the ceremony this long. */
const embedLife = 4 * 3_600_000;

export type Passes = ReturnType<typeof createPasses>;

/** Lets signers in. A pass is also good after the envelope ended, so that how it ended can be read. */
export const createPasses = (storage: Storage, embedTokens: Pick<EmbedTokens, 'verify'>) => ({
  async enter(token: string, at: number): Promise<Pass> {
    const pass = token.includes('.') ? await embedPass(storage, await embedTokens.verify(token), at) : await linkPass(storage.read, token);
    if (pass.expiresAt <= at) throw new Failure('token-expired');
    return pass;
  },
});

/** A link's token: 256 bits in base64url. What an embed token was noted under opens nothing here. */
async function linkPass(stores: Stores, token: string): Promise<Pass> {
  const pass = /^[\w-]{43}$/.test(token) ? await stores.envelopes.findPass(hashOf(token)) : undefined;
  if (!pass || pass.kind === 'embed') throw new Failure('token-invalid');
  return pass;
}

async function embedPass(storage: Storage, claims: EmbedClaims, at: number): Promise<Pass> {
  const hash = hashOf(claims.jti);
  const known = await storage.read.envelopes.findPass(hash);
  if (known) return known;
  if (claims.exp <= at) throw new Failure('token-expired');
  const { envelopeId, signerId, accountId } = claims;
  const pass: Pass = { hash, kind: 'embed', envelopeId, signerId, accountId, createdAt: at, expiresAt: at + embedLife };
  // Two first calls may come at once: the one that was there first counts.
  return storage.transact(async (stores) => {
    const first = await stores.envelopes.findPass(hash);
    const signer = (await stores.envelopes.signers(envelopeId)).find(({ id }) => id === signerId);
    // Their ways in went with them; a token that was minted before and never used must not make another.
    if (!signer || isErased(signer)) throw new Failure('token-invalid');
    if (!first) await stores.envelopes.addPass(pass);
    return first ?? pass;
  });
}
