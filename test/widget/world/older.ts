import type { Page } from 'playwright-core';

/**
 * Takes from a page and its workers what Chrome 123, Firefox 128 or Safari 18.0 do not have and today's browsers do. Runs in the browser,
 * written out as text: nothing of the tests' own scope is there.
 */
export function forget(): void {
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object;
  const helpers = 'constructor drop every filter find flatMap forEach join map reduce some take toArray'.split(' ');
  const newer: [owner: object | undefined, names: string[]][] = [
    [iterators, helpers],
    [Promise, ['try']],
    [Map.prototype, ['getOrInsert', 'getOrInsertComputed']],
    [WeakMap.prototype, ['getOrInsert', 'getOrInsertComputed']],
    [Math, ['sumPrecise', 'f16round']],
    [DataView.prototype, ['getFloat16', 'setFloat16']],
    [Uint8Array, ['fromBase64', 'fromHex']],
    [Uint8Array.prototype, ['setFromBase64', 'setFromHex', 'toBase64', 'toHex']],
    [RegExp, ['escape']],
    [Error, ['isError']],
    [URL, ['parse']],
    [globalThis.Response?.prototype, ['bytes']],
    [globalThis.Blob?.prototype, ['bytes']],
    [globalThis.Element?.prototype, ['moveBefore', 'setHTML']],
    [globalThis, ['Iterator', 'Float16Array', 'requestIdleCallback', 'cancelIdleCallback', 'Sanitizer', 'scheduler']],
  ];
  for (const [owner, names] of newer) for (const name of names) if (owner) Reflect.deleteProperty(owner, name);
}

/**
 * Makes the page's browser, and the worker of the signing view in it, as old as any that we serve. Trusted Types stay: a page that asks for
 * them needs them.
 */
export async function inOlderBrowser(page: Page): Promise<void> {
  await page.addInitScript(forget);
  await page.route('**/pdfjs/*/worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `(${forget})();\n${await answer.text()}` });
  });
}
