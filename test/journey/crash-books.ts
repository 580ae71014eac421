import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import SqliteFile, { type Database } from 'better-sqlite3';
import { secretBox } from '../../server/storage/secret-box.ts';
import type { World } from './crash-world.ts';

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** MTH as RFC 9162 section 2.1.1 defines it, in so many words. */
export function treeRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return only;
  const k = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return sha256(Buffer.of(1), treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

function reading<T>(file: string, work: (db: Database) => T): T {
  const db = new SqliteFile(file, { readonly: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

interface Leaf {
  seq: number;
  leaf: string;
  hash: Buffer;
}

/** The leaves of gateway.db's log, once the file and the log are found whole; `earlier` must still be their beginning. */
export function soundLog(world: World, earlier: readonly Buffer[] = []): Buffer[] {
  return reading(join(world.dataDir, 'gateway.db'), (db) => {
    assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
    const rows = db.prepare('select seq, leaf, hash from log_leaf order by seq').all() as Leaf[];
    assert.ok(
      rows.every(({ seq }, i) => seq === i),
      'the log has a gap',
    );
    const leaves = rows.map(({ leaf }) => sha256(Buffer.of(0), leaf));
    assert.ok(
      rows.every(({ hash }, i) => leaves[i]?.equals(hash)),
      'a leaf is not what was hashed',
    );
    assert.deepEqual(treeRoot(leaves.slice(0, earlier.length)), treeRoot(earlier), 'the log lost what it held');
    return leaves;
  });
}

/** The head that the gateway signs is the root of its rows. */
export async function assertHead(world: World): Promise<void> {
  const [, size, root] = (await world.checkpoint()).split('\n');
  assert.equal(treeRoot(soundLog(world).slice(0, Number(size))).toString('base64'), root);
}

/** How many Scribeless teams and Kelviq organizations each owner has at the platform. */
export function openedFor(world: World): Map<string, { teams: number; kelviq: number }> {
  return reading(join(world.platform.dataDir, 'platform.db'), (db) => {
    const rows = db
      .prepare(
        `select owner_email as email,
          (select count(*) from teams where organization_id = organizations.id) as teams,
          (select count(*) from kelviq_organizations as k where k.organization_id = organizations.id) as kelviq
        from organizations`,
      )
      .all() as { email: string; teams: number; kelviq: number }[];
    assert.deepEqual(db.prepare('select external_id from kelviq_organizations group by external_id having count(*) > 1').all(), []);
    assert.equal(new Set(rows.map(({ email }) => email)).size, rows.length, 'an owner has two organizations');
    return new Map(rows.map(({ email, ...counts }) => [email, counts]));
  });
}

/** The team that the platform opened for an owner. */
export const teamOf = (world: World, email: string): string =>
  reading(join(world.platform.dataDir, 'platform.db'), (db) => {
    const row = db
      .prepare('select teams.id from teams join organizations on organizations.id = organization_id where owner_email = ?')
      .get(email) as { id: string };
    return row.id;
  });

/** How many accounts gateway.db has in that state. */
export const accountsIn = (world: World, state: string): number =>
  reading(join(world.dataDir, 'gateway.db'), (db) => {
    const { n } = db.prepare('select count(*) as n from account where state = ?').get(state) as { n: number };
    return n;
  });

interface KeptKey {
  id: string;
  partner_id: string;
  customer_id: string;
  vendor: string;
  mode: string;
  box: Buffer;
}

/** Every opened account's key is kept, and opens what the platform has under that very id. Returns how many were looked at. */
export function assertKeys(world: World): number {
  const box = secretBox(world.masterKey);
  const kept = reading(
    join(world.dataDir, 'gateway.db'),
    (db) =>
      db
        .prepare(`select c.*, a.vendor_ref as opened_ref from account a left join credential c on c.id = a.credential_id
          where a.state in ('opened', 'ready')`)
        .all() as (KeptKey & { opened_ref: string })[],
  );
  return reading(join(world.platform.dataDir, 'platform.db'), (db) => {
    const team = db.prepare('select key_hash as hash from teams where id = ?');
    const organization = db.prepare('select server_key_hash as hash from kelviq_organizations where identifier = ?');
    for (const row of kept) {
      const about = ['credential', row.partner_id, row.customer_id, row.vendor, row.mode, row.id];
      const found = (row.vendor === 'scribeless' ? team : organization).get(row.opened_ref) as { hash: string } | undefined;
      assert.equal(sha256(box.open(row.box, about)).toString('hex'), found?.hash, `the key of ${row.opened_ref} does not open it`);
    }
    return kept.length;
  });
}
