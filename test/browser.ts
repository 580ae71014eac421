import { type Browser, chromium, type Page } from 'playwright-core';

/** Milliseconds that a page is waited for; a busy machine seals a document, or starts a second browser, in half of it. */
export const patience = 60_000;

/** For every Chromium that tests start: it has no sandbox where it runs as root, and often no room for shared memory. */
export const browserArguments = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

/**
 * A real Chromium: the one inside @sparticuz/chromium (Linux x64, with its own libraries and fonts), or the one CHROME_PATH names.
 * Started with our own arguments: that package's would switch web security off, and CORS and CSP tests would pass in vain.
 */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: await chromePath(),
    headless: true,
    args: browserArguments,
  });
  browser.on('context', (context) => context.setDefaultTimeout(patience));
  return browser;
}

/** Where the browser is; the package's own is unpacked into the temporary folder when it is not there yet. */
export async function chromePath(): Promise<string> {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) return CHROME_PATH;
  if (process.platform === 'darwin') return '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  if (process.platform === 'win32') return 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}

/** What a page and the tags in it say, for the record of a test that failed on it: a fault that only shows under load is seen once. */
export const whatIsShown = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [document.body.innerText, ...[...document.querySelectorAll('*')].map((tag) => tag.shadowRoot?.textContent ?? '')].join('\n'),
  );
