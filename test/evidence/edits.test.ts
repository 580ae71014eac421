import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PDFDocument, PDFName, PDFString, StandardFonts } from '@cantoo/pdf-lib';
import { type ChangeKind, judge } from '../../server/evidence/judge.ts';
import { assertSealed, judges } from '../platform/world/judges.ts';
import { tool } from '../tools.ts';
import { anatomyOf, extended, identity, kindsOf, sealedFile, sealedForm, signedOnTop, updated } from './stage.ts';

const sealed = await sealedFile();
const form = await sealedForm();

/** An edit as a program makes it that knows nothing of seals: the old bytes stay, and a revision comes after them. */
async function edited(bytes: Uint8Array, edit: (document: PDFDocument) => void | Promise<void>): Promise<Uint8Array> {
  const document = await PDFDocument.load(bytes, { forIncrementalUpdate: true, updateMetadata: false });
  await edit(document);
  return document.commit();
}

const comment = (document: PDFDocument): void => {
  const { context } = document;
  const note = { Type: 'Annot', Subtype: 'Text', Rect: [60, 600, 80, 620], Contents: PDFString.of('Not so.') };
  document.getPage(0).node.addAnnot(context.register(context.obj(note)));
};

const line = async (document: PDFDocument): Promise<void> => {
  const font = await document.embedFont(StandardFonts.Helvetica);
  document.getPage(1).drawText('And a penalty of 900.', { x: 60, y: 600, size: 12, font });
};

const value = (document: PDFDocument): void => document.getForm().getTextField('Buyer.name').setText('Eve');

const edits: readonly { what: string; of?: Uint8Array; edit: (document: PDFDocument) => void | Promise<void>; kinds: ChangeKind[] }[] = [
  { what: 'a comment', edit: comment, kinds: ['annotation-added'] },
  { what: 'a form value', of: form, edit: value, kinds: ['field-filled'] },
  { what: 'a line of text', edit: line, kinds: ['page-content'] },
  { what: 'a page more', edit: (document) => void document.addPage([595, 842]), kinds: ['page-added'] },
  { what: 'a page less', edit: (document) => document.removePage(1), kinds: ['page-removed'] },
  {
    what: 'a turned page',
    edit: (document) => document.getPage(0).node.set(PDFName.of('Rotate'), document.context.obj(90)),
    kinds: ['page-content'],
  },
  { what: 'another title', edit: (document) => document.setTitle('Another lease'), kinds: ['metadata'] },
  {
    what: 'a new field',
    of: form,
    edit: (document) => document.getForm().createTextField('More').addToPage(document.getPage(0)),
    kinds: ['field-added'],
  },
  {
    what: 'an action at opening',
    edit: ({ catalog, context }) => catalog.set(PDFName.of('OpenAction'), context.obj({ S: 'Named', N: 'Print' })),
    kinds: ['catalog'],
  },
];

for (const { what, of = sealed, edit, kinds } of edits)
  test(`${what}, added by an incremental save, is named and forbidden, and the seal itself is intact`, async (t) => {
    const bytes = await edited(of, edit);
    const evidence = judge(bytes);
    assert.equal(evidence.verdict, 'forbidden');
    assert.deepEqual(
      evidence.signatures.map(({ covers, revision, intact }) => [covers, revision, intact]),
      [['revision', 1, true]],
    );
    for (const kind of kinds) assert.ok(kindsOf(evidence).includes(kind), `${kind} in ${kindsOf(evidence)}`);
    const named = evidence.revisions.at(-1)?.changes ?? [];
    assert.ok(named.every(({ object }) => object === null || /^\d+ 0$/.test(object)));
    const strangers = judges(t);
    if (!strangers) return;
    assert.match(strangers.pdfsig('-nocert', strangers.keep('before.pdf', of)), /- Total document signed/);
    assert.match(strangers.pdfsig('-nocert', strangers.keep('after.pdf', bytes)), /- Not total document signed/);
  });

test('a sealed file is one revision, covered by one seal, and nothing has become of it', async (t) => {
  const { verdict, signatures, revisions } = judge(sealed);
  assert.equal(verdict, 'allowed');
  const [seal] = signatures;
  assert.deepEqual([seal?.field, seal?.kind, seal?.level, seal?.covers], ['InlaySeal', 'certification', 1, 'file']);
  assert.deepEqual(seal?.certificates, identity.certificates);
  assert.deepEqual(revisions, [{ number: 1, level: null, verdict: 'allowed', changes: [] }]);
  const strangers = judges(t);
  if (strangers) assertSealed(strangers, sealed, identity);
});

