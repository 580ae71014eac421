import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { type Database, openDatabase } from '../../server/storage/database.ts';
import { checkpoint, logKeyFrom } from '../../server/storage/log/checkpoint.ts';
import { append, type LogTables, logHeadSchema, logSchema, sha256 } from '../../server/storage/log/leaves.ts';
import { openLog } from '../../server/storage/log/log.ts';
import { leafHash, noPeaks, push, rootOf } from '../../shared/log.ts';

const digest = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH as RFC 9162 section 2.1.1 writes it: recursive, over the whole list, split at the largest power of two below its length. */
function mth(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (!only) return digest();
  if (leaves.length === 1) return digest(Buffer.of(0), only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return digest(Buffer.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}
const rootByPeaks = (leaves: readonly Uint8Array[]) =>
  Buffer.from(
    rootOf(
      sha256,
      leaves.reduce((peaks, leaf) => push(sha256, peaks, leafHash(sha256, leaf)), noPeaks),
    ),
  );

test('the root of any tree of 0 to 130 leaves is the RFC’s', () => {
  const leaves = Array.from({ length: 130 }, () => randomBytes(20));
  for (let size = 0; size <= leaves.length; size += 1)
    assert.deepEqual(rootByPeaks(leaves.slice(0, size)), mth(leaves.slice(0, size)), `${size} leaves`);
});

test('the root of any list of leaves is the RFC’s', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 600 }), (leaves) => rootByPeaks(leaves).equals(mth(leaves))),
  );
});

test('the empty tree is the hash of nothing, and the hand-made trees of one, two and three leaves are right', () => {
  assert.equal(rootByPeaks([]).toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  const [a, b, c] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];
  const leaf = (data: Uint8Array) => digest(Buffer.of(0), data);
  assert.equal(rootByPeaks([Buffer.alloc(0)]).toString('hex'), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  assert.deepEqual(rootByPeaks([a]), leaf(a));
  assert.deepEqual(rootByPeaks([a, b]), digest(Buffer.of(1), leaf(a), leaf(b)));
  assert.deepEqual(rootByPeaks([a, b, c]), digest(Buffer.of(1), digest(Buffer.of(1), leaf(a), leaf(b)), leaf(c)));
});

let folder: string;
let database: Database<LogTables>;
const schema = {
  '001': {
    async up(db: Kysely<unknown>) {
      for (const statement of [...logSchema, logHeadSchema]) await statement.execute(db);
    },
  },
};
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlay-log-'));
  database = await openDatabase<LogTables>(join(folder, 'log.db'), schema);
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const key = logKeyFrom(randomBytes(32));
const refuse = (error: unknown) => assert.fail(String(error));
const open = () => openLog(database, key, refuse);

const written = async () =>
  (await database.read.selectFrom('log_leaf').select(['seq', 'leaf']).orderBy('seq').execute()).map(({ seq, leaf }) => ({
    seq,
    bytes: Buffer.from(leaf),
  }));
const naive = async () => mth((await written()).map(({ bytes }) => bytes));

test('acts recorded at once, in transactions of which some fail, get consecutive numbers', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 60 }, (_, n) =>
      database.transact(async (tx) => {
        await append(tx, { kind: 'test', at: n, partner: `p${n % 3}`, about: { n } });
        if (n % 5 === 0) throw new Error('rolled back');
      }),
    ),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 12);
  assert.deepEqual(
    (await written()).map(({ seq }) => seq),
    Array.from({ length: 48 }, (_, seq) => seq),
  );
});

test('a head is the tree of all leaves, however many readers ask at once and however it grew', async () => {
  const reader = open();
  for (let turn = 0; turn < 5; turn += 1) {
    for (let n = 0; n < 7; n += 1) await append(database.write, { kind: 'more', at: n });
    const heads = await Promise.all([reader.head(), reader.head(), reader.head()]);
    const root = await naive();
    for (const head of heads) assert.deepEqual([head.size, Buffer.from(head.root)], [(await written()).length, root]);
  }
  const { size, root } = await open().head();
  assert.deepEqual([size, Buffer.from(root)], [(await written()).length, await naive()]);
});

test('a partner’s leaves come newest first, page by page, and are its own', async () => {
  const { leaves } = open();
  const all = await leaves('p1', undefined, 100);
  const first = await leaves('p1', undefined, 5);
  const rest = await leaves('p1', first.at(-1)?.seq, 100);
  assert.deepEqual([...first, ...rest], all);
  assert.ok(all.length > 10 && all.every((leaf) => leaf.partner === 'p1'));
  assert.deepEqual(
    all.map(({ seq }) => seq),
    all.map(({ seq }) => seq).sort((a, b) => b - a),
  );
});

test('a checkpoint is a signed note that the C2SP texts alone suffice to verify', async () => {
  const key = logKeyFrom(randomBytes(32));
  const head = await open().head();
  const note = checkpoint('inlay.example/log', head, key);
  // c2sp.org/signed-note: text ending in a newline, an empty line, then lines of "— <name> <base64(4-byte key hash || signature)>".
  const split = note.lastIndexOf('\n\n') + 1;
  const [text, signatures] = [note.slice(0, split), note.slice(split + 1)];
  const [, name, encoded = ''] = /^\u2014 (\S+) (\S+)\n$/.exec(signatures) ?? [];
  assert.equal(name, 'inlay.example/log');
  const bytes = Buffer.from(encoded, 'base64');
  assert.equal(bytes.length, 4 + 64);
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const raw = Buffer.from(String(jwk.x), 'base64url');
  // Key ID: SHA-256(<name> || 0x0A || 0x01 || 32-byte public key)[:4].
  assert.deepEqual(bytes.subarray(0, 4), digest(Buffer.from(`${name}\n`), Buffer.of(1), raw).subarray(0, 4));
  assert.ok(verify(null, Buffer.from(text), createPublicKey(key), bytes.subarray(4)));
  // c2sp.org/tlog-checkpoint: origin, decimal size, base64 root hash, one to a line.
  assert.deepEqual(text.split('\n'), ['inlay.example/log', String(head.size), Buffer.from(await naive()).toString('base64'), '']);
  assert.ok(!verify(null, Buffer.from(text.replace(String(head.size), String(head.size + 1))), createPublicKey(key), bytes.subarray(4)));
});

test('of twenty who ask a fresh reader for the head at once, one reads the log, and the others what came since', async () => {
  await database.transact(async (tx) => {
    for (let i = 0; i < 4_100; i += 1) await append(tx, { kind: 'k', at: i });
  });
  let queries = 0;
  const counted = database.read.withPlugin({
    transformQuery({ node }) {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const reader = openLog({ ...database, read: counted }, key, refuse);
  const heads = await Promise.all(Array.from({ length: 20 }, () => reader.head()));
  const leaves = await written();
  const slices = Math.floor(leaves.length / 512) + 1;
  assert.ok(queries <= slices + 2 * 20 + 2, `${queries} queries for ${slices} slices`);
  const root = (await naive()).toString('hex');
  assert.deepEqual(
    heads.map(({ size, root: at }) => [size, Buffer.from(at).toString('hex')]),
    heads.map(() => [leaves.length, root]),
  );
});
