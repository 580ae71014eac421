import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Face } from './fonts.ts';

/**
 * Cuts a face down to some of its glyphs, with HarfBuzz's subsetter. Its module has no binding for JavaScript, so its C functions are called
 * as they are; glyphs keep their numbers.
 */
type Calls = Record<
  | 'malloc'
  | 'free'
  | 'hb_blob_create'
  | 'hb_blob_destroy'
  | 'hb_blob_get_data'
  | 'hb_blob_get_length'
  | 'hb_face_create'
  | 'hb_face_destroy'
  | 'hb_face_reference_blob'
  | 'hb_set_add'
  | 'hb_subset_input_create_or_fail'
  | 'hb_subset_input_destroy'
  | 'hb_subset_input_glyph_set'
  | 'hb_subset_input_set'
  | 'hb_subset_input_set_flags'
  | 'hb_subset_preprocess'
  | 'hb_subset_or_fail',
  (...values: number[]) => number
> & { memory: { buffer: ArrayBuffer }; _initialize: () => void };

/** Its types come with the browser's library, which servers do without. */
declare const WebAssembly: { Module: new (code: Uint8Array) => object; Instance: new (module: object) => { exports: object } };

const writable = 2;
/** hb_subset_flags_t: no hinting, keep glyph numbers, no layout closure. */
const flags = 0x1 | 0x2 | 0x200;
const dropTables = 3;
/** What a reader of the PDF has no use for: the text is shaped, and characters are named by ToUnicode. */
const dropped = ['GSUB', 'GPOS', 'GDEF', 'cmap', 'name', 'post', 'OS/2', 'STAT', 'gasp', 'meta', 'DSIG'];

let module: Calls | undefined;
const faces = new Map<string, number>();

export function subsetOf(face: Face, glyphs: Iterable<number>): Uint8Array {
  const hb = opened();
  const input = hb.hb_subset_input_create_or_fail();
  hb.hb_subset_input_set_flags(input, flags);
  const tables = hb.hb_subset_input_set(input, dropTables);
  for (const table of dropped) hb.hb_set_add(tables, Buffer.from(table).readUInt32BE());
  const wanted = hb.hb_subset_input_glyph_set(input);
  for (const glyph of glyphs) hb.hb_set_add(wanted, glyph);
  const cut = hb.hb_subset_or_fail(prepared(hb, face), input);
  hb.hb_subset_input_destroy(input);
  if (cut === 0) throw new Error(`${face.name} could not be cut down to its glyphs.`);
  const blob = hb.hb_face_reference_blob(cut);
  const start = hb.hb_blob_get_data(blob, 0);
  const bytes = new Uint8Array(hb.memory.buffer, start, hb.hb_blob_get_length(blob)).slice();
  hb.hb_blob_destroy(blob);
  hb.hb_face_destroy(cut);
  return bytes;
}

function opened(): Calls {
  if (module) return module;
  const file = createRequire(import.meta.url).resolve('harfbuzzjs/dist/harfbuzz-subset.wasm');
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(readFileSync(file))));
  module = instance.exports as Calls;
  module._initialize();
  return module;
}

/** The face inside the module, read once and kept. */
function prepared(hb: Calls, face: Face): number {
  const kept = faces.get(face.name);
  if (kept) return kept;
  const { length } = face.bytes;
  const start = hb.malloc(length);
  new Uint8Array(hb.memory.buffer, start, length).set(face.bytes);
  const blob = hb.hb_blob_create(start, length, writable, 0, 0);
  const whole = hb.hb_face_create(blob, 0);
  const made = hb.hb_subset_preprocess(whole);
  faces.set(face.name, made);
  return made;
}
