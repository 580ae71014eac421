import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/** A stranger's program that judges what we made; `test/tools.txt` lists them with their Debian packages. */
export type Tool = (...args: string[]) => string;

/** The tool, or nothing: then the test is skipped with a line that names the package, and fails where INLAY_TOOLS=required. */
export function tool(test: TestContext, program: string, debianPackage: string): Tool | undefined {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
  } catch {
    const reason = `${program} is missing: install the Debian package ${debianPackage}`;
    if (process.env.INLAY_TOOLS === 'required') throw new Error(reason);
    // biome-ignore lint/suspicious/noSkippedTests: the one skip there is
    test.skip(reason); // SPEC 1: printed with the package's name; where INLAY_TOOLS=required it is a failure instead
    return undefined;
  }
  return (...args) => execFileSync(program, args, { encoding: 'utf8' });
}
