import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Face } from './face.ts';
import { atHand, dancing } from './families.ts';

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
  | 'hb_subset_input_get_flags'
  | 'hb_subset_input_keep_everything'
  | 'hb_subset_input_pin_axis_location'
  | 'hb_subset_input_set_flags'
  | 'hb_subset_preprocess'
  | 'hb_subset_or_fail',
  (...values: number[]) => number
> & { memory: { buffer: ArrayBuffer }; _initialize: () => void };

/** Its types come with the browser's library, which servers do without. */
declare const WebAssembly: { Module: new (code: Uint8Array) => object; Instance: new (module: object) => { exports: object } };

const writable = 2;
/** hb_subset_flags_t: no hinting, keep glyph numbers, no layout closure. */
const unhinted = 0x1;
const flags = unhinted | 0x2 | 0x200;
const dropTables = 3;
/** What neither shaping nor drawing asks of a face that is upright, horizontal and of one weight. */
const unshaped = ['BASE', 'MVAR', 'STAT', 'VVAR', 'gasp', 'meta', 'name', 'prep', 'vhea', 'vmtx', 'DSIG'];
/** What a reader of the PDF has no use for: the text is shaped, and characters are named by ToUnicode. */
const dropped = ['GSUB', 'GPOS', 'GDEF', 'cmap', 'name', 'post', 'OS/2', 'STAT', 'gasp', 'meta', 'DSIG'];

let module: Calls | undefined;
const faces = new Map<string, number>();

export function subsetOf(face: Face, glyphs: Iterable<number>): Uint8Array {
  const hb = opened();
  const input = hb.hb_subset_input_create_or_fail();
  hb.hb_subset_input_set_flags(input, flags);
  drop(hb, input, dropped);
  const wanted = hb.hb_subset_input_glyph_set(input);
  for (const glyph of glyphs) hb.hb_set_add(wanted, glyph);
  const kept = isKept(face) ? prepared(hb, face) : undefined;
  if (kept !== undefined) return cut(hb, kept, input, face.name);
  const { face: whole, start } = taken(hb, face.bytes);
  const font = cut(hb, whole, input, face.name);
  hb.hb_face_destroy(whole);
  hb.free(start);
  return font;
}

/** The module's memory does not grow (68 MB): only what nearly every file needs stays in it. */
const isKept = ({ family }: Face): boolean => atHand.includes(family) || family === dancing;

/** A variable face at one weight, with all its glyphs and their rules; its own name and default say another. */
export function pinned(bytes: Uint8Array, weight: number, name: string): Uint8Array {
  const hb = opened();
  const { face: whole, start } = taken(hb, bytes);
  const input = hb.hb_subset_input_create_or_fail();
  hb.hb_subset_input_keep_everything(input);
  hb.hb_subset_input_set_flags(input, hb.hb_subset_input_get_flags(input) | unhinted);
  drop(hb, input, unshaped);
  hb.hb_subset_input_pin_axis_location(input, whole, tagOf('wght'), weight);
  const font = cut(hb, whole, input, name);
  hb.hb_face_destroy(whole);
  hb.free(start);
  return font;
}

function drop(hb: Calls, input: number, tables: readonly string[]): void {
  const set = hb.hb_subset_input_set(input, dropTables);
  for (const table of tables) hb.hb_set_add(set, tagOf(table));
}

const tagOf = (name: string): number => Buffer.from(name).readUInt32BE();

/** The face as the input wants it, which is used up. */
function cut(hb: Calls, face: number, input: number, name: string): Uint8Array {
  const cut = hb.hb_subset_or_fail(face, input);
  hb.hb_subset_input_destroy(input);
  if (cut === 0) throw new Error(`${name} could not be cut down to its glyphs.`);
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
  const made = hb.hb_subset_preprocess(taken(hb, face.bytes).face);
  faces.set(face.name, made);
  return made;
}

/** A face over a copy in the module's memory, which is freed after the face. */
function taken(hb: Calls, bytes: Uint8Array): { face: number; start: number } {
  const start = hb.malloc(bytes.length);
  if (start === 0) throw new Error('There is no memory left to cut a face down in.');
  new Uint8Array(hb.memory.buffer, start, bytes.length).set(bytes);
  const blob = hb.hb_blob_create(start, bytes.length, writable, 0, 0);
  const face = hb.hb_face_create(blob, 0);
  hb.hb_blob_destroy(blob);
  return { face, start };
}
