import { stripTypeScriptTypes } from 'node:module';
import type { chromeLauncher, TestRunnerConfig } from '@web/test-runner';
import type { Pages } from './pages.ts';

type Plugin = NonNullable<TestRunnerConfig['plugins']>[number];
type Middleware = NonNullable<TestRunnerConfig['middleware']>[number];
type Launcher = ReturnType<typeof chromeLauncher>;

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
  const intercepting = new Map<string, () => Promise<void>>();
  return {
    name: 'inlay-commands',
    async executeCommand({ command, payload, session }) {
      const page = () => (session.browser as Launcher).getPage(session.id);
      if (command === 'mint') return pages.mint();
      if (command === 'count-workers') return page().workers().length;
      if (command !== 'refuse-files') return undefined;
      await intercepting.get(session.id)?.();
      intercepting.delete(session.id);
      const { pattern } = payload as { pattern?: string };
      if (pattern !== undefined) intercepting.set(session.id, await refuse(page(), pattern));
      return true;
    },
  };
}

/** Answers 404 instead of these files, cached or not; the function that ends it. */
async function refuse(page: ReturnType<Launcher['getPage']>, urlPattern: string): Promise<() => Promise<void>> {
  const debug = await page.createCDPSession();
  const responseHeaders = [{ name: 'access-control-allow-origin', value: '*' }];
  debug.on('Fetch.requestPaused', ({ requestId }) => {
    debug.send('Fetch.fulfillRequest', { requestId, responseCode: 404, responseHeaders }).catch(() => undefined);
  });
  await debug.send('Network.enable');
  await debug.send('Network.setCacheDisabled', { cacheDisabled: true });
  await debug.send('Fetch.enable', { patterns: [{ urlPattern }] });
  return () => debug.detach();
}
