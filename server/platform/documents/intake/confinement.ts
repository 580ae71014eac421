import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a reader of uploads is made of, with every package that its libraries bring. The first file tells Node that all of these are modules. */
const readable = [
  'package.json',
  'server/node.js',
  'server/platform/documents',
  'shared',
  'node_modules/.cache/inlay',
  'node_modules/@cantoo/pdf-lib',
  'node_modules/@neslinesli93/qpdf-wasm',
  'node_modules/culori',
  'node_modules/fflate',
  'node_modules/html-entities',
  'node_modules/node-html-better-parser',
  'node_modules/pdfjs-dist',
  'node_modules/tslib',
];

/** Node's switches for a program that may read what a reader is made of, under this root, and neither write nor start anything (https://nodejs.org/docs/latest-v24.x/api/permissions.html). */
export const confinedTo = (root: string): string[] => [
  '--permission',
  ...readable.map((path) => `--allow-fs-read=${join(root, path)}`),
  // That the model is there is no news.
  '--disable-warning=ExperimentalWarning',
];

/** Gives a program a network of its own, with nothing in it (unshare(1), of util-linux). Node's model has no switch for that. */
const unshare = ['unshare', '-rn'] as const;

let cutOff: boolean | undefined;

/** Can a program be kept from the network here? Asked of the system once, in a few milliseconds: containers and distributions often forbid it. */
export function isCutOff(): boolean {
  cutOff ??= process.platform === 'linux' && spawnSync(unshare[0], [...unshare.slice(1), 'true'], { timeout: 5_000 }).status === 0;
  return cutOff;
}

/** What to put before a command so that it reaches no address; nothing where the system cannot do that. */
export const withoutNetwork = (): readonly string[] => (isCutOff() ? unshare : []);
