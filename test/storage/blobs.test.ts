import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBlobs } from '../../server/storage/blobs.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-blobs-'));
});
after(() => rm(folder, { recursive: true, force: true }));
const place = (address: string) => join(folder, address.slice(0, 2), address);

test('the address is the hash of the bytes, and the same bytes have one place', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  const bytes = randomBytes(5_000);
  const address = await blobs.put(bytes);
  assert.equal(address, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(await blobs.put(bytes), address);
  assert.deepEqual(await blobs.get(address), bytes);
  assert.deepEqual(await readdir(join(folder, address.slice(0, 2))), [address]);
});

test('nothing at all is a blob too, and a hundred puts at once of one are one', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  const addresses = await Promise.all(Array.from({ length: 100 }, () => blobs.put(Buffer.alloc(0))));
  assert.equal(new Set(addresses).size, 1);
  assert.deepEqual(await blobs.get(addresses[0] ?? ''), Buffer.alloc(0));
});

test('a blob whose bytes have changed is refused by name', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  const address = await blobs.put(randomBytes(100));
  await writeFile(place(address), randomBytes(100));
  await assert.rejects(blobs.get(address), new RegExp(`${address} is damaged`));
  await writeFile(place(address), '');
  await assert.rejects(blobs.get(address), /damaged/);
});

test('what a killed process left half written is not there, and in nobody’s way', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  const bytes = randomBytes(100);
  const address = createHash('sha256').update(bytes).digest('hex');
  assert.equal(await blobs.get(address), undefined);
  await blobs.put(randomBytes(10));
  await rm(place(address), { force: true });
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(folder, address.slice(0, 2)), { recursive: true });
  await writeFile(join(folder, address.slice(0, 2), '.half-written'), bytes.subarray(0, 50));
  assert.equal(await blobs.get(address), undefined);
  assert.equal(await blobs.put(bytes), address);
  assert.deepEqual(await blobs.get(address), bytes);
});

test('only addresses are addresses', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  for (const address of [
    '',
    '..',
    '../../etc/passwd',
    `${'a'.repeat(62)}/.`,
    'A'.repeat(64),
    `${'a'.repeat(64)}\n`,
    'a'.repeat(63),
    'a'.repeat(65),
  ])
    for (const act of [() => blobs.get(address), () => blobs.delete(address)]) await assert.rejects(act, RangeError, address);
});

test('a deleted blob is gone, deleting it again is nothing, and only the owner may read files', async () => {
  const blobs = openBlobs(folder, join(folder, 'aside'));
  const address = await blobs.put(randomBytes(100));
  assert.equal((await stat(place(address))).mode & 0o777, 0o600);
  await blobs.delete(address);
  await blobs.delete(address);
  assert.equal(await blobs.get(address), undefined);
});

test('a clock that was set forward makes nothing old that was put just now; an hour does', async () => {
  let passed = 0;
  const blobs = openBlobs(folder, join(folder, 'aside'), () => passed);
  const address = await blobs.put(randomBytes(100));
  const nextYear = Date.now() + 365 * 86_400_000;
  assert.ok(!(await blobs.older(nextYear)).includes(address));
  passed += 3_600_001;
  assert.ok((await blobs.older(nextYear)).includes(address));
  // Whoever starts anew has put nothing yet.
  assert.ok((await openBlobs(folder, join(folder, 'aside'), () => 0).older(nextYear)).includes(address));
});
