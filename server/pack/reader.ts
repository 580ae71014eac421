import { execFile } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';
import { packedReader, readerFlags } from '../platform/documents/intake/intake-program.ts';
import { samplePages } from './sample.ts';
import { pack, packedIn } from './script.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The child that reads uploads, libraries and all, as a snapshot: what it has loaded, and compiled while it read a few pages, is kept as Node keeps
 * its own start (https://nodejs.org/docs/latest-v24.x/api/cli.html#--build-snapshot).
 */
export async function packReader(): Promise<void> {
  await pack({
    name: 'intake.cjs',
    source: join(root, 'server/platform/documents/intake/intake.packed.ts'),
    format: 'cjs',
    minify: true,
    plugins: [lean],
    // These only define things; what nobody imports of them need not be there.
    treeshake: {
      moduleSideEffects: (id) => !/node_modules\/(?:@cantoo|fflate|culori|html-entities|node-html-better-parser|tslib)\//.test(id),
    },
    // ASCII, so that V8 keeps a byte for each letter.
    finish: ascii,
  });
  const sample = join(packedIn, 'sample.pdf');
  await writeFile(sample, samplePages());
  // Half a snapshot must not be found.
  const unfinished = `${packedReader()}.new`;
  const options = [...readerFlags, '--snapshot-blob', unfinished, '--build-snapshot', join(packedIn, 'intake.cjs'), sample];
  await promisify(execFile)(process.execPath, options);
  await rename(unfinished, packedReader());
}

/** Behind the first 128 characters there are only letters of strings and expressions, where an escape means the same. */
const ascii = (code: string): string =>
  code.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const lean: Plugin = {
  name: 'lean',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (Object.hasOwn(unwritten, source)) return `\0${source}`;
    // Node's edition loads threads, which no child may start.
    if (source === 'fflate') return this.resolve('fflate/browser', importer);
    // What the older edition adds for older engines takes a third of a start, and V8 would not find its snapshot in order; see platform/documents/newer.ts.
    if (source.startsWith('pdfjs-dist/legacy/')) return this.resolve(source.replace('/legacy/', '/'), importer);
    return undefined;
  },
  load: (id) => unwritten[id.replace('\0', '')] ?? (id.endsWith('/standard-fonts/Encoding.js') ? noEncodings : undefined),
  transform: (code, id) => (/pdfjs-dist\/.*\/pdf(?:\.worker)?\.mjs$/.test(id) ? { code: withoutUnread(code), map: null } : undefined),
};

const refuse = "() => { throw new Error('This is left out of the packed reader.'); }";
/** What pdf-lib needs for SVG, XFA, names of colours and electronic invoices. */
const unwritten: Readonly<Record<string, string>> = {
  'node-html-better-parser': `export const parse = ${refuse}; export const NodeType = {};`,
  'html-entities': `export const encode = ${refuse};`,
  culori: `export const converter = () => ${refuse};`,
};
/** A reader writes nothing in the standard fonts, whose tables pdf-lib unpacks at its start. */
const noEncodings = `
  const encoding = (name) => ({ name, supportedCodePoints: [], unicodeMappings: {}, canEncodeUnicodeCodePoint: ${refuse}, encodeUnicodeCodePoint: ${refuse} });
  export const Encodings = { Symbol: encoding('Symbol'), ZapfDingbats: encoding('ZapfDingbats'), WinAnsi: encoding('WinAnsi') };
`;

/** Modules of pdf.js that draw on a screen, edit, or read XFA forms: nothing that reading reaches, but each is paid for at a start. */
const unread =
  /^;\/\/ \.\/src\/(?:core\/(?:xfa|editor)\/|display\/(?:editor\/|annotation_layer|xfa_layer|canvas\.|canvas_dep|draw_layer|renderer_worker|dom_filter|touch_|webgpu|pattern_helper|svg_))/;

/** pdf.js names each module in a comment before it. Of those left out the names stay, and say so when they are used after all. */
export function withoutUnread(code: string): string {
  const modules = code.split(/^(?=;\/\/ \.\/)/m);
  return modules.map((module) => (unread.test(module) ? `${declared(module).join('\n')}\n` : onDemand(module))).join('');
}

/** What reading needs for some files, or never. */
const onDemand = (module: string): string =>
  module
    // Brotli's dictionary is unpacked for the first stream that needs it.
    .replace('let BrotliDecode = makeBrotliDecode();', 'let BrotliDecode = (...given) => (BrotliDecode = makeBrotliDecode())(...given);')
    // Outlines of letters, for a screen.
    .replace('static buildFontPaths(font, glyphs, handler, evaluatorOptions) {', '$& return;');

function declared(module: string): string[] {
  return [...module.matchAll(/^(?:async )?(class|function\*?|const|let|var) ([\w$]+)/gm)].map(([, kind = '', name = '']) => {
    const refuse = `throw new Error('${name} is left out of the packed reader.')`;
    // The rich text of an annotation, which is shown in a window of its own and nowhere on the page.
    if (name === 'XFAFactory') return `class XFAFactory { constructor() { ${refuse} } static getRichTextAsHtml() { return null; } }`;
    if (kind === 'class') return `class ${name} { constructor() { ${refuse} } }`;
    return kind.startsWith('function') ? `function ${name}() { ${refuse} }` : `var ${name};`;
  });
}
