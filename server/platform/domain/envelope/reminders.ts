import { Failure } from '../../../../shared/problem.ts';
import type { Links } from '../notices/links.ts';
import { remindSigner } from '../notices/signing-mail.ts';
import type { Account } from '../records/account.ts';
import type { Envelope, Reminders as Rhythm, Signer } from '../records/envelope.ts';
import { ownerKey } from '../records/people.ts';
import type { Storage, Stores } from '../records/stores.ts';
import { signersInTurn } from '../records/turns.ts';
import { isOpen, notASigner, type Parties, partiesOf, requireOpen } from './envelopes.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Who was asked again, and who was asked less than an hour ago and may be again at `nextAt`. */
export interface Reminded {
  readonly reminded: readonly string[];
  readonly skipped: readonly { readonly email: string; readonly nextAt: number }[];
}

export type Reminding = ReturnType<typeof createReminders>;

/** Asks signers again: those whose turn it is and who have not signed, each at most once an hour. */
export const createReminders = (storage: Storage, links: Links) => ({
  /** One signer, or everybody whom it concerns. Failure `envelope-wrong-state`, `invalid-input`, and `rate-limited` when nobody may be asked now. */
  remind: (account: Account, id: string, email: string | null, at: number): Promise<Reminded> =>
    storage.transact(async (stores) => {
      const parties = await partiesOf(stores, account, id);
      requireOpen(parties.envelope, 'signers are reminded', at);
      const reminded: string[] = [];
      const skipped: { email: string; nextAt: number }[] = [];
      for (const signer of wanted(parties, email)) {
        const nextAt = (signer.remindedAt ?? Number.NEGATIVE_INFINITY) + hour;
        if (nextAt > at) skipped.push({ email: signer.email, nextAt });
        else if (await remindOnce(stores, links, { ...parties, sender: account.name }, signer, at)) reminded.push(signer.email);
      }
      if (reminded.length === 0) throw tooSoon(Math.min(...skipped.map(({ nextAt }) => nextAt)) - at);
      return { reminded, skipped };
    }),

  due: (at: number, limit: number): Promise<Envelope[]> => storage.read.envelopes.remindable(at, limit),

  /** Reminds as the envelope's own rhythm says. The mail and the next time are written together: killed anywhere, no time counts twice. */
  remindDue: ({ id, accountId }: Pick<Envelope, 'id' | 'accountId'>, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const account = await stores.accounts.get(accountId);
      const parties = await partiesOf(stores, account, id);
      const { envelope } = parties;
      if (envelope.remindAt === null || envelope.remindAt > at) return;
      if (!isOpen(envelope, at)) return void (await stores.envelopes.move(envelope, { remindAt: null }));
      const due = signersInTurn(envelope, parties.signers).filter((signer) => dueAt(parties, signer) <= at);
      for (const signer of due) await remindOnce(stores, links, { ...parties, sender: account.name }, signer, at);
      await stores.envelopes.move(envelope, { remindAt: nextLook(await partiesOf(stores, account, id), at) });
    }),
});

/** When the job looks at a new envelope for the first time. */
export const firstReminder = (rhythm: Rhythm | null, sentAt: number): number | null => rhythm && sentAt + rhythm.after_days * day;

/** A signer is due `after_days` after their turn came, and `every_days` after they were last reminded, by whomever. */
function dueAt({ envelope, signers }: Parties, signer: Signer): number {
  if (!envelope.reminders) return Number.POSITIVE_INFINITY;
  const { after_days, every_days } = envelope.reminders;
  return signer.remindedAt === null ? turnAt(envelope, signers, signer) + after_days * day : signer.remindedAt + every_days * day;
}

/** Since when they may act: in a sequential envelope since the last one before them signed. */
const turnAt = ({ order, createdAt }: Envelope, signers: readonly Signer[], { position }: Signer): number =>
  order === 'parallel'
    ? createdAt
    : Math.max(createdAt, ...signers.filter((other) => other.position < position).map(({ signedAt }) => signedAt ?? createdAt));

/** When somebody is due next. Nobody whose turn comes in between is due before `after_days` from now, so that is soon enough in any case. */
function nextLook(parties: Parties, at: number): number | null {
  const { envelope, signers } = parties;
  if (!envelope.reminders) return null;
  return Math.min(at + envelope.reminders.after_days * day, ...signersInTurn(envelope, signers).map((signer) => dueAt(parties, signer)));
}

/** The signers that are meant. Out of turn, or done, one that is named cannot be reminded. */
function wanted({ envelope, signers }: Parties, email: string | null): Signer[] {
  const inTurn = signersInTurn(envelope, signers);
  if (email === null) return inTurn;
  const named = signers.find((signer) => ownerKey(signer.email) === ownerKey(email));
  if (!named) throw notASigner('/signer_email');
  if (inTurn.includes(named)) return [named];
  const why = named.state === 'signed' ? 'has signed' : 'is not asked before others have signed';
  throw new Failure('envelope-wrong-state', `The signer ${why}; only those whose turn it is are reminded.`);
}

/** False when another call reminded them first. */
async function remindOnce(
  stores: Stores,
  links: Links,
  occasion: Parties & { sender: string },
  signer: Signer,
  at: number,
): Promise<boolean> {
  if (!(await stores.envelopes.remind(signer, at))) return false;
  await remindSigner(stores, links, occasion, signer, at);
  await stores.envelopes.record({
    envelopeId: signer.envelopeId,
    at,
    kind: 'signer.reminded',
    signerId: signer.id,
    reached: null,
    detail: null,
  });
  return true;
}

function tooSoon(wait: number): Failure {
  const retryAfter = Math.max(1, Math.ceil((Number.isFinite(wait) ? wait : hour) / 1_000));
  return new Failure('rate-limited', 'A signer is reminded at most once an hour, and each of them was.', { retryAfter });
}
