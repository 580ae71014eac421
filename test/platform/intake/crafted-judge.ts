import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { answer } from '../../../server/platform/documents/intake/intake.child.ts';
import { sentenceOf } from '../../../server/platform/documents/pdf/refusals.ts';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { IntakeOptions, Mark, TakenIn } from '../../../server/platform/domain/files/documents.ts';
import { type Tool, tool } from '../../tools.ts';
import { alike, distance } from '../world/likeness.ts';
import { PdfJsReader, type Picture, readByMupdf, readByPoppler, type Sight } from '../world/pictures.ts';

type Taken = Pick<TakenIn, 'bytes' | 'pages'>;

/** A stroke at the left edge, above what the fixtures draw: what is under it is compared by nobody. */
const stroke = Array.from({ length: 20 }, (_, i) => [i * 20, 50 + 40 * Math.sin(i), i * 20, 0.5] as const);
const stamp: Mark = {
  type: 'signature',
  page: 1,
  x: 0.01,
  y: 0.01,
  width: 0.08,
  height: 0.03,
  value: { kind: 'drawn', strokes: [stroke] },
};

/** Judges files in one process: what pdf.js shows of the upload and of what was taken in, against what poppler and mupdf show of the sealed file. */
export class CraftedJudge {
  readonly #folder = mkdtempSync(join(tmpdir(), 'crafted-judge-'));
  readonly #reader = new PdfJsReader();
  readonly #identity = makeAuthority(Date.now());
  #asked = 0;

