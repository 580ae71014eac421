import { Failure } from '../../../../shared/problem.ts';
import type { Account } from '../records/account.ts';
import type { EnvelopeState } from '../records/moves.ts';
import type { Erasure, Forgotten, Trace } from '../records/people.ts';
import type { Storage, Stores } from '../records/stores.ts';

/** A mail that is being sent when it is deleted has become a file by then: the sender's lease is a minute. */
const sending = 2 * 60_000;

export type Erasures = ReturnType<typeof createErasures>;

interface Options {
  readonly storage: Storage;
  /** Deletes the files of mails. */
  readonly forgetMails: (ids: readonly string[]) => Promise<void>;
  /** Takes what was overwritten out of the database's files. */
  readonly settle: () => Promise<void>;
}

/**
 * Forgetting a person: their key is destroyed, and with it what the history tells of them; rows are overwritten; the log's leaves stay, whose
 * hashes lead nowhere without the salt. What the account itself wrote (an envelope's name, message and metadata) is the account's and stays,
 * as does a team or an organization that they own: that is another contract.
 */
export const createErasures = ({ storage, forgetMails, settle }: Options) => {
  /** What is destroyed is nowhere afterwards; killed before, the next run does it. Looks again until no mail can be on its way that was deleted. */
  async function settleAll(at: number): Promise<void> {
    const unsettled = await storage.read.people.unsettled();
    if (unsettled.size === 0) return;
    await forgetMails([...unsettled.values()].flat());
    await settle();
    await storage.transact((stores) => stores.people.settled([...unsettled.keys()], at - sending));
  }

  return {
    settle: settleAll,

    /**
     * Asked again it says the same. Failure `not-found` for whom nobody knows, `envelope-wrong-state` while an envelope of theirs is open,
     * `vendor-unavailable` while what was overwritten cannot be taken out of the database's files.
     */
    async erase(account: Account, email: string, at: number): Promise<Forgotten> {
      const forgotten = await storage.transact((stores) => eraseIn(stores, account, email, at));
      await settleAll(at).catch((cause: unknown) => {
        throw new Failure('vendor-unavailable', 'They are forgotten, but not everywhere yet: ask again in a minute.', {
          cause,
          retryAfter: 60,
        });
      });
      return forgotten;
    },
  };
};

async function eraseIn({ people }: Stores, account: Account, email: string, at: number): Promise<Forgotten> {
  const traces = await people.traces(account.id, email);
  if (traces.length === 0 && !(await people.isKnown(account.id, email))) {
    const before = await people.forgotten(account.id, email);
    if (!before) throw new Failure('not-found', 'No envelope names anybody of this e-mail.');
    return before;
  }
  requireEnded(traces);
  const person = await people.meet(account.id, email, at);
  const erasure = { envelopes: traces.length, kept: traces.flatMap(keptOf) };
  await people.forget(account.id, person, erasure, at);
  return { id: person.id, erasedAt: at, erasure };
}

const open: ReadonlySet<EnvelopeState> = new Set(['pending', 'preparing', 'sent', 'viewed', 'finishing']);

function requireEnded(traces: readonly Trace[]): void {
  const running = traces.filter(({ state }) => open.has(state)).map(({ envelopeId }) => envelopeId);
  if (running.length > 0)
    throw new Failure(
      'envelope-wrong-state',
      `They are still asked to sign or pay for ${running.join(', ')}: void it first, or wait for its end.`,
    );
}

const asSigned =
  'The file that counts is a contract of others too: it stays as it was signed, encrypted, with its copy and custody record, until it is released.';
const asSent = 'The document stays as it was sent, encrypted, without anything that was filled in.';

/** What is kept of an envelope that names them, by its state. */
const reasons: Readonly<Partial<Record<EnvelopeState, string>>> = {
  uploaded: asSigned,
  completed: asSigned,
  vaulted: asSigned,
  released: asSigned,
  declined: asSent,
  voided: asSent,
  expired: asSent,
};

function keptOf({ envelopeId, state }: Trace): Erasure['kept'] {
  const why = reasons[state];
  return why ? [{ envelopeId, why }] : [];
}
