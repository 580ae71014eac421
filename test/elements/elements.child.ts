import { fileURLToPath } from 'node:url';
import { chromeLauncher, startTestRunner, type TestRunnerConfig } from '@web/test-runner';
import { browserArguments, chromePath, patience } from '../browser.ts';
import type { Tallies } from '../runner.ts';
import { freePort } from '../start-gateway.ts';
import { createPages } from './pages.ts';
import { commands, erasedTypes, partnerPages } from './plugins.ts';
import { createReporter } from './reporter.ts';
import type { Order, Told } from './run.ts';

/** Runs the files that it is told of in pages of one browser, and says what came of each. */
process.once('message', async (order: Order) => {
  process.send?.({ tallies: await run(order) } satisfies Told, () => process.disconnect());
});
process.once('disconnect', () => process.exit());

async function run({ files, concurrency, pattern }: Order): Promise<Tallies> {
  const port = await freePort();
  const pages = createPages(`http://127.0.0.1:${port}`);
  const { reporter, tallies } = createReporter((line) => process.send?.({ line } satisfies Told), pattern !== undefined);
  const config: TestRunnerConfig = {
    rootDir: fileURLToPath(new URL('../..', import.meta.url)),
    files: files.map((file) => fileURLToPath(new URL(`../${file}`, import.meta.url))),
    hostname: '127.0.0.1',
    port,
    nodeResolve: true,
    staticLogging: true,
    concurrency,
    browsers: [
      chromeLauncher({
        launchOptions: { executablePath: await chromePath(), args: browserArguments },
        async createPage({ context }) {
          const page = await context.newPage();
          // Of several pages of one browser only one has the focus; here each acts as if it had.
          await (await page.createCDPSession()).send('Emulation.setFocusEmulationEnabled', { enabled: true });
          return page;
        },
      }),
    ],
    testFramework: { config: { ui: 'tdd', timeout: String(patience), ...(pattern ? { grep: pattern } : {}) } },
    browserStartTimeout: patience,
    testsStartTimeout: patience,
    testsFinishTimeout: 5 * patience,
    middleware: [partnerPages(pages)],
    plugins: [erasedTypes, commands(pages)],
    reporters: [reporter],
    logger,
  };
  const runner = await startTestRunner({ config, readCliArgs: false, readFileConfig: false, autoExitProcess: false });
  if (!runner) throw new Error('The runner of tests in pages did not start.');
  await new Promise((resolve) => runner.on('stopped', resolve));
  await pages.close();
  return tallies;
}

/** What the runner says of itself is heard where it is about a fault. */
const silent = () => {};
const logger: NonNullable<TestRunnerConfig['logger']> = {
  log: silent,
  debug: silent,
  group: silent,
  groupEnd: silent,
  error: console.error,
  warn: console.warn,
  logSyntaxError: console.error,
};
