import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { defineConfig, type Plugin, type Rolldown, transformWithOxc, type UserConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const scriptFace = at('node_modules/@expo-google-fonts/dancing-script/400Regular/DancingScript_400Regular.ttf');
const polyfills = at('widget/views/signing/paper/polyfills.ts');
const pdfjs = at('node_modules/pdfjs-dist/');

/** What is loaded only when it is needed, or by one entry alone; a module that is none of this is in `core`. */
const apart = [
  /\/views\/\w+\//,
  /\/widget\/(?:index|hosted\/|parts\/(?:aloud|endings)|session\/(?:asset|ceremony|vault)|styles\/cards|text\/en\/(?!shell))/,
  /\/shared\/(?:onboarding\/rules|text\/(?:vat|marks|direction|written|covered)|signing\/(?:geometry|fields|ink|ceremony))/,
  /\/node_modules\/pdfjs-dist\//,
];

const isCore = (id: string): boolean => !apart.some((part) => part.test(id));

const browsers = ['chrome123', 'firefox128', 'safari18'];

/**
 * Builds `widget/index.ts` to `dist/inlay.js`, the page of an e-mail's link to `dist/sign.js` and that of a vault token to `dist/vault.js`; what a view needs more comes in chunks
 * when it is needed, and what pdf.js reads beside its script lies in `dist/pdfjs/<its version>/`.
 */
export const tag: UserConfig = {
  base: '',
  publicDir: false,
  plugins: [serverSafe(), modestPdfjs(), tightTemplates(), signingFiles(), brotliFiles()],
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: 'dist',
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: { inlay: 'widget/index.ts', sign: 'widget/hosted/sign.ts', vault: 'widget/hosted/vault.ts' }, formats: ['es'] },
    rolldownOptions: {
      // Nearly all of a build is brotli at its best level, as it is meant to be.
      checks: { bundlerTimings: false },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash:6].js',
        // One file for what every view stands on, so that views import nothing from each other and inlay.js exports nothing but its names.
        codeSplitting: { groups: [{ name: 'core', test: isCore }] },
        comments: false,
        // Vite leaves white space in ES libraries; said here it goes.
        minify: { compress: true, mangle: true, codegen: true },
      },
    },
  },
};

/** The scripts of the package that partners install, in `dist/npm/`: server/pack/npm-package.child.ts writes the rest of it. */
const npmPackage: UserConfig = {
  base: '',
  publicDir: false,
  plugins: [serverSafe(), twins(), unusedSchemas(), tightTemplates()],
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: 'dist/npm',
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: { index: 'widget/index.ts', client: 'widget/npm/client.ts', server: 'shared/partner.ts' }, formats: ['es'] },
    rolldownOptions: {
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash:6].js',
        // What tells a partner's own bundler which imports to leave alone.
        comments: { annotation: true, legal: false, jsdoc: false },
        minify: { compress: true, mangle: true, codegen: true },
      },
    },
  },
};

export default defineConfig(({ mode }) => (mode === 'npm' ? npmPackage : tag));

/** A schema that nobody reads with goes: making one has no effect, which a bundler cannot know of a chain of calls. */
function unusedSchemas(): Plugin {
  const pure = (code: string): string =>
    code.replace(/^((?:export )?const \w+ = )(z\s*\.[\s\S]*?);\n(?=\S|\n)/gm, '$1/* @__PURE__ */ (() => $2)();\n');
  return { name: 'unused-schemas', enforce: 'pre', transform: (code, id) => (id.includes('/shared/') ? pure(code) : undefined) };
}

/** What is another thing where a partner's own build packs the element, and no gateway sent it: each of these has its twin in `widget/npm/`. */
function twins(): Plugin {
  const originals = ['home.ts', 'session/bring.ts', 'views/signing/document/assets.ts', 'views/signing/paper/library.ts'];
  const twinOf = new Map(originals.map((path) => [at(`widget/${path}`), at(`widget/npm/${path.split('/').at(-1)}`)]));
  return {
    name: 'twins',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return (found && twinOf.get(found.id)) ?? found;
    },
  };
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
 * A partner's page may well have a pdf.js of its own. Ours must not take its name there, nor name its documents alike: fonts are given to
 * the page by these names, and the second copy's letters would be drawn with the first one's glyphs.
 */
const apartFromOthers: Changes = [
  ['globalThis.pdfjsLib = {', 'const pdfjsLib = {'],
  ['globalThis._pdfjsTestingUtils = {', 'const pdfjsTestingUtils = {'],
  ['docId = `d$', 'docId = ownCopy + `d$'],
];

/** Reads a global that came with Firefox 131 and Safari 18.4, and without it is the end of the whole chunk; polyfills.ts fills in the same. */
const olderBrowsers: Changes = [
  [
    `if (typeof Iterator.prototype.join !== "function") {
  Iterator.prototype.join = function (separator) {
    return [...this].join(separator);
  };
}`,
    '',
  ],
];

