import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertShape } from '../../server/http/body/json-shape.ts';
import { Failure } from '../../shared/problem.ts';

const shape = (text: string): string => {
  try {
    assertShape(Buffer.from(text));
    return 'taken';
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
};
const object = (names: number) => `{${Array.from({ length: names }, (_, i) => `"f${i}":0`).join(',')}}`;
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('so many names and levels are read, and no more', () => {
  assert.equal(shape(object(10_000)), 'taken');
  assert.match(shape(object(10_001)), /^body-too-large: At most 10000 different names/);
  assert.match(shape(`[${object(10_000)},{"other":0}]`), /^body-too-large/, 'wherever they stand');
  assert.equal(shape(`[${Array.from({ length: 50_000 }, () => '{"value":"a","label":"b"}').join(',')}]`), 'taken', 'the same ones again');
  assert.equal(shape(deep(64)), 'taken');
  assert.match(shape(deep(65)), /^body-too-large: At most 64 levels/);
  assert.match(shape('{"a":'.repeat(65)), /^body-too-large/, 'also where it breaks off');
});

test('what stands in a text is no name and no level', () => {
  assert.equal(shape(JSON.stringify({ text: ':'.repeat(20_000) + '[{'.repeat(100) })), 'taken');
  assert.equal(shape(JSON.stringify({ text: '\\":'.repeat(20_000) })), 'taken');
});

test('the names of any value are as many as it has different ones', () => {
  const namesOf = (value: unknown): string[] =>
    typeof value === 'object' && value !== null
      ? [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(namesOf)]
      : [];
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const own = new Set(namesOf(value).filter((name) => !/^f\d+$/.test(name))).size;
      const padded = (names: number) => `[${JSON.stringify(value)},${object(names - own)}]`;
      assert.equal(shape(padded(10_000)), 'taken');
      assert.match(shape(padded(10_001)), /names/);
    }),
    { numRuns: 50 },
  );
});

test('hundreds of thousands of names are refused in much less time than parsing them takes', () => {
  const text = Buffer.from(object(345_000));
  const timed = (work: () => unknown): number => {
    const from = performance.now();
    work();
    return performance.now() - from;
  };
  const times = Array.from({ length: 3 }, () => ({
    counted: timed(() => assert.throws(() => assertShape(text))),
    parsed: timed(() => JSON.parse(text.toString())),
  }));
  const best = (of: 'counted' | 'parsed') => Math.min(...times.map((each) => each[of]));
  assert.ok(best('counted') < best('parsed') / 2, JSON.stringify(times));
});