  constructor() {
    before(() => this.#reader.open());
    after(async () => {
      await this.#reader.close();
      rmSync(this.#folder, { recursive: true });
    });
  }

  /** What was taken in; a refusal that names the one thing found, in a sentence that says what to do, is the other answer there may be. */
  async takenOrNamed(context: TestContext, upload: Uint8Array, fields: IntakeOptions['fields'] = 'flattened'): Promise<Taken | undefined> {
    // As the children do it, without starting one for each: the memory of its qpdf is good for some files.
    const child = `../../../server/platform/documents/intake/intake.child.ts?${Math.floor(this.#asked++ / 25)}`;
    const ask: typeof answer = (await import(child)).answer;
    const said = await ask({ kind: 'take-in', upload, signed: 'refused', fields, maxPages: 500, maxBytes: 40 << 20 });
    if (said.kind === 'taken-in') return said;
    assert.ok(said.kind === 'refused');
    assert.ok(said.found, `nothing is named: ${said.code}`);
    assert.match(sentenceOf(said.code, said.found, said.page), /upload that\.$/);
    context.diagnostic(`refused: ${said.code} ${said.found}`);
    return undefined;
  }

  readByPdfJs(bytes: Uint8Array): Promise<Sight> {
    return this.#reader.read(bytes);
  }

  /**
   * Every reader of the sealed file sees what the signer saw, and says the same `words` unless told not to be asked for them. `upload`: it looked
   * so before it was taken in, to pdf.js or, where pdf.js stands alone, to the two others.
   */
  async assertOneSight(context: TestContext, taken: Taken, { upload, words = true }: { upload?: Uint8Array; words?: boolean } = {}) {
    const { bytes: source, pages } = taken;
    const [{ userUnit } = { userUnit: 1 }] = pages;
    const signers = await this.#reader.read(source);
    const asked = { source, pages, marks: [stamp], facts: null, reason: 'Sealed', identity: await this.#identity, at: Date.now() };
    const others = this.#others(context, await works.seal(asked), userUnit);
    for (const [name, sight] of Object.entries(others ?? {})) {
      if (words) assert.equal(sight.words, signers.words, name);
      const far = apart(signers, sight);
      assert.ok(far <= alike, `${name} draws the sealed file otherwise: ${far.toFixed(2)}`);
    }
    if (!upload) return;
    const uploaded = await this.#reader.read(upload);
    // What stood in an annotation becomes words of the page.
    assert.ok(
      signers.words.startsWith(uploaded.words),
      `pdf.js reads in the upload: ${uploaded.words}; in what was taken: ${signers.words}`,
    );
    if (apart(signers, uploaded) <= alike) return;
    const found = Object.values(this.#others(context, upload, userUnit) ?? {}).map((sight) => apart(signers, sight));
    assert.ok(Math.max(0, ...found) <= alike, `the upload looked otherwise: ${apart(signers, uploaded)}, ${found}`);
  }

  /** What poppler and mupdf see of these bytes; nothing where a program is missing. */
  #others(context: TestContext, bytes: Uint8Array, userUnit: number): Record<string, Sight> | undefined {
    const pdftotext = tool(context, 'pdftotext', 'poppler-utils');
    const pdftoppm = pdftotext && tool(context, 'pdftoppm', 'poppler-utils');
    const mutool = pdftoppm && tool(context, 'mutool', 'mupdf-tools');
    if (!pdftotext || !pdftoppm || !mutool) return undefined;
    const place = { path: this.#keep(bytes), folder: this.#folder, userUnit };
    return { poppler: readByPoppler(pdftotext, pdftoppm, place), mupdf: readByMupdf(mutool, place) };
  }

  #keep(bytes: Uint8Array): string {
    const path = join(this.#folder, 'file.pdf');
    writeFileSync(path, bytes);
    return path;
  }

  /** No command is left but those that lead to a place in the document or on the web (ISO 32000-2, 12.6.4), as qpdf reads the file. */
  assertHarmless(qpdf: Tool, bytes: Uint8Array): void {
    const { qpdf: objects } = JSON.parse(qpdf('--json=2', '--json-key=qpdf', this.#keep(bytes)));
    assert.deepEqual(
      [...actionsIn(objects)].filter((action) => !harmless.test(action)),
      [],
    );
  }
}

const harmless = /^(GoTo|URI u:(https?|mailto):.*)$/;
const actions =
  /^\/(GoTo[RE]?|GoToDp|Launch|Thread|URI|Sound|Movie|Hide|Named|SubmitForm|ResetForm|ImportData|SetOCGState|Rendition|GoTo3DView|JavaScript|RichMediaExecute)$/;

/** The actions there are, with their addresses, and the entries that begin one by themselves. */
function* actionsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { '/S': type, '/URI': address } = value as Record<string, unknown>;
  if (typeof type === 'string' && actions.test(type)) yield `${type.slice(1)}${address === undefined ? '' : ` ${address}`}`;
  for (const [key, inside] of Object.entries(value)) {
    if (key === '/AA' || key === '/JS') yield key;
    yield* actionsIn(inside);
  }
}

/** How far the pages of two sights are from each other where they are furthest; 1 where one has more of them. */
const apart = (one: Sight, other: Sight): number =>
  one.pictures.length === other.pictures.length
    ? Math.max(...one.pictures.map((picture, index) => distance(unstamped(picture), unstamped(other.pictures[index] ?? picture))))
    : 1;

function unstamped({ width, height, gray }: Picture): Picture {
  const [right, bottom] = [(stamp.x + stamp.width) * width + 3, (stamp.y + stamp.height) * height + 3].map(Math.ceil) as [number, number];
  const left = Uint8Array.from(gray);
  for (let y = 0; y < bottom; y += 1) left.fill(255, y * width, y * width + right);
  return { width, height, gray: left };
}

/** One test for each file: it is refused by name, or every reader sees what the signer saw, and it acts on nothing. */
export function judgeAll(
  judge: CraftedJudge,
  files: Readonly<Record<string, () => Uint8Array>>,
  { words = true, must = false } = {},
): void {
  for (const [name, make] of Object.entries(files))
    test(`${name}: ${must ? 'taken' : 'refused by name'}, ${must ? 'and' : 'or'} every reader sees what the signer saw`, async (context) => {
      const upload = make();
      const taken = await judge.takenOrNamed(context, upload);
      assert.ok(taken || !must, 'it is refused');
      if (!taken) return;
      await judge.assertOneSight(context, taken, { upload, words });
    });
}
