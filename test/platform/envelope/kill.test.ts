import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

test('killed while provisioning, every customer is there whole or not at all, what was answered is there, and each mail goes out once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-kill-'));
  const key = randomBytes(32);
  const answered: { team: string[]; server: string[]; token: string[] } = { team: [], server: [], token: [] };
  for (const round of [1, 2, 3]) {
    const child = fork(new URL('../world/platform.child.ts', import.meta.url), [dataDir, key.toString('hex')]);
    const [started] = (await once(child, 'message')) as [Pick<StartedPlatform, 'url' | 'keys'>];
    const gone = once(child, 'exit');
    let answers = 0;
    const customer = async (n: number): Promise<void> => {
      const email = `c${n}@round${round}.example`;
      const team = { email, firstName: 'A', lastName: 'B', companyName: 'C' };
      const opened = await call(started, 'POST', '/api/partner/teams', { 'X-API-Key': started.keys.scribeless }, team);
      answered.team.push((opened.json.apiKey as { key: string }).key);
      const organization = { externalId: `${round}-${n}`, email };
      const joined = await call(
        started,
        'POST',
        '/api/v1/partner/organizations/',
        { 'X-Kelviq-Partner-Key': started.keys.kelviq },
        organization,
      );
      answered.server.push(String(joined.json.serverKey));
      const bearer = { Authorization: `Bearer ${joined.json.serverKey}` };
      const made = await call(started, 'POST', '/api/v1/team/tokens', bearer, { name: 'Only one', abilities: ['intel:read'] });
      answered.token.push((made.json.token as { token: string }).token);
      if (++answers === 10 * round) child.kill('SIGKILL');
    };
    // Calls that the kill cut off fail; what they did is what this test looks at.
    const line = async (first: number) => {
      for (let n = first; child.exitCode === null && child.signalCode === null; n += 6) await customer(n).catch(() => undefined);
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(line));
    await gone;
  }

  const platform = await startPlatform({ dataDir, key, now: Date.UTC(2026, 10, 22) });
  await platform.runJobs();
  while (waiting(dataDir) > 0) await platform.runJobs();
  const { teams, kelviq } = platform.counts();
  const files = (await readdir(join(dataDir, 'outbox'))).filter((name) => name.endsWith('.eml'));
  assert.equal(files.length, teams + kelviq);
  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const count = (sql: string, ...values: unknown[]) => (db.prepare(sql).get(...values) as { n: number }).n;
  assert.equal(count(`select count(*) as n from invitations where dialect = 'scribeless'`), teams);
  assert.equal(count(`select count(*) as n from invitations where dialect = 'kelviq'`), kelviq);
  assert.equal(count('select count(*) as n from organizations where id not in (select organization_id from teams)'), 0);
  const organizations = count('select count(*) as n from organizations');
  assert.equal(count('select count(*) as n from subscribr_teams where organization_id is not null'), organizations);
  const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');
  for (const secret of answered.team) assert.equal(count('select count(*) as n from teams where key_hash = ?', hash(secret)), 1);
  for (const secret of answered.server)
    assert.equal(count('select count(*) as n from kelviq_organizations where server_key_hash = ?', hash(secret)), 1);
  for (const secret of answered.token) assert.equal(count('select count(*) as n from subscribr_tokens where hash = ?', hash(secret)), 1);
  assert.ok(answered.token.length >= 60);
  db.close();
  await platform.close();
  await rm(dataDir, { recursive: true });
});

function waiting(dataDir: string): number {
  const db = new SqliteFile(join(dataDir, 'platform.db'), { readonly: true });
  const { n } = db.prepare('select count(*) as n from outbox where delivered_at is null').get() as { n: number };
  db.close();
  return n;
}
