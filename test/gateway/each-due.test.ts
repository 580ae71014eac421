import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { eachDue } from '../../server/gateway/domain/records/each-due.ts';

/** Work on names, each of which ends when the test says so. */
function begin({ most = 2, left = [] as string[] } = {}) {
  const due: string[] = [];
  const told: string[] = [];
  const ends = new Map<string, { done: () => void; fail: () => void }>();
  const work = eachDue<string>({
    most,
    due: async (limit) => due.slice(0, limit),
    nameOf: (name) => name,
    act: (name) =>
      new Promise<void>((resolve, reject) => {
        told.push(`began ${name}`);
        ends.set(name, { done: resolve, fail: () => reject(new Error(name)) });
      }),
    interrupted: async () => left.splice(0),
    recover: async (name) => void told.push(`mended ${name}`),
    wake: () => void told.push('woke'),
    report: (_, name) => void told.push(`failed ${name}`),
  });
  const end = async (name: string, how: 'done' | 'fail') => {
    due.splice(due.indexOf(name), 1);
    ends.get(name)?.[how]();
    await setImmediate();
    return told.splice(0);
  };
  const tick = async () => {
    await work.tick();
    return told.splice(0);
  };
  return { work, due, left, end, tick };
}

test('so many are in hand at once, none of them twice; what ends makes room and wakes', async () => {
  const { due, end, tick } = begin();
  due.push('a', 'b', 'c');
  assert.deepEqual([await tick(), await tick()], [['began a', 'began b'], []]);
  assert.deepEqual([await end('a', 'done'), await tick()], [['woke'], ['began c']]);
});

test('one that fails is told of and holds up nobody; it wakes nobody either, and what it left behind is mended at the next turn', async () => {
  const { due, left, end, tick } = begin();
  due.push('a', 'b');
  await tick();
  assert.deepEqual(await end('a', 'fail'), ['failed a']);
  left.push('a', 'b');
  due.push('c');
  assert.deepEqual(await tick(), ['mended a', 'began c'], 'b is in hand, so nothing is said of it');
  assert.deepEqual([await end('b', 'done'), await tick()], [['woke'], []]);
});

test('whoever waits for one hears when it has ended, however it did', async () => {
  const { work, due, end, tick } = begin();
  due.push('a');
  await tick();
  let heard = false;
  const waiting = work.ended('a').then(() => {
    heard = true;
  });
  await setImmediate();
  assert.equal(heard, false);
  await end('a', 'fail');
  await waiting;
  await work.ended('nobody');
});
