import { Failure } from '../../../../shared/problem.ts';
import type { Seen } from '../ceremony/provenance.ts';
import { partiesOf, statusOf } from '../envelope/envelopes.ts';
import type { Files } from '../files/files.ts';
import type { Links } from '../notices/links.ts';
import type { Account } from '../records/account.ts';
import type { Envelope, Signer } from '../records/envelope.ts';
import type { OpenedFile } from '../records/files.ts';
import type { Person } from '../records/people.ts';
import type { Storage, Stores } from '../records/stores.ts';
import type { Compliance, Verdict } from './compliance.ts';
import { type Custody, createCustody } from './custody.ts';
import { filenameOf, fileOf } from './file-links.ts';
import type { VaultClaims, VaultTokens } from './tokens.ts';

export type VaultReading = ReturnType<typeof createVaultReading>;

interface Options {
  readonly storage: Storage;
  readonly tokens: VaultTokens;
  readonly links: Links;
  readonly files: Pick<Files, 'open'>;
  readonly compliance: Compliance;
}

/** What a reader is shown of a vaulted envelope. */
export interface VaultRecord {
  readonly envelope: Envelope;
  readonly signers: readonly Signer[];
  readonly custody: Custody;
  readonly verdict: Verdict;
}

/** The vault for one reader whom a partner lets in: the record, and the copy that says it is one. */
export function createVaultReading({ storage, tokens, links, files, compliance }: Options) {
  /** The envelope, and who reads. Who was forgotten since the token was made is let in no more. */
  async function enter(stores: Stores, { accountId, envelopeId, personId }: VaultClaims): Promise<{ envelope: Envelope; person: Person }> {
    const [envelope, person] = [await stores.envelopes.find(accountId, envelopeId), await stores.people.find(accountId, personId)];
    if (!envelope || !person) throw new Failure('token-invalid');
    return { envelope, person };
  }

  return {
    /** A way in for the person of this e-mail, by name in the record. Failure `envelope-wrong-state` unless it is vaulted. */
    async token(
      account: Account,
      id: string,
      reader: { email: string; askedBy: string },
      at: number,
    ): Promise<{ token: string; expiresAt: number; url: string }> {
      const person = await storage.transact(async (stores) => {
        const { envelope } = await partiesOf(stores, account, id);
        const status = statusOf(envelope, at);
        if (status !== 'vaulted')
          throw new Failure('envelope-wrong-state', `The envelope is ${status}; vault tokens are made while it is vaulted.`);
        const by = await stores.people.meet(account.id, reader.email, at);
        const event = { envelopeId: id, at, kind: 'vault.linked', signerId: null, reached: null };
        await stores.envelopes.record({ ...event, detail: `page ${reader.askedBy}`, by });
        return by;
      });
      const minted = await tokens.mint({ envelopeId: id, personId: person.id, accountId: account.id }, at);
      return { ...minted, url: links.vaultUrl(minted.token) };
    },

    /** Whom the token lets in, and to what. Failure `token-invalid`, `token-expired`. */
    admit: (token: string, at: number): Promise<VaultClaims> => tokens.verify(token, at),

    async record(claims: VaultClaims, at: number): Promise<VaultRecord> {
      const { envelope } = await enter(storage.read, claims);
      const verdict = await compliance.check(envelope, at);
      const custody = await createCustody(storage)(envelope);
      if (!custody) throw new Failure('not-found', 'The envelope is not vaulted.');
      return { envelope, signers: await storage.read.envelopes.signers(envelope.id), custody, verdict };
    },

    /** The watermarked copy; the record says who read it, and where from. */
    async copy(claims: VaultClaims, seen: Seen, at: number): Promise<{ file: OpenedFile; filename: string }> {
      const { envelope } = await enter(storage.read, claims);
      const file = await files.open(envelope, fileOf(envelope, 'copy', at), at);
      await storage.transact(async (stores) => {
        const { envelope: now, person: by } = await enter(stores, claims);
        fileOf(now, 'copy', at);
        const account = await stores.accounts.get(claims.accountId);
        const reached = { ...seen, assurance: 'partner-asserted', reportedBy: account.name, session: null } as const;
        await stores.envelopes.record({ envelopeId: now.id, at, kind: 'vault.read', signerId: null, reached, detail: 'copy', by });
      });
      return { file, filename: filenameOf({ envelopeId: envelope.id, kind: 'copy' }) };
    },
  };
}
