import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, meddle, partner, rows } from '../world/envelopes.ts';
import { acknowledge, damage, hashOf, keptOf, paperVaulted, release, uploadedTo, vaultedOf } from './vault-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface ComplianceData {
  readonly envelope_id: string;
  readonly compliant: boolean;
  readonly score: number;
  readonly checked_at: string;
  readonly checks: readonly { requirement: string; ucc_reference: string; satisfied: boolean; detail: string }[];
}
const check = async (id: string): Promise<ComplianceData> => {
  const answer = await partner(platform, 'GET', `${id}/compliance`);
  assert.equal(answer.status, 200, answer.text);
  return dataOf<ComplianceData>(answer);
};
/** Which of the eight fail, counted from 1. */
const failing = ({ checks }: ComplianceData): number[] => checks.flatMap(({ satisfied }, i) => (satisfied ? [] : [i + 1]));
const kinds = (id: string) => eventsOf(platform, id).map(({ kind }) => kind);
const verdicts = (id: string) => kinds(id).filter((kind) => kind.startsWith('vault.compliance'));
const compliantOf = async (id: string) => dataOf<{ compliant: boolean }>(await partner(platform, 'GET', id)).compliant;

test('what was signed here and vaulted satisfies all eight, with the section of the law and a sentence for each', async () => {
  const id = await vaultedOf(platform);
  const found = await check(id);
  assert.deepEqual([found.envelope_id, found.compliant, found.score], [id, true, 100]);
  assert.equal(found.checked_at, new Date(platform.clock.now).toISOString());
  assert.deepEqual(
    found.checks.map(({ ucc_reference }) => ucc_reference.replace('UCC ', '')),
    ['9-105(b)(1)', '9-105(b)(1)', '9-105(b)(2)', '9-102(a)(7)', '9-105(b)(3)', '9-105(b)(4)', '9-105(b)(5)', '9-105(b)(6)'],
  );
  for (const { requirement, detail } of found.checks) assert.match(detail, /^[A-Z].*\.$/, requirement);
  assert.deepEqual(verdicts(id), ['vault.compliance.passed']);
  assert.equal(await compliantOf(id), true);
});

test('so does a paper', async () => {
  const { id } = await paperVaulted(platform);
  assert.deepEqual(failing(await check(id)), []);
});

test('before it is vaulted it fails what only the vault can give, and nothing is kept of that', async () => {
  const id = await create(platform);
  assert.deepEqual(failing(await check(id)), [1, 2, 3, 4, 5, 6, 7, 8]);
  await complete(platform, id);
  const found = await check(id);
  assert.deepEqual(failing(found), [1, 2, 3, 5, 6, 7, 8]);
  assert.deepEqual([found.compliant, found.score], [false, 12]);
  assert.deepEqual(verdicts(id), []);
  const paper = await uploadedTo(platform);
  assert.deepEqual(failing(await check(paper.id)), [1, 2, 3, 5, 6, 7, 8]);
});

test('a damaged file fails the checks that look at it, and the record says when that changes', async () => {
  const { id } = await paperVaulted(platform);
  const { authoritative, copy } = keptOf(platform, id);
  assert.ok(authoritative && copy);
  const repair = damage(platform, authoritative);
  assert.deepEqual(failing(await check(id)), [1, 2, 5, 8]);
  assert.deepEqual(failing(await check(id)), [1, 2, 5, 8]);
  assert.equal(await compliantOf(id), false);
  repair();
  const repairCopy = damage(platform, copy);
  assert.deepEqual(failing(await check(id)), [7]);
  repairCopy();
  assert.deepEqual(failing(await check(id)), []);
  assert.deepEqual(verdicts(id), ['vault.compliance.passed', 'vault.compliance.failed', 'vault.compliance.passed']);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.tampered').length, 2);
  assert.deepEqual(platform.reported, []);
});

test('each requirement looks for itself: without a controller, a signature, the copy or the acts of control it fails', async () => {
  const id = await vaultedOf(platform);
  const [saved] = rows<{ controller: string; copy: string; sealed: string }>(
    platform,
    'select controller, copy, sealed from envelopes where id = ?',
    id,
  );
  assert.ok(saved);
  const spoiled = async (sql: string, mended: string) => {
    meddle(platform, sql);
    const found = failing(await check(id));
    meddle(platform, mended);
    assert.deepEqual(failing(await check(id)), []);
    return found;
  };
  const set = (column: string, value: string | null) =>
    `update envelopes set ${column} = ${value === null ? 'null' : `'${value}'`} where id = '${id}'`;
  assert.deepEqual(await spoiled(set('controller', null), set('controller', saved.controller)), [3, 5]);
  assert.deepEqual(await spoiled(set('copy', null), set('copy', saved.copy)), [7]);
  assert.deepEqual(await spoiled(set('copy', saved.sealed), set('copy', saved.copy)), [7]);
  const signer = (state: string) => `update signers set state = '${state}' where envelope_id = '${id}'`;
  assert.deepEqual(await spoiled(signer('consented'), signer('signed')), [4]);
  const event = (from: string, to: string) => `update envelope_events set kind = '${to}' where kind = '${from}' and envelope_id = '${id}'`;
  assert.deepEqual(await spoiled(event('vault.stored', 'vault.unknown'), event('vault.unknown', 'vault.stored')), [1, 6]);
});

test('frozen it complies still; once it has left it does not, and a lapse gives it back', async () => {
  const { id, bytes } = await paperVaulted(platform);
  await release(platform, id);
  assert.deepEqual(failing(await check(id)), []);
  platform.clock.now += 73 * 3_600_000;
  assert.deepEqual(failing(await check(id)), []);
  await platform.runJobs();
  assert.deepEqual(failing(await check(id)), []);
  await release(platform, id);
  assert.equal((await acknowledge(platform, id, hashOf(bytes))).status, 200);
  const gone = await check(id);
  assert.deepEqual([gone.compliant, gone.checks[0]?.detail], [false, 'The authoritative copy has left this vault.']);
  assert.deepEqual(failing(gone), [1, 2, 3, 5, 6, 7, 8]);
  assert.equal(await compliantOf(id), false);
});

test('what was read of it is not gone through again at each check, however often that was', async () => {
  const { id } = await paperVaulted(platform);
  // Nobody could open these: a check that looked into them would fail.
  meddle(
    platform,
    `with recursive counted (i) as (select 1 union all select i + 1 from counted where i < 1000)
     insert into envelope_events (id, envelope_id, ordinal, at, kind, salt, told)
     select 'evt_read' || i, '${id}', 1000 + i, 0, 'vault.read', x'', x'00' from counted`,
  );
  assert.deepEqual(failing(await check(id)), []);
  const { copy } = keptOf(platform, id);
  damage(platform, copy ?? assert.fail());
  assert.deepEqual(failing(await check(id)), [7]);
  assert.deepEqual(platform.reported, []);
});
