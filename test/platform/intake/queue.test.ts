import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIntake } from '../../../server/platform/documents/intake/intake.ts';
import { createQueue, type Kind, type Queue } from '../../../server/platform/documents/queue.ts';
import type { Failure } from '../../../shared/problem.ts';
import { onePage, pdf } from '../../fixtures/pdf/build.ts';

/** Enters all of them at once and lets whoever is at work longest leave, one after the other: the order of the turns, and who was turned away. */
async function turnsOf(queue: Queue, entering: readonly string[]): Promise<{ turns: string[]; refused: string[]; most: number }> {
  const turns: string[] = [];
  const refused: string[] = [];
  const atWork: (() => void)[] = [];
  let most = 0;
  for (const name of entering) {
    const [account = '', kind = 'read'] = name.split(' ') as [string, Kind];
    queue.enter(account, kind).then(
      (leave) => {
        turns.push(name);
        most = Math.max(most, atWork.push(leave));
      },
      (error: Failure) => refused.push(`${name} ${error.code} ${error.retryAfter}`),
    );
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  for (await settle(); atWork.length > 0; await settle()) atWork.shift()?.();
  return { turns, refused, most };
}
const times = (count: number, name: string): string[] => Array(count).fill(name);

test('one account has all places but one at most, and whoever comes beside it is let in at once', async () => {
  const alone = await turnsOf(createQueue({ places: 3, waiting: 32 }), times(6, 'A'));
  assert.deepEqual([alone.most, alone.turns.length], [2, 6]);
  const beside = await turnsOf(createQueue({ places: 3, waiting: 32 }), [...times(6, 'A'), 'B', 'B']);
  assert.deepEqual(beside.turns, ['A', 'A', 'B', 'A', 'B', 'A', 'A', 'A']);
  assert.equal(beside.most, 3);
});

test('accounts take turns, whoever had theirs the longest ago first, and within an account who came first', async () => {
  const one = createQueue({ places: 1, waiting: 32 });
  const { turns } = await turnsOf(one, [...times(4, 'A'), ...times(3, 'B'), 'C', 'C']);
  assert.equal(turns.join(''), 'ABCABCABA');
});

test('sealing goes before reading, account by account too, and is never turned away', async () => {
  const { turns, refused } = await turnsOf(createQueue({ places: 1, waiting: 2 }), ['A', 'A', 'A', ...times(3, 'A seal'), 'B seal', 'B']);
  assert.deepEqual(turns, ['A', 'B seal', 'A seal', 'A seal', 'A seal', 'B', 'A']);
  assert.deepEqual(refused, ['A vendor-unavailable 30']);
});

test('who fills the queue is turned away, and not the others', async () => {
  const { turns, refused } = await turnsOf(createQueue({ places: 1, waiting: 3 }), [...times(6, 'A'), 'B', 'C', 'D', 'B']);
  assert.equal(turns.join(''), 'ABCD');
  assert.deepEqual(refused, [...times(5, 'A vendor-unavailable 30'), 'B vendor-unavailable 30']);
});

test('when it is closed everybody who waits is told', async () => {
  const queue = createQueue({ places: 1, waiting: 3 });
  const leave = await queue.enter('A', 'read');
  const waits = queue.enter('A', 'read');
  queue.close();
  await assert.rejects(waits, /the program ends/);
  await assert.rejects(queue.enter('A', 'seal'), /the program ends/);
  leave();
});

test('beside more files of one account than may wait, another’s is read as soon as it comes, and only the first is turned away', async (t) => {
  const intake = createIntake({ waiting: 4 });
  t.after(() => intake.close());
  const upload = pdf(onePage('Pay 100'));
  const ended: string[] = [];
  const take = (account: string) =>
    intake.takeIn(upload, {}, account).then(
      () => ended.push(account),
      (error: Failure) => ended.push(`${account} ${error.code}`),
    );
  await Promise.all([...times(8, 'A').map(take), take('B')]);
  const [refused, read] = [ended.filter((each) => each.endsWith('unavailable')), ended.filter((each) => !each.endsWith('unavailable'))];
  assert.deepEqual(refused, times(2, 'A vendor-unavailable'));
  assert.ok(read.indexOf('B') <= 2, read.join());
});
