import { test } from 'node:test';
import { fields } from '../../fixtures/pdf/fields.ts';
import { CraftedJudge, judgeAll } from './crafted-judge.ts';

const judge = new CraftedJudge();

judgeAll(judge, fields);

for (const [name, make] of Object.entries(fields))
  test(`${name}, where fields become the sender's: refused by name, or every reader sees what the signer saw`, async (context) => {
    const taken = await judge.takenOrNamed(context, make(), 'become');
    if (taken) await judge.assertOneSight(context, taken);
  });
