import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import SqliteFile from 'better-sqlite3';
import { openDatabase } from '../../server/storage/database.ts';
import { type LogTables, leafDigest, logHeadSchema, logSchema } from '../../server/storage/log/leaves.ts';
import { type Before, buildBefore } from '../before.ts';
import { compare, median, type Row, verdictOf } from './world/harness.ts';

const size = 2_000_000;
/** Milliseconds that the first head may take. */
const most = 50;
const root = fileURLToPath(new URL('../..', import.meta.url));
const child = fileURLToPath(new URL('./world/heading.child.ts', import.meta.url));

/** The first head after a restart of a log of two million leaves, opened by a process of its own, beside the build before. */
export async function heading(say: (line: string) => void): Promise<Row[]> {
  const before = await buildBefore();
  if (typeof before === 'string') {
    say(`${before} The first head is not compared.`);
    return [];
  }
  const folder = await mkdtemp(join(process.cwd(), '.bench-'));
  try {
    const file = join(folder, 'log.db');
    const key = randomBytes(32);
    await makeLog(file);
    const first = await headBy({ folder: root, node: process.execPath }, file, key);
    say(`${size.toLocaleString('en')} leaves, of which none was proven, as an earlier version leaves them: ${Math.round(first)} ms, once.`);
    const ours: number[] = [];
    const rows = await compare({
      what: `First head after a restart, ${size.toLocaleString('en')} leaves`,
      unit: 'ms',
      rounds: 3,
      ours: async () => {
        const took = await headBy({ folder: root, node: process.execPath }, file, key);
        ours.push(took);
        return took;
      },
      yardsticks: [{ name: 'the build before', measure: () => headBy(before, file, key) }],
    });
    return rows.map((row) => ({ ...row, target: `≤ ${most} ms`, verdict: verdictOf(median(ours), { atMost: most }) }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A log as the builds before wrote it, with the tables of this one beside it. */
async function makeLog(file: string): Promise<void> {
  const schema = {
    log: {
      up: async (db: Parameters<typeof logHeadSchema.execute>[0]) => {
        for (const each of [...logSchema, logHeadSchema]) await each.execute(db);
      },
    },
  };
  await (await openDatabase<LogTables>(file, schema)).close();
  const db = new SqliteFile(file);
  db.pragma('synchronous = OFF');
  const insert = db.prepare('insert into log_leaf (seq, at, kind, partner_id, leaf, hash) values (?, ?, ?, ?, ?, ?)');
  const partner = 'prt_0123456789abcdefghjkmnpq';
  db.transaction(() => {
    for (let seq = 0; seq < size; seq++) {
      const about = { jti: `jti${seq}`, widget: 'onboarding' };
      const leaf = JSON.stringify({ v: 1, at: seq, kind: 'token.minted', partner, actor: 'key_0123456789abcdefghjkmnpq', about });
      insert.run(seq, seq, 'token.minted', partner, leaf, leafDigest(leaf));
    }
  })();
  db.close();
}

async function headBy({ folder, node }: Before, file: string, key: Buffer): Promise<number> {
  const args = ['--import', join(folder, 'server/node.js'), child, folder, file, key.toString('hex')];
  const { stdout } = await promisify(execFile)(node, args, { cwd: folder });
  return Number(stdout);
}