test('what mutool adds by an incremental save is named', async (t) => {
  const strangers = judges(t);
  const mutool = tool(t, 'mutool', 'mupdf-tools');
  if (!strangers || !mutool) return;
  const [from, to] = [strangers.keep('from.pdf', sealed), strangers.keep('to.pdf', sealed)];
  const script = strangers.keep(
    'edit.js',
    Buffer.from(
      `var file = new PDFDocument(${JSON.stringify(from)});
       var note = file.loadPage(0).createAnnotation('Text');
       note.setRect([10, 10, 30, 30]); note.setContents('Not so.'); note.update();
       file.save(${JSON.stringify(to)}, 'incremental');`,
    ),
  );
  mutool('run', script);
  const evidence = judge(readFileSync(to));
  assert.equal(evidence.verdict, 'forbidden');
  assert.deepEqual(kindsOf(evidence), ['annotation-added']);
});

test('a file that qpdf has written anew is broken, and one changed byte breaks it', async (t) => {
  const strangers = judges(t);
  if (!strangers) return;
  const path = strangers.keep('new.pdf', sealed);
  strangers.qpdf('--replace-input', path);
  const anew = judge(readFileSync(path));
  assert.deepEqual([anew.verdict, anew.signatures[0]?.covers], ['broken', 'part']);
  const changed = Uint8Array.from(sealed);
  const at = Buffer.from(sealed).indexOf('/MediaBox');
  changed[at + 20] = 0x39;
  assert.deepEqual([judge(changed).verdict, judge(changed).reason], ['broken', 'InlaySeal: The signed bytes were changed.']);
});

test('a signature whose byte range leaves out more than itself is broken, though it fits', async () => {
  const whole = await signedOnTop(form);
  assert.equal(judge(whole).signatures.at(-1)?.intact, true);
  const gap = judge(await signedOnTop(form, { spare: 1 }));
  assert.deepEqual([gap.verdict, gap.signatures.map(({ covers }) => covers).sort()], ['broken', ['part', 'revision']]);
});

test('what a certification permits is told by its level; without one forms may be filled in and signatures added', async () => {
  const document = await PDFDocument.create();
  const page = document.addPage([595, 842]);
  document.getForm().createTextField('Buyer.name').addToPage(page, { x: 60, y: 700 });
  const blank = await document.save({ useObjectStreams: false });
  const expected = { 1: [false, false, false], 2: [true, true, false], 3: [true, true, true], none: [true, true, false] };
  for (const [level, permitted] of Object.entries(expected)) {
    const signed = await signedOnTop(blank, level === 'none' ? {} : { level: Number(level) as 1 | 2 | 3 });
    const later = [await edited(signed, value), await signedOnTop(signed), await edited(signed, comment)].map(judge);
    assert.deepEqual(
      later.map(({ verdict }) => verdict === 'allowed'),
      permitted,
      `level ${level}: ${later.map((each) => kindsOf(each))}`,
    );
    assert.deepEqual(kindsOf(later[0] ?? judge(signed)).includes('field-filled'), true);
    assert.deepEqual(judge(await edited(signed, (each) => void each.addPage())).verdict, 'forbidden');
  }
});

test('the strictest of several signatures counts', async () => {
  const twice = await signedOnTop(await signedOnTop(form, { level: 2 }), {});
  // The form was sealed with P=1 before: not even a signature may follow.
  assert.deepEqual(
    judge(twice).revisions.map(({ level, verdict }) => [level, verdict]),
    [
      [null, 'allowed'],
      [1, 'forbidden'],
      [1, 'forbidden'],
    ],
  );
});

test('the program and the time of a save are no change of the document; a title is', () => {
  const { object, info } = anatomyOf(sealed);
  const written = (entries: string) => judge(updated(sealed, { objects: { [info]: extended(object(info), entries) } }));
  const same = updated(sealed, { objects: { [info]: object(info).replace(/\/(ModDate|Producer) (\([^)]*\)|<[^>]*>)/g, '/$1 (x)') } });
  assert.deepEqual([judge(same).verdict, kindsOf(judge(same))], ['allowed', ['file-information']]);
  assert.deepEqual([written('/Subject (Else)').verdict, kindsOf(written('/Subject (Else)'))], ['forbidden', ['metadata']]);
});
