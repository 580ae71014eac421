import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { vaultedOf } from '../vault/vault-stage.ts';
import { create, meddle, partner, rows } from '../world/envelopes.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

/** Which paths break while one row says something else than was written, and what the operator is told. */
async function brokenBy(table: string, where: string, change: string, paths: readonly string[]) {
  const [column = ''] = change.split(' ');
  const [row] = rows<Record<string, string | Buffer>>(platform, `select ${column} from ${table} where ${where}`);
  const before = row?.[column];
  assert.ok(before !== undefined && before !== null, `${table}.${column}`);
  meddle(platform, `update ${table} set ${change} where ${where}`);
  const statuses = [];
  for (const path of paths) {
    const answer = await partner(platform, 'GET', path);
    statuses.push(answer.status);
    if (answer.status === 500) assert.ok(!answer.text.includes('damaged'), 'callers are told nothing of what is inside');
  }
  const written = Buffer.isBuffer(before) ? `x'${before.toString('hex')}'` : `'${before.replaceAll("'", "''")}'`;
  meddle(platform, `update ${table} set ${column} = ${written} where ${where}`);
  for (const path of paths) assert.equal((await partner(platform, 'GET', path)).status, 200, path);
  return { statuses, told: [...new Set(platform.reported.splice(0).map(String))] };
}

test('what an envelope’s row says of its files and its end is served as it was written, or not at all; a list goes on', async () => {
  const id = await vaultedOf(platform);
  const row = `id = '${id}'`;
  const paths = [id, `${id}/vault/signed-url`, ''];
  for (const [change, place] of [
    [`sealed = json_set(sealed, '$.sha256', 'made up')`, 'sealed, is damaged at /sha256'],
    [`copy = json_remove(copy, '$.address')`, 'copy, is damaged at /address'],
    [`custody = '{"address":'`, 'custody, is damaged'],
    [`document = json_set(document, '$.uploadSha256', 7)`, 'document, is damaged at /uploadSha256'],
    [`compliance = json_set(compliance, '$.compliant', 'yes')`, 'compliance, is damaged at /compliant'],
  ] as const) {
    // A text that is no JSON cannot be read in a list either.
    const { statuses, told } = await brokenBy('envelopes', row, change, place.includes('/') ? paths : paths.slice(0, 2));
    assert.deepEqual(statuses, place.includes('/') ? [500, 500, 200] : [500, 500], change);
    assert.deepEqual(told, [`DamagedRecord: What is recorded of ${id}, ${place}.`]);
  }
});

test('how a signer was reached, and what an event tells, is named where it was changed, and nothing is made of it', async () => {
  const id = await vaultedOf(platform);
  const signers = rows<{ id: string }>(platform, 'select id from signers where envelope_id = ?', id);
  const made = await brokenBy('signers', `id = '${signers[0]?.id}'`, `reached = json_set(reached, '$.assurance', 'by-heart')`, [id]);
  assert.deepEqual(made, {
    statuses: [500],
    told: [`DamagedRecord: What is recorded of the signer ${signers[0]?.id} is damaged at /assurance.`],
  });
  const [event] = rows<{ id: string }>(platform, `select id from envelope_events where envelope_id = ? and kind = 'vault.stored'`, id);
  const where = `id = '${event?.id}'`;
  const flipped = await brokenBy('envelope_events', where, `told = cast(told || x'00' as blob)`, [id, `${id}/compliance`]);
  assert.deepEqual(flipped.told, [`DamagedRecord: What is recorded of the event ${event?.id} is damaged.`]);
  assert.deepEqual(flipped.statuses, [500, 500]);
});

test('the answer to an erasure is given again as it was, or not', async () => {
  await create(platform, { customer_email: 'mina@harbor.example' });
  await vaultedOf(platform, { signers: [{ email: 'ben@harbor.example', name: 'Ben' }] });
  const erase = () => partner(platform, 'POST', '/api/v2/partner/erasures', { email: 'ben@harbor.example' });
  assert.equal((await erase()).status, 200);
  const [person] = rows<{ id: string }>(platform, 'select id from people where erasure is not null');
  meddle(platform, `update people set erasure = json_set(erasure, '$.envelopes', 'none') where id = '${person?.id}'`);
  assert.equal((await erase()).status, 500);
  assert.deepEqual(platform.reported.splice(0).map(String), [
    `DamagedRecord: What is recorded of the erasure of ${person?.id} is damaged at /envelopes.`,
  ]);
});
