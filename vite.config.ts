import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Builds `widget/index.ts` to `dist/inlay.js`; what a view needs more comes in chunks when it is needed. */
export default defineConfig({
  base: '',
  publicDir: false,
  plugins: [serverSafe(), tightTemplates(), brotliFiles()],
  build: {
    target: ['chrome123', 'firefox128', 'safari18'],
    cssTarget: ['chrome123', 'firefox128', 'safari18'],
    outDir: 'dist',
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: 'widget/index.ts', formats: ['es'] },
    rolldownOptions: {
      output: {
        entryFileNames: 'inlay.js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        // One file for what every view stands on, so that views import nothing from each other and inlay.js exports nothing but its names.
        codeSplitting: { groups: [{ name: 'core', test: isCore }] },
        comments: false,
        // Vite leaves white space in ES libraries; said here it goes.
        minify: { compress: true, mangle: true, codegen: true },
      },
    },
  },
});

/** Everything but the views, and what is loaded when it is needed. */
function isCore(id: string): boolean {
  return !/\/views\/\w+\/|\/endings\.ts|\/text\/en\/(?!shell)|\/shared\/(?:rules|vat)|\/widget\/index/.test(id);
}

/** Lit's browser build reads `document` at import; a server that imports the bundle has none. */
function serverSafe(): Plugin {
  return {
    name: 'server-safe',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/lit-html.js')) return undefined;
      if (!code.includes('=document,')) throw new Error('lit-html reads the document in another way now: see serverSafe.');
      return code.replace('=document,', '=globalThis.document??{createTreeWalker(){}},');
    },
  };
}

/**
 * Indentation in templates is for their readers. Between two tags it goes (the templates draw grids and flex rows, where it shows nowhere);
 * before an attribute or an expression one space is left. Formatted TypeScript has neither pattern outside of templates.
 */
function tightTemplates(): Plugin {
  const tight = (code: string): string => code.replace(/>\n\s+(?=<)/g, '>').replace(/\n\s+(?=[@.?]?[\w-]+=["$]|\$\{)/g, ' ');
  return { name: 'tight-templates', enforce: 'pre', transform: (code, id) => (id.includes('/widget/') ? tight(code) : undefined) };
}

/** Writes `<file>.br` beside every script, at the highest quality, so that no request waits for compression. */
function brotliFiles(): Plugin {
  return {
    name: 'brotli-files',
    async writeBundle({ dir = 'dist' }) {
      const files = await readdir(dir, { recursive: true });
      await Promise.all(files.filter((file) => file.endsWith('.js')).map((file) => compress(join(dir, file))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
}
