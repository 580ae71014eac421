import { createTokens } from '../records/tokens.ts';

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

/** Tokens for one signer of one envelope. */
export function createEmbedTokens({ secret }: { secret: string }) {
  const tokens = createTokens({ type: 'sign+jwt', claims: ['envelope', 'signer', 'account'], secret });

  return {
    mint: (to: Omit<EmbedClaims, 'jti' | 'exp'>, now: number): Promise<{ token: string; expiresAt: number }> =>
      tokens.mint({ envelope: to.envelopeId, signer: to.signerId, account: to.accountId }, now),

    /**
     * The claims of a token that this platform made, also when it is past its `exp`: a pass that was made in time outlives the token, so
     * whoever finds no pass compares `exp` with the clock. Failure `token-invalid` for everything else.
     */
    async verify(token: string): Promise<EmbedClaims> {
      const { jti, exp, envelope, signer, account } = await tokens.read(token, 0);
      return { jti, envelopeId: envelope, signerId: signer, accountId: account, exp: exp * 1000 };
    },
  };
}
