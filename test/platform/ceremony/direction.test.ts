import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { CustodyFacts, Mark } from '../../../server/platform/domain/files/documents.ts';
import { documentOf, judges } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const names = ['שרה כהן', 'محمد العزيز', 'ދިވެހި'];

/** From left to right on their page, in points: where poppler finds the words of a file, each line's first and last. */
const edgesIn = (told: string): { left: number; right: number; top: number }[] => {
  const words = [...told.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"/g)].map(([, left, top, right]) => ({
    left: Number(left),
    right: Number(right),
    top: Math.round(Number(top)),
  }));
  return [...Map.groupBy(words, ({ top }) => top).values()].map((line) => ({
    left: Math.min(...line.map(({ left }) => left)),
    right: Math.max(...line.map(({ right }) => right)),
    top: line[0]?.top ?? 0,
  }));
};

test('an answer from right to left begins at the right edge of its field, written or typed', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const { bytes, pages } = await documentOf(names.map(() => ''));
  for (const kind of ['text', 'typed'] as const) {
    const marks = names.map(
      (text, i): Mark => ({ type: 'name', page: i + 1, x: 0.2, y: 0.4, width: 0.5, height: 0.05, value: { kind, text } }),
    );
    const sealed = await works.seal({ source: bytes, pages, marks, facts: null, reason: 'Sealed', identity, at: Date.now() });
    const path = judge.keep(`${kind}.pdf`, sealed);
    for (const i of names.keys()) {
      const [line] = edgesIn(judge.pdftotext('-bbox', '-f', String(i + 1), '-l', String(i + 1), path, '-'));
      const right = 0.7 * 595;
      const size = kind === 'text' ? 11 : 0.66 * 0.05 * 842;
      assert.ok(line && Math.abs(line.right - (right - 0.2 * size)) < 1.5, `${names[i]} ends at ${line?.right}, not before ${right}`);
    }
  }
});

test('and in the records of our own at the right edge of its column', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const hash = '0123456789abcdef'.repeat(4);
  const facts: CustodyFacts = {
    envelope: { id: 'env_01', name: 'שרה כהן', locale: null, customer_id: 'cus_1', created_at: '2026-11-20T09:12:00.000Z' },
    vaulted_at: '2026-11-21T12:06:32.417Z',
    origin: 'esign',
    authoritative: { sha256: hash, size: 1, pages: 1 },
    copy: { sha256: hash, size: 1 },
    controller: { id: 'ptn_1', name: 'Harbor' },
    signers: [],
    events: [],
  };
  const path = judge.keep('record.pdf', await works.custody({ facts, reason: 'Kept', identity, at: Date.now() }));
  const lines = edgesIn(judge.pdftotext('-bbox', '-l', '1', path, '-'));
  const title = lines.find(({ left, right }) => left > 300 && right > 525);
  assert.ok(title && Math.abs(title.right - (595.28 - 64)) < 2, JSON.stringify(lines.slice(0, 6)));
});
