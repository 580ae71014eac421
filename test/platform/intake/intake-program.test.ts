import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { intakeProgram, packedReader } from '../../../server/platform/documents/intake/intake-program.ts';

/** A tree with one source of each kind; the number is when each was changed, in seconds. */
async function tree(t: TestContext, times: Record<string, number>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-program-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, at] of Object.entries(times)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    await utimes(file, at, at);
  }
  for (const name of ['shared/vendors', 'shared', 'server/platform/documents/pdf', 'server/platform/documents'])
    await utimes(join(folder, name), 1, 1).catch(() => {});
  return folder;
}
const sources = { 'server/platform/documents/pdf/refusals.ts': 10, 'shared/vendors/loyva.ts': 10, 'node_modules/.package-lock.json': 10 };

/** The folder's own snapshot, changed at that time. */
async function packIn(folder: string, at: number): Promise<string> {
  const file = packedReader(folder);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  await utimes(file, at, at);
  return file;
}
const isPacked = (folder: string) => intakeProgram(folder).includes('--snapshot-blob');

test('a reading child is the packed one, unless a source or the installed libraries are newer', async (t) => {
  const folder = await tree(t, sources);
  const file = await packIn(folder, 20);
  assert.equal(intakeProgram(folder).at(-1), file);
  for (const newer of Object.keys(sources)) {
    const changed = await tree(t, { ...sources, [newer]: 30 });
    await packIn(changed, 20);
    assert.equal(isPacked(changed), false, newer);
  }
});

test('where nothing was packed, or it was packed for another place, it runs from the sources', async (t) => {
  const folder = await tree(t, sources);
  assert.equal(intakeProgram(folder).at(-1)?.endsWith('intake.child.ts'), true);
  const elsewhere = await packIn(await tree(t, sources), 20);
  const moved = join(folder, 'node_modules/.cache/inlay');
  await mkdir(moved, { recursive: true });
  await copyFile(elsewhere, join(moved, basename(elsewhere)));
  assert.equal(isPacked(folder), false);
});
