import type { Library, libraryAt as ofTag, PdfJs } from '../views/signing/paper/library.ts';

/** What the gateway's `/pdf.js` is: whichever pdf.js this gateway was built with, and where it reads from. */
type Served = PdfJs & { readonly folder: string };

/** Chrome remembers a failed import for the life of the page: another try asks under another address. */
let failures = 0;

/** The gateway's pdf.js: larger than everything else here, and only a gateway has the worker that fits it. */
export const libraryAt: typeof ofTag = (assets): Library => {
  const address = `${assets}pdf.js${failures > 0 ? `?${failures}` : ''}`;
  const script: Promise<Served> = import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ address);
  script.catch(() => failures++);
  const folder = script.then((served) => served.folder);
  // Whoever waits for the script hears of it.
  folder.catch(() => {});
  return { script, folder };
};