/** The standard fonts are drawn alike for every signer, with the files we serve; only what no file has is left to the reader's machine. */
const standardFontsFirst: Changes = [['if(this.options.useSystemFonts&&"Symbol"!==e&&"ZapfDingbats"!==e)return null', '']];

type Changes = readonly (readonly [theirs: string, ours: string])[];

function changed(code: string, changes: Changes): string {
  return changes.reduce((text, [theirs, ours]) => {
    const parts = text.split(theirs);
    if (parts.length !== 2) throw new Error(`pdf.js is written in another way now, without one "${theirs}".`);
    return parts.join(ours);
  }, code);
}

function modestPdfjs(): Plugin {
  return {
    name: 'modest-pdfjs',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/pdfjs-dist/build/pdf.mjs')) return undefined;
      return `const ownCopy = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);${changed(code, [...apartFromOthers, ...olderBrowsers])}`;
    },
  };
}

/**
 * What the signing view fetches as bytes. For pdf.js: the worker (its build for older browsers, and what that leaves out), character maps, standard fonts, decoders
 * that need no WebAssembly. For typed signatures: their face.
 */
function signingFiles(): Plugin {
  return {
    name: 'signing-files',
    async generateBundle(_options, bundle) {
      const { version } = JSON.parse(await readFile(`${pdfjs}package.json`, 'utf8')) as { version: string };
      const emit = (name: string, source: string | Uint8Array): void => {
        this.emitFile({ type: 'asset', fileName: `pdfjs/${version}/${name}`, source });
      };
      for (const folder of ['cmaps', 'standard_fonts', 'wasm'])
        for (const name of await readdir(pdfjs + folder))
          if (!/\.wasm$|quickjs/i.test(name)) emit(`${folder}/${name}`, await readFile(`${pdfjs}${folder}/${name}`));
      this.emitFile({ type: 'asset', fileName: 'fonts/signature.ttf', source: await readFile(scriptFace) });
      this.emitFile({ type: 'asset', fileName: 'fonts/OFL.txt', source: await faceLicences() });
      emit('LICENSE', await readFile(`${pdfjs}LICENSE`));
      this.emitFile({ type: 'asset', fileName: 'pdf.js', source: pdfjsOf(bundle, version) });
      const worker = changed(await readFile(`${pdfjs}legacy/build/pdf.worker.min.mjs`, 'utf8'), standardFontsFirst);
      const { code } = await transformWithOxc(await readFile(polyfills, 'utf8'), polyfills, { sourcemap: false });
      emit('worker.js', code + worker);
    },
  };
}

/** Leads whoever has the element from elsewhere (widget/npm/library.ts) to this build's pdf.js. */
function pdfjsOf(bundle: Rolldown.OutputBundle, version: string): string {
  const chunk = Object.values(bundle).find((each) => each.type === 'chunk' && each.facadeModuleId?.endsWith('/paper/pdfjs.ts'));
  if (!chunk) throw new Error('pdf.js is in no chunk of its own.');
  return `export*from"./${chunk.fileName}";export const folder=new URL("pdfjs/${version}/",import.meta.url).href;\n`;
}

/** Whose each face is that is served or written into documents, and the terms of all of them: the SIL Open Font License asks that both go along. */
async function faceLicences(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(at('package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const packages = Object.keys(dependencies).filter((name) => /^@(?:expo-google-fonts|fontsource(?:-variable)?)\//.test(name));
  const texts = await Promise.all(
    packages.map((name) => readFile(at(`node_modules/${name}/${name.startsWith('@expo') ? 'LICENSE_FONT' : 'LICENSE'}`), 'utf8')),
  );
  const parts = texts.map((text) => text.split(/^(?=This Font Software is licensed)/m));
  const owners = packages.map((name, i) => `${name.split('/')[1]} (${name}):\n  ${parts[i]?.[0]?.trim()}`);
  return `${owners.join('\n')}\n\n${parts[0]?.slice(1).join('')}`;
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

/**
 * How distances are written (RFC 7932, section 4, NDIRECT): which is best changes with each letter of a script, by some bytes per thousand, so
 * all of these are tried on what is small enough for it to take no time.
 */
const distances = { tried: [8, 2, 6, 7, 12, 14], upTo: 64 * 1024 } as const;

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  const tried = bytes.length > distances.upTo ? distances.tried.slice(0, 1) : distances.tried;
  const written = await Promise.all(
    tried.map((direct) => {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 22,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_NPOSTFIX]: 0,
        [constants.BROTLI_PARAM_NDIRECT]: direct,
      };
      return promisify(brotliCompress)(bytes, { params });
    }),
  );
  const [shortest] = written.toSorted((one, other) => one.length - other.length);
  if (shortest) await writeFile(`${file}.br`, shortest);
}
