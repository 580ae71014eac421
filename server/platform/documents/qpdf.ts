import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { Refusal } from './refusals.ts';

/** qpdf 12.2 as WebAssembly; https://qpdf.readthedocs.io/en/stable/cli.html has its options and exit codes (0 clean, 2 error, 3 warnings). */
export interface Qpdf {
  callMain(args: string[]): number;
  FS: { writeFile(path: string, bytes: Uint8Array): void; readFile(path: string): Uint8Array };
}

type Create = (options: { locateFile(): string }) => Promise<Qpdf>;

const script = createRequire(import.meta.url).resolve('@neslinesli93/qpdf-wasm');

/** An instance good for one upload: what a hostile file does to its memory ends with it. */
export async function loadQpdf(): Promise<Qpdf> {
  const made: { exports: unknown } = { exports: {} };
  // Its file system of the host is never used, but asks for constants by `process.binding`, which Node's permission model forbids.
  const host = { versions: process.versions, platform: 'linux', argv: ['', 'qpdf'], binding: () => ({ fs: {}, constants: { fs: {} } }) };
  const quiet = { log() {}, error() {}, warn() {} };
  const text = readFileSync(script, 'utf8');
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'process', 'console'];
  compileFunction(text, names, { filename: script })(made, made.exports, createRequire(script), script, '', host, quiet);
  return (made.exports as Create)({ locateFile: () => script.replace(/\.js$/, '.wasm') });
}

/**
 * The same document written anew from what its cross-reference table names, without object streams: no dead object and no earlier revision is
 * left. `guessed` when qpdf warned of something two readers may take in two ways.
 */
export function rewrite(qpdf: Qpdf, upload: Uint8Array): { bytes: Uint8Array; guessed: boolean } {
  qpdf.FS.writeFile('/upload.pdf', upload);
  const status = qpdf.callMain(['--object-streams=disable', '--deterministic-id', '/upload.pdf', '/rewritten.pdf']);
  if (status !== 0 && status !== 3) throw new Refusal('malformed', 'rewrite');
  const bytes = qpdf.FS.readFile('/rewritten.pdf');
  if (qpdf.callMain(['--check', '/rewritten.pdf']) !== 0) throw new Refusal('malformed', 'check');
  return { bytes, guessed: status === 3 };
}
