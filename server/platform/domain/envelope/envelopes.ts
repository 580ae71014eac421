import { randomBytes } from 'node:crypto';
import { Failure } from '../../../../shared/problem.ts';
import type { signerStates } from '../../../../shared/signing/ceremony.ts';
import type { EnvelopeStatus } from '../../../../shared/vendors/loyva.ts';
import type { Links } from '../notices/links.ts';
import { announceEnd } from '../notices/signing-mail.ts';
import type { Account } from '../records/account.ts';
import { type Envelope, type EnvelopeQuery, hasLapsed, type Signer } from '../records/envelope.ts';
import type { EnvelopeState } from '../records/moves.ts';
import { moves } from '../records/moves.ts';
import { ownerKey } from '../records/people.ts';
import { hashOf } from '../records/secrets.ts';
import type { Storage, Stores } from '../records/stores.ts';
import { isTurn } from '../records/turns.ts';
import type { EmbedTokens } from './embed-tokens.ts';

/** An envelope and who signs it. */
export interface Parties {
  readonly envelope: Envelope;
  readonly signers: readonly Signer[];
}

/** A way in that the partner passes on: whoever has the address can sign. */
export interface SigningLink {
  readonly signer: Signer;
  readonly url: string;
  readonly expiresAt: number;
}

export type Envelopes = ReturnType<typeof createEnvelopes>;

const week = 7 * 24 * 3_600_000;

/** A partner's envelopes. Another account's are not there. */
export const createEnvelopes = (storage: Storage, links: Links, tokens: EmbedTokens) => ({
  list: (account: Account, query: EnvelopeQuery, at: number) => storage.read.envelopes.list(account.id, query, at),

  get: (account: Account, id: string): Promise<Parties> => partiesOf(storage.read, account, id),

  /** Makes a new way in for every signer, and says in the record whose key asked. Earlier ones stay good. */
  async signingLinks(account: Account, id: string, askedBy: string, at: number): Promise<{ parties: Parties; links: SigningLink[] }> {
    return storage.transact(async (stores) => {
      const parties = await partiesOf(stores, account, id);
      requireOpen(parties.envelope, 'signing links are made', at);
      const made: SigningLink[] = [];
      for (const signer of parties.signers) made.push(await makeLink(stores, links, parties.envelope, signer, at));
      for (const { signer } of made)
        await stores.envelopes.record({ envelopeId: id, at, kind: 'link.made', signerId: signer.id, reached: null, detail: askedBy });
      return { parties, links: made };
    });
  },

  async embedToken(account: Account, id: string, email: string, at: number): Promise<{ token: string; expiresAt: number; url: string }> {
    const { envelope, signers } = await partiesOf(storage.read, account, id);
    // While it is sealed too: whoever has signed may look, and the vendor API calls it `viewed`.
    if (envelope.state !== 'finishing') requireOpen(envelope, 'sign tokens are made', at);
    const signer = signers.find((each) => ownerKey(each.email) === ownerKey(email));
    if (!signer) throw notASigner('/user_email');
    const minted = await tokens.mint({ envelopeId: id, signerId: signer.id, accountId: account.id }, at);
    return { ...minted, url: links.signUrl(minted.token) };
  },

  void: (account: Account, id: string, reason: string | null, at: number): Promise<Parties> =>
    storage.transact(async (stores) => {
      const { envelope, signers } = await partiesOf(stores, account, id);
      const from = statusOf(envelope, at);
      if (from === 'expired' || !moves[envelope.state].includes('voided')) throw impossible(envelope, from, 'voided');
      const ended = { signerId: null, reason, at };
      await stores.envelopes.move(envelope, { state: 'voided', updatedAt: at, ended });
      await stores.envelopes.record({ envelopeId: id, at, kind: 'envelope.voided', signerId: null, reached: null, detail: reason });
      await announceEnd(stores, links, { envelope, sender: account.name, signers }, { by: null, reason }, at);
      return partiesOf(stores, account, id);
    }),
});

export async function partiesOf(stores: Stores, account: Account, id: string): Promise<Parties> {
  const envelope = await stores.envelopes.find(account.id, id);
  if (!envelope) throw new Failure('not-found', 'There is no such envelope.');
  return { envelope, signers: await stores.envelopes.signers(id) };
}

async function makeLink(stores: Stores, links: Links, envelope: Envelope, signer: Signer, at: number): Promise<SigningLink> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = Math.min(at + week, envelope.expiresAt ?? Number.POSITIVE_INFINITY);
  await stores.envelopes.addPass({
    hash: hashOf(token),
    kind: 'link',
    envelopeId: envelope.id,
    signerId: signer.id,
    accountId: envelope.accountId,
    createdAt: at,
    expiresAt,
  });
  return { signer, url: links.signUrl(token), expiresAt };
}

/** The state as the vendor API says it: what is being sealed is still `viewed`, and what is past its time has expired. */
export function statusOf(envelope: Envelope, at: number): EnvelopeStatus {
  const { state, expiresAt } = envelope;
  if (hasLapsed(envelope, at)) return 'vaulted';
  const open = moves[state].includes('expired');
  if (open && expiresAt !== null && expiresAt <= at) return 'expired';
  return state === 'finishing' ? 'viewed' : state === 'destroyed' ? 'released' : state;
}

/** How far a signer is, in the words of the ceremony. */
export const signerStatus = ({ envelope, signers }: Parties, signer: Signer): (typeof signerStates)[number] =>
  signer.state === 'waiting' && isTurn(envelope, signers, signer) ? 'asked' : signer.state;

const openStates: readonly EnvelopeState[] = ['sent', 'viewed'];

/** Can it be signed now? */
export const isOpen = (envelope: Envelope, at: number): boolean =>
  openStates.includes(envelope.state) && statusOf(envelope, at) === envelope.state;

export function requireOpen(envelope: Envelope, what: string, at: number): void {
  const status = statusOf(envelope, at);
  if (!openStates.includes(status))
    throw new Failure('envelope-wrong-state', `The envelope is ${status}; ${what} while it is sent or viewed.`);
  if (envelope.state === 'finishing')
    throw new Failure('envelope-wrong-state', `Everybody has signed and the envelope is being sealed; ${what} while it is sent or viewed.`);
}

/** A move that the table does not have. */
export function impossible(envelope: Envelope, from: EnvelopeStatus, to: EnvelopeState): Failure {
  const being = envelope.state === 'finishing' ? ' (everybody has signed, and it is being sealed)' : '';
  return new Failure('envelope-wrong-state', `The envelope is ${from}${being} and cannot become ${to}.`);
}

export const notASigner = (pointer: string): Failure =>
  new Failure('invalid-input', undefined, {
    errors: [{ pointer, code: 'not-a-signer', message: 'must be the e-mail of one of the signers' }],
  });
