import { execFile } from 'node:child_process';

/** What other programs say of a file before Inlay is asked; `leftOut` says why it does not count. */
export interface Described {
  readonly producer: string;
  readonly leftOut: string | null;
}

const limits = { bytes: 20 * 1_048_576, pages: 500 };

/** Asks qpdf, pdfinfo and pdfsig. A file counts when it is well formed, within Inlay's limits, unsigned, unencrypted, and without script and XFA. */
export async function describe(path: string, bytes: number): Promise<Described> {
  if (bytes > limits.bytes) return { producer: '', leftOut: 'larger than 20 MB' };
  const [check, told, signatures] = await Promise.all([
    run('qpdf', '--check', path),
    run('pdfinfo', '-enc', 'UTF-8', path),
    run('pdfsig', '-nocert', path),
  ]);
  const fact = (name: string): string => told.said.match(new RegExp(`^${name}: +(.*)$`, 'm'))?.[1]?.trim() ?? '';
  const reasons: readonly (readonly [boolean, string])[] = [
    [/Incorrect password/.test(told.said) || /^yes/.test(fact('Encrypted')), 'encrypted'],
    [check.status !== 0 || told.status !== 0, 'not well formed'],
    [fact('Form') === 'XFA', 'XFA'],
    [fact('JavaScript') === 'yes', 'script'],
    [/Signature Validation:/.test(signatures.said), 'signed'],
    [Number(fact('Pages')) > limits.pages, 'more than 500 pages'],
  ];
  return { producer: producerOf(fact('Producer')), leftOut: reasons.find(([holds]) => holds)?.[1] ?? null };
}

/** The program without its version and system, so that files of one program stand together. */
export function producerOf(said: string): string {
  for (const [pattern, name] of families) if (pattern.test(said)) return name;
  return said.replace(/[\s(,;-]*\bv?\d.*$|\s*\(.*$/i, '').trim() || 'none';
}

const families: readonly (readonly [RegExp, string])[] = [
  [/Quartz/i, 'Quartz'],
  [/pdfe?TeX|pdfLaTeX/i, 'pdfTeX'],
  [/lua(hb)?TeX/i, 'LuaTeX'],
  [/^XeTeX/i, 'XeTeX'],
  [/Apache FOP/i, 'Apache FOP'],
  [/dvipdfm/i, 'dvipdfm(x)'],
  [/Ghostscript/i, 'Ghostscript'],
  [/Distiller/i, 'Acrobat Distiller'],
  [/Adobe PDF Library/i, 'Adobe PDF Library'],
  [/Microsoft/i, 'Microsoft Office'],
  [/LibreOffice|OpenOffice|StarOffice/i, 'LibreOffice'],
  [/^cairo/i, 'cairo'],
];

/** Everything that a program says; a minute is more than any needs. */
const run = (program: string, ...args: string[]): Promise<{ status: number; said: string }> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 60_000, maxBuffer: 64 * 1_048_576, encoding: 'latin1' }, (error, out, err) => {
      if (error?.code === 'ENOENT') reject(new Error(`${program} is missing; test/tools.txt names its package.`));
      else resolve({ status: error ? Number(error.code ?? -1) : 0, said: Buffer.from(`${out}\n${err}`, 'latin1').toString('utf8') });
    });
  });
