import { version } from 'pdfjs-dist/package.json';
import { bring } from '../../../session/bring.ts';

export type PdfJs = typeof import('./pdfjs.ts');

/** pdf.js of one version: its script, and the folder (with a slash at the end) of what it reads. */
export interface Library {
  readonly script: Promise<PdfJs>;
  readonly folder: string | Promise<string>;
}

/** The pdf.js that was built with this script. Another version's worker would not understand it: the version is in the path, and the path can be cached for ever. */
export const libraryAt = (assets: string): Library => ({
  script: bring(() => import('./pdfjs.ts')),
  folder: new URL(`pdfjs/${version}/`, assets).href,
});
