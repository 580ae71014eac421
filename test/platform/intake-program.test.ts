import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { intakeProgram } from '../../server/platform/documents/intake-program.ts';

/** A tree with one source of each kind, and the packed child; the number is when each was changed, in seconds. */
async function tree(t: TestContext, times: Record<string, number>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-program-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, at] of Object.entries(times)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    await utimes(file, at, at);
  }
  for (const name of ['shared/vendors', 'shared', 'server/platform/documents']) await utimes(join(folder, name), 1, 1).catch(() => {});
  return folder;
}
const packed = 'node_modules/.cache/inlay/intake.cjs';
const cache = `${packed}.cache`;
const sources = { 'server/platform/documents/refusals.ts': 10, 'shared/vendors/loyva.ts': 10, 'node_modules/.package-lock.json': 10 };
const nameOf = (args: string[]) => args.at(-1)?.split('/').at(-1);

test('a reading child is the packed one, unless a source or the installed libraries are newer', async (t) => {
  assert.equal(nameOf(intakeProgram(await tree(t, { ...sources, [packed]: 20, [cache]: 21 }))), 'intake.packed.cjs');
  for (const newer of Object.keys(sources))
    assert.equal(nameOf(intakeProgram(await tree(t, { ...sources, [packed]: 20, [cache]: 40, [newer]: 30 }))), 'intake.child.ts', newer);
});

test('where nothing was packed, or what V8 compiled is of an older script, it runs from the sources', async (t) => {
  const partly: Record<string, number>[] = [{}, { [packed]: 20 }, { [cache]: 20 }, { [packed]: 20, [cache]: 19 }];
  for (const files of partly)
    assert.equal(nameOf(intakeProgram(await tree(t, { ...sources, ...files }))), 'intake.child.ts', JSON.stringify(files));
});
