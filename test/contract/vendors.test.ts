import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { endpointsOfThePages, rows } from './rows.ts';
import { keepResults, noteResult } from './world/results.ts';
import { startTargets, type Target, targetNames } from './world/targets.ts';

const targets = new Map<string, Target>();
before(async () => {
  for (const target of await startTargets()) targets.set(target.name, target);
});
after(async () => {
  keepResults(rows);
  for (const target of targets.values()) await target.close();
});

test('every endpoint that one of the five pages lists is called here', () => {
  const listed = endpointsOfThePages();
  assert.equal(listed.length, 2 + 5 + 17 + 2 + 5);
  const known = new Set(rows.map(({ endpoint }) => endpoint));
  assert.deepEqual(
    listed.filter((endpoint) => !known.has(endpoint)),
    [],
  );
});

for (const name of targetNames)
  describe(`at the ${name}`, () => {
    for (const row of rows.filter(({ at }) => at.includes(name)))
      for (const [kind, sentence] of [
        ['good', 'answers as its page says'],
        ['bad', 'refuses in its own words'],
      ] as const)
        test(`${row.endpoint} ${sentence}`, async () => {
          noteResult(row, name, false);
          const target = targets.get(name);
          assert.ok(target);
          await row[kind](target);
          noteResult(row, name, true);
        });
  });
