import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inkBox, textLines, tickLine } from '../../shared/marks.ts';

const fields = fc.record({ width: fc.double({ min: 4, max: 600, noNaN: true }), height: fc.double({ min: 4, max: 300, noNaN: true }) });
/** A face whose letters are half an em wide, and whose m is one. */
const measure = (text: string): number => [...text].reduce((sum, letter) => sum + (letter === 'm' ? 1 : 0.5), 0);
const words = fc.string({ unit: fc.constantFrom(...'aim -@.\n'), minLength: 1, maxLength: 200 });

test('no letter of an answer is lost, and every line lies inside its field', () => {
  fc.assert(
    fc.property(fields, words, (field, text) => {
      const { size, lines } = textLines(field, text, measure);
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

test('a signature is one line, however long the name', () => {
  assert.equal(textLines({ width: 100, height: 40 }, 'a'.repeat(100), measure, 'script').lines.length, 1);
});

test('a pad keeps its aspect and stands in the left bottom corner', () => {
  assert.deepEqual(inkBox({ width: 250, height: 200 }), { left: 0, bottom: 0, width: 250, height: 100, scale: 0.5 });
  assert.deepEqual(inkBox({ width: 500, height: 50 }), { left: 0, bottom: 0, width: 125, height: 50, scale: 0.25 });
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
