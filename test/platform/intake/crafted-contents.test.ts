import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appearances } from '../../fixtures/pdf/appearances.ts';
import { content, contents, unseen } from '../../fixtures/pdf/contents.ts';
import { painted } from '../../fixtures/pdf/painted.ts';
import { mended, readable } from '../../fixtures/pdf/readable.ts';
import { alike, distance } from '../world/likeness.ts';
import { CraftedJudge, judgeAll } from './crafted-judge.ts';

const judge = new CraftedJudge();

test('the comparison sees a digit that differs, a thin line and a tick that one reader lacks', async () => {
  const drawn = async (drawing: string) => {
    const [picture] = (await judge.readByPdfJs(content(drawing))).pictures;
    assert.ok(picture);
    return picture;
  };
  const blank = await drawn('');
  const pay = (sum: number) => `BT /F1 12 Tf 72 500 Td (Pay ${sum}) Tj ET`;
  const found = {
    'a digit': distance(await drawn(pay(100)), await drawn(pay(900))),
    'a thin line': distance(blank, await drawn('0.8 w 72 500.5 m 272 500.5 l S')),
    'a tick': distance(blank, await drawn('1 w 72 504 m 75 500 l 80 510 l S')),
    'a light background': distance(blank, await drawn('0.75 g 72 500 20 12 re f')),
  };
  for (const [name, far] of Object.entries(found)) assert.ok(far > alike, `${name}: ${far.toFixed(2)}`);
});

judgeAll(judge, unseen, { words: false });
judgeAll(judge, { ...appearances, ...contents });
judgeAll(judge, painted);
judgeAll(judge, { ...readable, ...mended }, { must: true });
