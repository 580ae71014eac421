import { createRequire } from 'node:module';

/** Opens WOFF2 (W3C WOFF File Format 2.0) with Google's decoder, compiled to WebAssembly in wawoff2: ready a while after it is loaded, then at once. */
interface Decoder {
  onRuntimeInitialized?: () => void;
  decompress(bytes: Uint8Array): Uint8Array | false;
}

let loading: Promise<void> | undefined;
let decoder: Decoder | undefined;

/** Settles when `unpacked` can be asked. */
export function loadDecoder(): Promise<void> {
  loading ??= new Promise((ready) => {
    const loaded = createRequire(import.meta.url)('wawoff2/build/decompress_binding.js') as Decoder;
    loaded.onRuntimeInitialized = () => {
      decoder = loaded;
      ready();
    };
  });
  return loading;
}

/** The font inside, as TrueType. An Error where the decoder was not loaded, or the file is none. */
export function unpacked(bytes: Uint8Array): Uint8Array {
  if (!decoder) throw new Error('The WOFF2 decoder is not loaded: texts are made ready for before they are shaped.');
  const font = decoder.decompress(bytes);
  if (font === false) throw new Error('A font file could not be unpacked.');
  // What it answers lies in its own memory, and is written over by the next font.
  return font.slice();
}
