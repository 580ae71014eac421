import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import type { Answer, Question } from './intake.child.ts';

/** Run by server/build.ts: reads a small file once, and keeps what V8 compiled for it beside the packed child. */
interface Packed {
  readonly cache: string;
  answer(question: Question): Promise<Answer>;
  cachedData(): Uint8Array;
}

const { answer, cache, cachedData } = createRequire(import.meta.url)('./intake.packed.cjs') as Packed;
const file = await PDFDocument.create();
const font = await file.embedFont(StandardFonts.Helvetica);
file.addPage().drawText('A page', { x: 60, y: 60, font });
const taken = await answer({ kind: 'take-in', upload: await file.save(), signed: 'refused', maxPages: 1, maxBytes: 1_000_000 });
if (taken.kind !== 'taken-in') throw new Error(`The packed child does not read a plain file: ${JSON.stringify(taken)}`);
await answer({ kind: 'compare', source: taken.bytes, result: taken.bytes });
// Half a cache must not be found.
writeFileSync(`${cache}.new`, cachedData());
renameSync(`${cache}.new`, cache);
process.exit();
