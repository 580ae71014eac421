import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { DamagedFile } from '../../../server/platform/domain/files/damage.ts';
import type { KeptFile } from '../../../server/platform/domain/records/envelope.ts';
import { openSealedFiles } from '../../../server/platform/stores/files/sealed-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'inlay-vessel-'));
after(() => rm(folder, { recursive: true }));
const vessel = openSealedFiles(join(folder, 'blobs'), join(folder, 'aside'));
const key = randomBytes(32);
const placeOf = ({ address }: KeptFile) => join(folder, 'blobs', address.slice(0, 2), address);

/** Changes one byte on the disk. */
async function flip(file: KeptFile, at: number): Promise<void> {
  const bytes = await readFile(placeOf(file));
  bytes.writeUInt8((bytes.at(at) ?? 0) ^ 1, at < 0 ? bytes.length + at : at);
  await writeFile(placeOf(file), bytes);
}

test('a file is read in pieces, whole or in part, of whatever size it is', async () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
    const bytes = randomBytes(size);
    const file = await vessel.put(key, bytes);
    const opened = await vessel.open(key, file);
    assert.deepEqual([opened.size, opened.sha256], [size, file.sha256]);
    for (const [first, last] of [
      [0, size - 1],
      [1, size - 2],
      [65_536, 131_071],
      [size - 1, size - 1],
    ] as const)
      assert.deepEqual(
        await buffer(opened.read(first, last)),
        bytes.subarray(Math.max(0, first), Math.max(0, last + 1)),
        `${size}: ${first}`,
      );
  }
});

test('what was changed, cut short, taken away or belongs to another key is not opened', async () => {
  const bytes = randomBytes(200_000);
  for (const at of [0, 100_000, -1]) {
    const file = await vessel.put(key, bytes);
    await flip(file, at);
    await assert.rejects(vessel.open(key, file), DamagedFile, String(at));
  }
  const file = await vessel.put(key, bytes);
  await assert.rejects(vessel.open(randomBytes(32), file), DamagedFile);
  await assert.rejects(vessel.open(key, { ...file, sha256: '0'.repeat(64) }), DamagedFile);
  await assert.rejects(vessel.open(key, { ...file, size: 1 }), DamagedFile);
  await writeFile(placeOf(file), (await readFile(placeOf(file))).subarray(0, 1_000));
  await assert.rejects(vessel.open(key, file), DamagedFile);
  await rm(placeOf(file));
  await assert.rejects(vessel.open(key, file), DamagedFile);
});

test('what is changed after it was opened ends in an error before its last piece', async () => {
  const bytes = randomBytes(200_000);
  const file = await vessel.put(key, bytes);
  const opened = await vessel.open(key, file);
  await flip(file, -20);
  let length = 0;
  await assert.rejects(async () => {
    for await (const piece of opened.read(0, bytes.length - 1)) length += (piece as Buffer).length;
  });
  assert.ok(length < bytes.length);
});
