import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { tag } from '../../../vite.config.ts';
import { newDataFolder } from '../../data-folder.ts';
import { startGateway } from '../../start-gateway.ts';
import { forget } from '../world/older.ts';
import { deskScript } from './desks.ts';
import { agreement, fixture, interactive } from './paper-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What the pages open, made or read when it is first asked for. */
const makers: Record<string, () => Promise<Uint8Array>> = {
  'one.pdf': () => agreement(1),
  'forty.pdf': () => agreement(40),
  'interactive.pdf': interactive,
  'letter.pdf': async () => new TextEncoder().encode('Dear reader'),
  'empty.pdf': async () => new Uint8Array(),
  'cut.pdf': async () => (await agreement(3)).slice(0, 120),
  ...Object.fromEntries([0, 90, 180, 270].map((rotate) => [`turned-${rotate}.pdf`, () => agreement(1, { rotate })])),
  ...Object.fromEntries(['picture-jbig2.pdf', 'picture-jpeg2000.pdf', 'text-japanese.pdf'].map((name) => [name, () => fixture(name)])),
};

const made = new Map<string, Promise<Uint8Array>>();
function fileOf(name: string): Promise<Uint8Array> | undefined {
  const file = made.get(name) ?? makers[name]?.();
  if (file) made.set(name, file);
  return file;
}

/** As the product is built, with the view's paper as an entry and without the compressed forms, which take seconds to make. */
async function buildPaper(outDir: string): Promise<void> {
  const { build: settings, plugins = [], ...rest } = tag;
  await build({
    ...rest,
    configFile: false,
    root,
    logLevel: 'error',
    plugins: (plugins as Plugin[]).filter(({ name }) => name !== 'brotli-files'),
    build: {
      ...settings,
      outDir,
      emptyOutDir: true,
      lib: { entry: { paper: 'widget/views/signing/paper/paper.ts' }, formats: ['es'] },
      rolldownOptions: { output: { ...settings?.rolldownOptions?.output, entryFileNames: 'chunks/[name].js' } },
    },
  });
}

/** Runs before everything else in a page whose browser, and the worker that is made in it, are as old as any that we serve, and know no Trusted Types. */
const olderScript = `
(${forget})();
Reflect.deleteProperty(globalThis, 'trustedTypes');
const today = globalThis.fetch;
globalThis.fetch = async (address, options) => {
  const answer = await today(address, options);
  if (!/\\/pdfjs\\/[^/]+\\/worker\\.js$/.test(address)) return answer;
  return new Response(${JSON.stringify(`(${forget})();\n`)} + (await answer.text()), { headers: answer.headers });
};
`;

/**
 * Pages of a partner's with desks for papers, at `/paper/page`, and a gateway that serves a build with paper as a module of its own. `policy` in
 * the address replaces parts of the policy that the element promises to run in; an empty value leaves the directive out.
 */
export async function openPaperPages() {
  const folder = await newDataFolder('inlay-paper-');
  await buildPaper(folder);
  const gateway = await startGateway({ assets: folder });
  const script = (body: string) => ({ headers: { 'content-type': 'text/javascript' }, body });
  return {
    async answer({ pathname, searchParams }: URL) {
      const file = fileOf(pathname.replace('/paper/files/', ''));
      if (file) return { headers: { 'content-type': 'application/pdf' }, body: await file };
      if (pathname === '/paper/desks.js') return script(deskScript(gateway.url));
      if (pathname === '/paper/older.js') return script(olderScript);
      if (pathname !== '/paper/page') return undefined;
      const directives: Record<string, string> = {
        'default-src': "'none'",
        'script-src': `${gateway.url} 'self'`,
        'connect-src': `${gateway.url} 'self'`,
        'worker-src': 'blob:',
        'require-trusted-types-for': "'script'",
        ...(JSON.parse(searchParams.get('policy') ?? '{}') as Record<string, string>),
      };
      const policy = Object.entries(directives).flatMap(([name, value]) => (value ? [`${name} ${value}`] : []));
      const older = searchParams.has('older') ? '<script src="older.js"></script>' : '';
      return {
        headers: { 'content-security-policy': policy.join('; '), 'content-type': 'text/html; charset=utf-8' },
        body: `<!doctype html><html lang="en" dir="${searchParams.get('dir') ?? 'ltr'}"><meta charset="utf-8"><title>A partner's page</title>${older}<script type="module" src="desks.js"></script><body><main></main></body></html>`,
      };
    },
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
