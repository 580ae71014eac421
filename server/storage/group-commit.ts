import { CompiledQuery, type Kysely } from 'kysely';
import { isOfDisk } from './refused.ts';

/** A transaction that waits until those before it are through. */
interface Waiting<Tables> {
  work(tx: Kysely<Tables>): Promise<unknown>;
  done(value: unknown): void;
  failed(error: unknown): void;
}

/** Transactions that share one commit at most: what waits behind them is told in between. */
const mostTogether = 128;

/**
 * Runs transactions one after the other on the writing connection; those that wait at the same moment share one commit, which is what reaching the
 * disk costs. Each is whole by itself: one that fails takes back only what it did. All are told after the commit that holds them, or of its failure; `committed` is told
 * of each commit, with what the disk refused meanwhile.
 */
export function groupCommit<Tables>(
  write: Kysely<Tables>,
  committed: (error: unknown) => void,
): <T>(work: (tx: Kysely<Tables>) => Promise<T>) => Promise<T> {
  const waiting: Waiting<Tables>[] = [];
  let going = false;

  async function go(): Promise<void> {
    while (waiting.length > 0)
      await write
        .connection()
        .execute((one) => together(one, waiting))
        .then(committed, (error: unknown) => {
          committed(error);
          for (const turn of waiting.splice(0)) turn.failed(error);
        });
    going = false;
  }

  return <T>(work: (tx: Kysely<Tables>) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, done: (value) => resolve(value as T), failed: reject });
      if (going) return;
      going = true;
      // What the sockets bring in the same turn of the event loop comes along.
      setImmediate(go);
    });
}

/**
 * The right to write is had from the first statement on: a transaction that begins by reading and then writes would be turned away at once, without
 * waiting, where another process has written in between. What is thrown is what went wrong, not that SQLite had ended the transaction already.
 */
async function together<Tables>(one: Kysely<Tables>, waiting: Waiting<Tables>[]): Promise<unknown> {
  await one.executeQuery(begin);
  const made: [Waiting<Tables>, unknown][] = [];
  let broken: unknown;
  try {
    for (let n = 0; n < mostTogether; n++) {
      const turn = waiting.shift();
      if (!turn) break;
      await one.executeQuery(savepoint);
      try {
        made.push([turn, await turn.work(one)]);
      } catch (error) {
        turn.failed(error);
        if (isOfDisk(error)) broken = error;
        // Where SQLite has ended the whole transaction over it, what the others did is gone too.
        await one.executeQuery(takeBack).catch(() => Promise.reject(error));
      }
      await one.executeQuery(release);
    }
    await one.executeQuery(commit);
  } catch (error) {
    await one.executeQuery(rollback).catch(() => {});
    for (const [turn] of made) turn.failed(error);
    return error;
  }
  for (const [turn, value] of made) turn.done(value);
  return broken;
}

const begin = CompiledQuery.raw('begin immediate');
const savepoint = CompiledQuery.raw('savepoint turn');
const takeBack = CompiledQuery.raw('rollback to turn');
const release = CompiledQuery.raw('release turn');
const commit = CompiledQuery.raw('commit');
const rollback = CompiledQuery.raw('rollback');
