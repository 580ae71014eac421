import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '../../fixtures/pdf/actions.ts';
import { annotations } from '../../fixtures/pdf/annotations.ts';
import { tool } from '../../tools.ts';
import { CraftedJudge, judgeAll } from './crafted-judge.ts';

const judge = new CraftedJudge();

judgeAll(judge, annotations);

test('qpdf sees the commands of an upload', (context) => {
  const qpdf = tool(context, 'qpdf', 'qpdf');
  for (const make of Object.values(actions)) if (qpdf) assert.throws(() => judge.assertHarmless(qpdf, make()), assert.AssertionError);
});

for (const [name, make] of Object.entries(actions))
  test(`${name}: refused by name, or no command is left that leads elsewhere than to a place in the document or on the web`, async (context) => {
    const qpdf = tool(context, 'qpdf', 'qpdf');
    const taken = qpdf && (await judge.takenOrNamed(context, make()));
    if (taken) judge.assertHarmless(qpdf, taken.bytes);
  });
