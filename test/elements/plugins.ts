import { mkdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { chromeLauncher, TestRunnerConfig } from '@web/test-runner';
import { axe } from '../widget/world/axe.ts';
import type { Interception, Picture } from './page.ts';
import type { Pages, TokenOrder, Visit } from './pages.ts';

type Plugin = NonNullable<TestRunnerConfig['plugins']>[number];
type Middleware = NonNullable<TestRunnerConfig['middleware']>[number];
type Launcher = ReturnType<typeof chromeLauncher>;
type BrowserPage = ReturnType<Launcher['getPage']>;

/** Pictures for people: no test compares them. */
const wantsPictures = process.env.INLAY_SCREENSHOTS === '1';
const pictures = fileURLToPath(new URL('../screenshots/', import.meta.url));

/** A file in TypeScript is served as JavaScript with every character where it was: erasing is all that ours need. */
export const erasedTypes: Plugin = {
  name: 'erased-types',
  resolveMimeType: ({ path }) => (path.endsWith('.ts') ? 'js' : undefined),
  transform: ({ path, body }) => (path.endsWith('.ts') ? { body: stripTypeScriptTypes(String(body)) } : undefined),
};

/** Before all that the runner serves itself: it would write its own scripts into these pages, which their policy refuses. */
export const partnerPages =
  (pages: Pages): Middleware =>
  async (ctx, next) => {
    const answer = await pages.answer(ctx.URL);
    if (!answer) return next();
    ctx.set(answer.headers);
    ctx.body = answer.body instanceof Uint8Array ? Buffer.from(answer.body) : answer.body;
  };

/** What a test asks of the run beside the runner's own commands. */
export function commands(pages: Pages): Plugin {
  /** What ends the interception of a page, and what it has counted. */
  const ends = new Map<string, () => Promise<unknown>>();
  const acts: Record<string, (page: BrowserPage, payload: unknown, session: string) => Promise<unknown>> = {
    mint: (_page, order) => pages.mint(order as TokenOrder),
    'gateway-url': () => pages.gatewayUrl(),
    'count-workers': async (page) => page.workers().length,
    intercept: async (page, order, session) => ends.set(session, await intercept(page, order as Interception)) && true,
    'count-bytes': async (page, origin, session) => ends.set(session, await countBytes(page, origin as string)) && true,
    'bring-axe': async (page) => {
      // A frame may have gone with the test before.
      for (const frame of page.frames()) await frame.evaluate(`'axe' in window || (() => {${axe}})()`).catch(() => undefined);
      return true;
    },
    picture: async (page, picture) => wantsPictures && takePicture(page, picture as Picture),
    'set-status': (_page, order) => pages.setStatus(order as Parameters<Pages['setStatus']>[0]),
    elsewhere: (_page, visit) => pages.visit(visit as Visit),
    end: async (_page, _payload, session) => {
      const end = ends.get(session);
      ends.delete(session);
      return (await end?.()) ?? true;
    },
  };
  return {
    name: 'inlay-commands',
    executeCommand: ({ command, payload, session }) =>
      acts[command]?.((session.browser as Launcher).getPage(session.id), payload, session.id),
  };
}

/** Meets calls whose address fits as ordered, cached or not; the function that ends it, and lets go what waits. */
async function intercept(page: BrowserPage, { pattern, by }: Interception): Promise<() => Promise<void>> {
  const debug = await uncached(page);
  const responseHeaders = [{ name: 'access-control-allow-origin', value: '*' }];
  const broken = {
    responseHeaders: [...responseHeaders, { name: 'content-type', value: 'application/problem+json' }],
    body: Buffer.from(JSON.stringify({ code: 'internal', instance: 'urn:uuid:3f1c7a52-9b0e-4c11-8a44-0d5b6f2e9c10' })).toString('base64'),
  };
  const answer = async (requestId: string, method: string) => {
    if (by === 'missing') await debug.send('Fetch.fulfillRequest', { requestId, responseCode: 404, responseHeaders });
    // The question of CORS that goes ahead is answered as ever.
    if (by === 'breaking' && method === 'OPTIONS') await debug.send('Fetch.continueRequest', { requestId });
    else if (by === 'breaking') await debug.send('Fetch.fulfillRequest', { requestId, responseCode: 500, ...broken });
    if (by === 'losing') await debug.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
  };
  // A page that has gone meanwhile needs no answer.
  debug.on('Fetch.requestPaused', ({ requestId, request }) => void answer(requestId, request.method).catch(() => undefined));
  await debug.send('Fetch.enable', { patterns: [{ urlPattern: pattern }] });
  return () => debug.detach();
}

/** Counts the bytes of each script that comes from an origin, as they are sent and without headers; the function that ends it and tells them. */
async function countBytes(page: BrowserPage, origin: string): Promise<() => Promise<Record<string, number>>> {
  const debug = await uncached(page);
  const names = new Map<string, string>();
  const bytes: Record<string, number> = {};
  debug.on('Network.responseReceived', ({ requestId, response }) => {
    const url = new URL(response.url);
    if (url.origin === origin && url.pathname.endsWith('.js')) names.set(requestId, url.pathname);
  });
  debug.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId);
    if (name) bytes[name] = (bytes[name] ?? 0) + encodedDataLength;
  });
  return async () => {
    await debug.detach();
    return bytes;
  };
}

async function uncached(page: BrowserPage) {
  const debug = await page.createCDPSession();
  await debug.send('Network.enable');
  await debug.send('Network.setCacheDisabled', { cacheDisabled: true });
  return debug;
}

async function takePicture(page: BrowserPage, { name, width, height }: Picture): Promise<boolean> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png`, clip: { x: 0, y: 0, width, height } });
  return true;
}
