import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { Refusal } from '../pdf/refusals.ts';

/** qpdf 12.2 as WebAssembly; https://qpdf.readthedocs.io/en/stable/cli.html has its options and exit codes (0 clean, 2 error, 3 warnings). */
export interface Qpdf {
  callMain(args: string[]): number;
  FS: { writeFile(path: string, bytes: Uint8Array): void; readFile(path: string): Uint8Array; unlink(path: string): void };
}

type Create = (options: { locateFile(): string }) => Promise<Qpdf>;

const script = createRequire(import.meta.url).resolve('@neslinesli93/qpdf-wasm');

/** What qpdf may hold in its memory (bytes): a document of 20 MB takes half of it, one that was made to unfold takes all there is. */
const mostMemory = 160 << 20;
/** Where the script asks whether its memory may grow so far. */
const growth = '2147483648<a)return!1';

let prepared: Create | undefined;
/** It asked for more: what it says then is not about the file. */
let isFull = false;
const refuseMemory = (): void => {
  isFull = true;
};

/** Compiles qpdf's script, which loads nothing yet. */
export function prepareQpdf(): Create {
  if (prepared) return prepared;
  const made: { exports: unknown } = { exports: {} };
  // Its file system of the host is never used, but asks for constants by `process.binding`, which Node's permission model forbids.
  const host = { versions: process.versions, platform: 'linux', argv: ['', 'qpdf'], binding: () => ({ fs: {}, constants: { fs: {} } }) };
  const quiet = { log() {}, error() {}, warn() {} };
  const text = readFileSync(script, 'utf8');
  if (!text.includes(growth)) throw new Error("qpdf's memory cannot be limited: its script is not the one that is known.");
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'process', 'console', 'refuseMemory'];
  const begin = compileFunction(text.replace(growth, `${mostMemory}<a)return refuseMemory(),!1`), names, { filename: script });
  begin(made, made.exports, (name: string) => process.getBuiltinModule(name), script, '', host, quiet, refuseMemory);
  prepared = made.exports as Create;
  return prepared;
}

/** An instance good for one upload: what a hostile file does to its memory ends with it. */
export const loadQpdf = (): Promise<Qpdf> => prepareQpdf()({ locateFile: () => script.replace(/\.js$/, '.wasm') });

/**
 * The same document written anew from what its cross-reference table names, without object streams: no dead object and no earlier revision is
 * left. `guessed` when qpdf warned of something two readers may take in two ways; `clean` when it has nothing to say of what it wrote. Refusal
 * `too-slow` where that takes more memory than a document does.
 */
export function rewrite(qpdf: Qpdf, upload: Uint8Array): { bytes: Uint8Array; guessed: boolean; clean: boolean } {
  qpdf.FS.writeFile('/upload.pdf', upload);
  const status = run(qpdf, 'rewrite', '--object-streams=disable', '--deterministic-id', '/upload.pdf', '/rewritten.pdf');
  const bytes = qpdf.FS.readFile('/rewritten.pdf');
  const check = run(qpdf, 'check', '--check', '/rewritten.pdf');
  for (const file of ['/upload.pdf', '/rewritten.pdf']) qpdf.FS.unlink(file);
  return { bytes, guessed: status === 3, clean: check === 0 };
}

function run(qpdf: Qpdf, step: string, ...args: string[]): number {
  let status: number | undefined;
  try {
    status = qpdf.callMain(args);
  } catch (error) {
    if (!isFull) throw error;
  }
  if (status === 0 || status === 3) return status;
  throw isFull ? new Refusal('too-slow', 'memory') : new Refusal('malformed', step);
}
