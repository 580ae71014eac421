import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { rootOf } from '../../platform/log/second-log.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';

interface AuditList {
  items: { seq: number; kind: string; at: number; leaf: string; hash: string; about?: object }[];
  checkpoint: string;
}

const audit = async (gateway: StartedGateway, id: string) => {
  const answer = await gateway.admin('GET', `/api/v1/admin/partners/${id}/audit?limit=100`);
  return { status: answer.status, json: (await answer.json()) as AuditList & { code?: string; detail?: string } };
};
const ready = async (gateway: StartedGateway) => {
  const answer = await fetch(`${gateway.url}/readyz`);
  return { status: answer.status, faults: ((await answer.json()) as { faults: { check: string; detail: string }[] }).faults };
};
function meddle(dataDir: string, sql: string): void {
  const db = new SqliteFile(join(dataDir, 'gateway.db'));
  db.exec(sql);
  db.close();
}
const leavesOf = (dataDir: string): string[] => {
  const db = new SqliteFile(join(dataDir, 'gateway.db'), { readonly: true });
  const leaves = db.prepare('select leaf from log_leaf order by seq').pluck().all() as string[];
  db.close();
  return leaves;
};
async function folder(t: TestContext): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-audit-'));
  t.after(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  return dataDir;
}

test('whoever reads the audit can check it alone: text, hash and place of each leaf, and the head of them all', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.close());
  const { id } = await gateway.partner({ origins: ['https://portal.example'] });
  const { items, checkpoint } = (await audit(gateway, id)).json;
  assert.ok(items.length >= 3);
  for (const { seq, leaf, hash, ...said } of items) {
    assert.equal(hash, createHash('sha256').update(Buffer.of(0)).update(leaf).digest('base64'));
    assert.deepEqual(JSON.parse(leaf), { seq, ...said });
  }
  // Those of the gateway itself, such as a new signing key, are no partner's.
  const [, size, root] = checkpoint.split('\n');
  const leaves = leavesOf(gateway.dataDir);
  for (const { seq, leaf } of items) assert.equal(leaves[seq], leaf);
  assert.deepEqual([Number(size), root], [leaves.length, rootOf(leaves).toString('base64')]);
  assert.deepEqual(await ready(gateway), { status: 200, faults: [] });
});

test('a leaf that is changed while the gateway runs is not given away: the audit is refused, and /readyz names the leaf', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.close());
  const { id } = await gateway.partner({});
  meddle(gateway.dataDir, `update log_leaf set leaf = replace(leaf, 'partner.created', 'partner.deleted') where kind = 'partner.created'`);
  const { status, json } = await audit(gateway, id);
  assert.deepEqual([status, json.code], [503, 'log-changed']);
  assert.match(json.detail ?? '', /^Leaf \d+ of the log is not what was written/);
  const red = await ready(gateway);
  assert.deepEqual([red.status, red.faults[0]?.check, red.faults[0]?.detail], [503, 'log', json.detail]);
  assert.match(String(gateway.reported[0]), /^LogChanged: Leaf \d+ of the log/);
});

test('leaves that changed places in the file are found after the start by themselves', async (t) => {
  const dataDir = await folder(t);
  const first = await startGateway({ dataDir });
  const { id } = await first.partner({ origins: ['https://portal.example'] });
  assert.equal((await audit(first, id)).status, 200);
  await first.close();
  meddle(
    dataDir,
    `update log_leaf set (at, kind, leaf, hash) = (select at, kind, leaf, hash from log_leaf as other where other.seq = 1 - log_leaf.seq) where seq < 2`,
  );
  const gateway = await startGateway({ dataDir, masterKey: first.masterKey });
  t.after(() => gateway.close());
  const detail = await eventually(async () => (await ready(gateway)).faults[0]?.detail);
  assert.match(detail, /^Leaf 0 of the log is not what was written/);
  assert.equal((await audit(gateway, id)).status, 503);
});
