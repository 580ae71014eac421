import { createTokens } from '../records/tokens.ts';

/** Who may read one vaulted envelope. Ids only: no e-mail, no name. */
export interface VaultClaims {
  readonly envelopeId: string;
  readonly personId: string;
  readonly accountId: string;
}

export type VaultTokens = ReturnType<typeof createVaultTokens>;

/** Tokens for one reader of one vaulted envelope. Reading is done at once: no pass outlives the token. */
export function createVaultTokens({ secret }: { secret: string }) {
  const tokens = createTokens({ type: 'vault+jwt', claims: ['envelope', 'person', 'account'], secret });

  return {
    mint: ({ envelopeId, personId, accountId }: VaultClaims, now: number): Promise<{ token: string; expiresAt: number }> =>
      tokens.mint({ envelope: envelopeId, person: personId, account: accountId }, now),

    /** Failure `token-invalid` for what this platform did not make for the vault, `token-expired` for what is over. */
    async verify(token: string, now: number): Promise<VaultClaims> {
      const { envelope, person, account } = await tokens.read(token, now);
      return { envelopeId: envelope, personId: person, accountId: account };
    },
  };
}
