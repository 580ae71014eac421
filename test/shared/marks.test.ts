import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dotCircle, fits, inkBox, textLines, tickLine } from '../../shared/text/marks.ts';

const fields = fc.record({ width: fc.double({ min: 4, max: 600, noNaN: true }), height: fc.double({ min: 4, max: 300, noNaN: true }) });
/** A face whose letters are half an em wide, and whose m is one. */
const measure = (text: string): number => [...text].reduce((sum, letter) => sum + (letter === 'm' ? 1 : 0.5), 0);
const words = fc.string({ unit: fc.constantFrom(...'aim -@.\n'), minLength: 1, maxLength: 200 });

test('no letter of an answer is lost, and every line lies inside its field', () => {
  fc.assert(
    fc.property(fields, words, fc.boolean(), (field, text, multiline) => {
      const { size, lines } = textLines(field, text, measure, 'text', 1, multiline);
      const letters = (given: string): string => given.replace(/\s/g, '');
      assert.equal(letters(lines.map((line) => line.text).join('')), letters(text));
      for (const line of lines) {
        assert.ok(line.left + measure(line.text) * size <= field.width + 1e-6);
        assert.ok(line.baseline >= 0);
      }
      const [top] = lines;
      assert.ok((top?.baseline ?? 0) + size * 0.75 <= field.height);
    }),
  );
});

test('an answer is as large on the screen as on paper', () => {
  fc.assert(
    fc.property(fields, words, fc.double({ min: 0.3, max: 3, noNaN: true }), (field, text, unit) => {
      const paper = textLines(field, text, measure);
      const screen = textLines({ width: field.width * unit, height: field.height * unit }, text, measure, 'text', unit);
      assert.deepEqual(
        screen.lines.map((line) => line.text),
        paper.lines.map((line) => line.text),
      );
      assert.ok(Math.abs(screen.size - paper.size * unit) < 1e-6 * unit);
    }),
  );
});

test('the text of a field of several lines begins at its top, in the size of a single line', () => {
  const field = { width: 200, height: 100 };
  const { size, lines } = textLines(field, 'one\ntwo', measure, 'text', 1, true);
  assert.equal(size, 11);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['one', 'two'],
  );
  const [one, two] = lines.map(({ baseline }) => baseline);
  assert.ok(Math.abs((one ?? 0) - (100 - 0.96 * 11)) < 0.01 && Math.abs((two ?? 0) - (100 - 2.21 * 11)) < 0.01, `${one}, ${two}`);
  const single = textLines(field, 'one', measure, 'text', 1, true).lines[0];
  assert.equal(single?.baseline, one, 'one line begins there too');
  assert.equal(textLines(field, 'one', measure).lines[0]?.baseline, 0.29 * 11, 'any other stands on its foot');
});

test('a text from right to left begins at the right edge, each line of it, and one from left to right at the left', () => {
  const field = { width: 100, height: 60 };
  for (const hand of ['text', 'script'] as const)
    for (const text of ['שרה כהן-לוי', '25 محمد', '\u200fAda']) {
      const { size, lines } = textLines(field, text, measure, hand);
      for (const line of lines) assert.ok(Math.abs(line.left + measure(line.text) * size - (100 - 0.2 * size)) < 1e-9, text);
    }
  const { size, lines } = textLines({ width: 40, height: 60 }, 'שרה כהן לוי שרה כהן', measure);
  assert.ok(lines.length > 1);
  for (const line of lines) assert.ok(Math.abs(line.left + (measure(line.text) + 0.2) * size - 40) < 1e-9);
  assert.ok(Math.abs((textLines(field, 'Ada (שרה)', measure).lines[0]?.left ?? 0) - 0.2 * 11) < 1e-9);
});

test('a text fits as long as it is not smaller than 6 points', () => {
  // 20 letters and the space at their ends are 10.4 ems.
  for (const [width, expected] of [
    [6.01 * 10.4, true],
    [5.99 * 10.4, false],
  ] as const)
    for (const unit of [1, 1.7]) {
      const field = { width: width * unit, height: 12 * unit };
      assert.equal(fits(field, 'a'.repeat(20), measure, 'script', unit), expected);
    }
  assert.equal(fits({ width: 400, height: 9 }, 'Ada', measure, 'script'), false, 'nor in a field that is too low');
});

test('a signature is one line, however long the name', () => {
  assert.equal(textLines({ width: 100, height: 40 }, 'a'.repeat(100), measure, 'script').lines.length, 1);
});

test('a pad keeps its aspect and stands in the left bottom corner', () => {
  assert.deepEqual(inkBox({ width: 250, height: 200 }), { left: 0, bottom: 0, width: 250, height: 100, scale: 0.5 });
  assert.deepEqual(inkBox({ width: 500, height: 50 }), { left: 0, bottom: 0, width: 125, height: 50, scale: 0.25 });
});

test('a dot lies inside its place, in its middle', () => {
  fc.assert(
    fc.property(fields, (field) => {
      const { x, y, radius } = dotCircle(field);
      assert.deepEqual([x, y], [field.width / 2, field.height / 2]);
      assert.ok(radius > 0 && radius * 2 < Math.min(field.width, field.height));
    }),
  );
});

test('a tick lies inside its box', () => {
  fc.assert(
    fc.property(fields, (field) => {
      const { points, width } = tickLine(field);
      for (const [x, y] of points)
        assert.ok(x - width / 2 >= 0 && x + width / 2 <= field.width && y - width / 2 >= 0 && y + width / 2 <= field.height);
    }),
  );
});
