import { Failure } from '../../../shared/problem.ts';

/** What waits for a place at work. Sealing goes before reading: everybody has signed, and waits for it. */
export type Kind = 'seal' | 'read';

/** Places at work, for which the accounts take turns. */
export interface Queue {
  /**
   * Settles when it is this account's turn, with what gives the place back. Failure `vendor-unavailable` where too many wait to read and
   * nobody has more of them waiting than this account.
   */
  enter(account: string, kind: Kind): Promise<() => void>;
  /** Turns everybody away. */
  close(): void;
}

interface Waiting {
  readonly account: string;
  readonly kind: Kind;
  readonly begin: (leave: () => void) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * One account never holds more than all places but one, so that a place is there, or soon will be, for whoever comes beside it. Of those that
 * wait, sealing goes first, then the account that had its turn the longest ago. At most `waiting` wait to read: one more, and the last of the
 * account with the most of them is turned away, so that none can fill the queue for everybody.
 */
export function createQueue({ places, waiting: most }: { places: number; waiting: number }): Queue {
  const share = Math.max(1, places - 1);
  const queue: Waiting[] = [];
  const held = new Map<string, number>();
  /** When each account last had its turn, in turns. */
  const served = new Map<string, number>();
  let turns = 0;
  let atWork = 0;
  let closed = false;

  const goesBefore = (one: Waiting, other: Waiting): boolean =>
    one.kind !== other.kind ? one.kind === 'seal' : (served.get(one.account) ?? 0) < (served.get(other.account) ?? 0);

  function next(): void {
    if (atWork >= places) return;
    const ready = queue.filter(({ account }) => (held.get(account) ?? 0) < share);
    const [first, ...others] = ready;
    if (!first) return;
    const chosen = others.reduce((best, each) => (goesBefore(each, best) ? each : best), first);
    queue.splice(queue.indexOf(chosen), 1);
    turns += 1;
    served.set(chosen.account, turns);
    atWork += 1;
    count(held, chosen.account, 1);
    chosen.begin(() => {
      atWork -= 1;
      count(held, chosen.account, -1);
      next();
    });
    next();
  }

  /** Makes room for one more of this account; false where its own are the most. */
  function makeRoom(account: string): boolean {
    const reading = queue.filter(({ kind }) => kind === 'read');
    if (reading.length < most) return true;
    const byAccount = Map.groupBy(reading, (each) => each.account);
    const longest = [...byAccount.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const last = longest.at(-1);
    if (!last || longest.length <= (byAccount.get(account)?.length ?? 0)) return false;
    queue.splice(queue.indexOf(last), 1);
    last.refuse(tooMany());
    return true;
  }

  return {
    enter: (account, kind) =>
      new Promise((begin, refuse) => {
        if (closed) return refuse(isClosed());
        const isFree = atWork < places && (held.get(account) ?? 0) < share;
        if (!isFree && kind === 'read' && !makeRoom(account)) return refuse(tooMany());
        queue.push({ account, kind, begin, refuse });
        next();
      }),
    close() {
      closed = true;
      for (const { refuse } of queue.splice(0)) refuse(isClosed());
    },
  };
}

function count(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by;
  if (now > 0) counts.set(name, now);
  else counts.delete(name);
}

const tooMany = () => new Failure('vendor-unavailable', 'Many documents are being read just now.', { retryAfter: 30 });
const isClosed = () => new Error('Nothing is read or sealed any more: the program ends.');
