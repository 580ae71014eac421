import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withoutUnread } from '../../../server/pack/reader.ts';
import { intakeProgram, unpackedProgram } from '../../../server/platform/documents/intake/intake-program.ts';
import { startLimitedChild } from '../../../server/platform/documents/intake/limited-child.ts';
import { line, onePage, pages, pdf, stream } from '../../fixtures/pdf/build.ts';

const limits = { heapMb: 384, memoryMb: 768, timeMs: 20_000 };
const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/pdf/${name}`, import.meta.url));

const answerOf = (program: string[], upload: Uint8Array) =>
  startLimitedChild(limits, program).ask({
    kind: 'take-in',
    signed: 'refused',
    fields: 'become',
    upload,
    maxPages: 500,
    maxBytes: 40_000_000,
  });

/** What is laid over a page gets a name that is drawn by lot, and is compressed: the number of bytes may differ by a few. */
const alike = (answer: Awaited<ReturnType<typeof answerOf>>) =>
  answer.kind === 'taken-in' ? { ...answer, bytes: Math.round(answer.bytes.length / 100) } : answer;

for (const [name, make] of Object.entries({
  'a plain page': () => pdf(onePage('Pay 100')),
  'an annotation with rich text': () =>
    pdf(
      onePage('Pay 100', {
        page: '/Annots[<</Type/Annot/Subtype/FreeText/Rect[72 600 200 640]/DA(/F1 12 Tf)/Contents(A note)/RC(<body><p>A note</p></body>)/AP<</N 6 0 R>>>>]',
        more: [stream(line('A note'), '/Type/XObject/Subtype/Form/BBox[0 0 128 40]/Resources<</Font<</F1 5 0 R>>>>')],
      }),
    ),
  'several pages': () => pages(3),
  'a scan': () => fixture('scan-jbig2.pdf'),
  'a picture in JPEG 2000': () => fixture('picture-jpeg2000.pdf'),
  'a Japanese text': () => fixture('text-japanese.pdf'),
  'a damaged file': () => pdf(onePage('Pay 100')).subarray(0, 300),
}))
  test(`the packed reader says of ${name} what the sources say`, async () => {
    assert.equal(intakeProgram().includes('--snapshot-blob'), true, 'npm test packs it first');
    const [packed, unpacked] = await Promise.all([answerOf(intakeProgram(), make()), answerOf(unpackedProgram(), make())]);
    assert.deepEqual(alike(packed), alike(unpacked));
  });

test('what the packed reader leaves out of pdf.js says so when it is used after all', () => {
  for (const edition of ['legacy/build/pdf.mjs', 'build/pdf.worker.mjs']) {
    const code = readFileSync(new URL(`../../../node_modules/pdfjs-dist/${edition}`, import.meta.url), 'utf8');
    const lean = withoutUnread(code);
    assert.ok(lean.length < code.length * 0.85, `${edition}: its modules are named as they were`);
    assert.ok(!lean.includes('= makeBrotliDecode();'), 'the dictionary is unpacked on demand');
  }
});

test('the newer edition of pdf.js asks for nothing that neither Node nor the packed reader brings', () => {
  // What the older edition brings, by the names under which the newer one would ask for it.
  const asked = (edition: string) =>
    readFileSync(new URL(`../../../node_modules/pdfjs-dist/${edition}`, import.meta.url), 'utf8').match(/^\w+_namespaceFn\(\);/gm) ?? [];
  const brought = new Set(['legacy/build/pdf.mjs', 'legacy/build/pdf.worker.mjs'].flatMap(asked));
  const own = /^es_(?:math_sum_precise|(?:weak_)?map_get_or_insert(?:_computed)?|uint8_array_to_hex|promise_try)_/;
  // Of XFA forms and of the editor, which the packed reader leaves out.
  const unread = /^es_uint8_array_(?:from_base64|to_base64|set_from_base64|set_from_hex)_/;
  const node =
    /^(?:es_(?:array_(?:includes|push)|iterator_\w+|set_\w+_v2|typed_array_with|json_(?:parse|stringify))|web_(?:url_parse|dom_exception_stack|self))_/;
  assert.deepEqual(
    [...brought].filter((name) => ![own, unread, node].some((known) => known.test(name))),
    [],
  );
});

test('a reading child loads no typeface and no shaper: it draws nothing of its own', () => {
  const folder = new URL('../../../server/platform/documents/', import.meta.url);
  const reached = new Set<string>();
  const walk = (file: URL): void => {
    const name = file.href.slice(folder.href.length);
    if (!file.href.startsWith(folder.href) || reached.has(name)) return;
    reached.add(name);
    const code = readFileSync(file, 'utf8').replace(/^import type [^;]*;/gm, '');
    for (const [, next = ''] of code.matchAll(/from '(\.[\w./-]+\.ts)'/g)) walk(new URL(next, file));
  };
  walk(new URL('intake/intake.child.ts', folder));
  assert.ok(reached.size > 10, 'the imports are found');
  assert.deepEqual(
    [...reached].filter((name) => /(?:^|\/)(?:shape|fonts|faces|sheet)\.ts$/.test(name)),
    [],
  );
});
