import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { listen } from '../../server/http/listen.ts';
import { portal } from '../../server/portal/portal.ts';
import { openBrowser } from '../browser.ts';
import { freePort, startGateway } from '../start-gateway.ts';
import { startPlatform } from '../start-platform.ts';
import { figure, type Row, verdictOf } from './world/harness.ts';

const most = 20_000;

/** Every byte of script that a real Chromium fetches from the gateway until the portal's customer page shows its form, beside Lit alone. */
export async function firstView(say: (line: string) => void): Promise<Row[]> {
  const [fetched, lit] = [await fetchedScripts(), await litAlone()];
  for (const { name, bytes } of fetched) say(`  ${figure(bytes)} bytes  ${name}`);
  const sum = fetched.reduce((total, { bytes }) => total + bytes, 0);
  const row = {
    what: 'Script for the first view, brotli',
    ours: `${figure(sum)} bytes`,
    yardstick: 'lit alone, bundled and minified by vite',
    theirs: `${figure(lit)} bytes`,
    ratio: (sum / lit).toFixed(2),
    target: `≤ ${figure(most)} bytes`,
    spread: '–',
    verdict: verdictOf(sum, { atMost: most }),
  };
  return [row];
}

async function fetchedScripts(): Promise<{ name: string; bytes: number }[]> {
  const platform = await startPlatform();
  const gateway = await startGateway({ vendorUrl: platform.url });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { key } = await gateway.partner({
    origins: [origin],
    vendorKeys: { scribeless: platform.keys.scribeless, kelviq: platform.keys.kelviq },
  });
  const page = await listen(portal({ gatewayUrl: gateway.url, partnerKey: key }), port, '127.0.0.1');
  const browser = await openBrowser();
  const fetched: Promise<{ name: string; bytes: number }>[] = [];
  try {
    const tab = await browser.newPage();
    tab.on('requestfinished', (request) => {
      const url = new URL(request.url());
      if (url.origin === gateway.url && !url.pathname.startsWith('/embed/'))
        fetched.push(request.sizes().then(({ responseBodySize }) => ({ name: url.pathname, bytes: responseBodySize })));
    });
    await tab.goto(`${origin}/customers/hl-10241`);
    await tab.getByRole('textbox').first().waitFor();
    await tab.waitForLoadState('networkidle');
    return await Promise.all(fetched);
  } finally {
    await browser.close();
    await page.close(0);
    await gateway.close();
    await platform.close();
  }
}

/** Lit's three everyday exports in one file, as small as vite makes it. */
async function litAlone(): Promise<number> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL('./world/lit.ts', import.meta.url)), formats: ['es'], fileName: 'lit' },
      rolldownOptions: { output: { comments: false, minify: { compress: true, mangle: true, codegen: true } } },
    },
  })) as Rolldown.RolldownOutput[];
  const code = built.flatMap(({ output }) => output).flatMap((each) => (each.type === 'chunk' ? [each.code] : []));
  return brotliCompressSync(code.join('')).length;
}
