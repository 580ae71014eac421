import { execFileSync, spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/** A stranger's program that judges what we made; `test/tools.txt` lists them with their Debian packages. */
export type Tool = (...args: string[]) => string;

/** As it was before a browser was opened: the one that comes in a package has fonts of its own, which it puts into the environment. */
const env = { ...process.env };

/** The tool, or nothing: then the test is skipped with a line that names the package, and fails where INLAY_TOOLS=required. */
export function tool(test: TestContext, program: string, debianPackage: string): Tool | undefined {
  if (!isInstalled(program)) {
    const reason = `${program} is missing: install the Debian package ${debianPackage}`;
    skipped(test, reason);
    return undefined;
  }
  return (...args) => execFileSync(program, args, { encoding: 'utf8', env });
}

const installed = new Map<string, boolean>();

function isInstalled(program: string): boolean {
  const known = installed.get(program) ?? spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
  installed.set(program, known);
  return known;
}

/** Skips the test with a printed line; fails instead where INLAY_TOOLS=required. */
export function skipped(test: TestContext, reason: string): void {
  if (process.env.INLAY_TOOLS === 'required') throw new Error(reason);
  // biome-ignore lint/suspicious/noSkippedTests: the one skip there is
  test.skip(reason); // printed with the package that is missing
}
