import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, partner, rows, signerOf } from '../world/envelopes.ts';
import { acknowledge, bytesAt, damage, filesOn, hashOf, keptOf, linkTo, paperVaulted, type ReleaseData, release } from './vault-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

const statusOf = async (id: string) => dataOf(await partner(platform, 'GET', id)).status;
const kinds = (id: string) => eventsOf(platform, id).map(({ kind }) => kind);
const hours = (count: number) => count * 3_600_000;

test('vault-out freezes the authoritative copy and hands it out byte for byte until it is acknowledged', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const earlier = await linkTo(platform, id);
  const released = await release(platform, id);
  assert.deepEqual([released.status, released.acknowledge_by], ['released', new Date(platform.clock.now + hours(72)).toISOString()]);
  assert.equal(await statusOf(id), 'released');
  assert.deepEqual(await bytesAt(released.export_url), bytes);
  const frozen = await partner(platform, 'GET', `${id}/vault/signed-url`);
  assert.deepEqual(frozen.json, { error: 'The authoritative copy is frozen until its release is acknowledged, or lapses.' });
  assert.equal(frozen.status, 409);
  assert.equal((await fetch(earlier.signed_url)).status, 409);
  const copy = await linkTo(platform, id, 'vault/copy/signed-url');
  assert.equal((await fetch(copy.signed_url)).status, 200);
});

test('the same release may be asked for again, another one not', async () => {
  const { id } = await paperVaulted(platform);
  const first = await release(platform, id);
  platform.clock.now += hours(1);
  assert.deepEqual(await release(platform, id), first);
  const other = await partner(platform, 'POST', `${id}/vault-out`, { reason: 'Assignment', recipient: 'Another Bank' });
  assert.deepEqual([other.status, other.json], [409, { error: 'The envelope is released and cannot become released.' }]);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.released').length, 1);
});

test('asked ten times at once it is released once', async () => {
  const { id } = await paperVaulted(platform);
  const answers = await Promise.all(Array.from({ length: 10 }, () => release(platform, id)));
  assert.equal(new Set(answers.map(({ export_url }) => export_url)).size, 1);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.released').length, 1);
});

test('a release needs a reason, a recipient and a vaulted envelope whose file is whole', async () => {
  const { id } = await paperVaulted(platform);
  const faulty = await partner(platform, 'POST', `${id}/vault-out`, { reason: ' ', recipient: 7 });
  assert.deepEqual(
    [faulty.status, (faulty.json.details as { pointer: string }[]).map(({ pointer }) => pointer)],
    [422, ['/reason', '/recipient']],
  );
  const unsigned = await create(platform);
  const early = await partner(platform, 'POST', `${unsigned}/vault-out`, { reason: 'Assignment', recipient: 'Quay Bank' });
  assert.deepEqual([early.status, early.json], [409, { error: 'The envelope is sent and cannot become released.' }]);
  const authoritative = keptOf(platform, id).authoritative;
  assert.ok(authoritative);
  const repair = damage(platform, authoritative);
  const damaged = await partner(platform, 'POST', `${id}/vault-out`, { reason: 'Assignment', recipient: 'Quay Bank' });
  assert.equal(damaged.status, 500);
  assert.equal(platform.reported.splice(0).length, 1);
  assert.equal(await statusOf(id), 'vaulted');
  repair();
  assert.equal((await release(platform, id)).status, 'released');
});

test('the right hash destroys the key and the files and leaves a tombstone; a wrong one destroys nothing', async () => {
  const id = await create(platform);
  const signer = await signerOf(platform, id, 'ada@shop.example');
  assert.equal((await signer('GET', '')).status, 200);
  await complete(platform, id);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  assert.equal((await signer('GET', '/document')).status, 200);
  const early = await linkTo(platform, id);
  const copy = await linkTo(platform, id, 'vault/copy/signed-url');
  const { export_url } = await release(platform, id);
  const exported = await bytesAt(export_url);
  const wrong = await acknowledge(platform, id, hashOf(Buffer.from('another file')));
  assert.deepEqual([wrong.status, (wrong.json.details as { pointer: string }[])[0]?.pointer], [422, '/sha256']);
  assert.deepEqual(await bytesAt(export_url), exported);

  const kept = keptOf(platform, id);
  const answer = await acknowledge(platform, id, hashOf(exported).toUpperCase());
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(dataOf<object>(answer), {
    envelope_id: id,
    status: 'released',
    acknowledged_at: new Date(platform.clock.now).toISOString(),
    recipient: 'Quay Bank',
    document_hash: hashOf(exported),
    destroyed: {
      content_key: true,
      files: (['authoritative', 'document', 'copy', 'custody'] as const).map((kind) => ({ kind, sha256: kept[kind]?.sha256 })),
    },
  });
  assert.deepEqual(rows(platform, 'select wrapped_key, controller from envelopes where id = ?', id), [
    { wrapped_key: null, controller: null },
  ]);

  for (const url of [early.signed_url, copy.signed_url, export_url]) assert.equal((await fetch(url)).status, 410);
  for (const path of ['vault/signed-url', 'vault/copy/signed-url', 'vault/certificate']) {
    const { status, json } = await partner(platform, 'GET', `${id}/${path}`);
    assert.equal(status, 410, path);
    assert.match(String(json.error), /its receiver has acknowledged it/);
  }
  assert.equal((await signer('GET', '/document')).status, 410);
  assert.equal((await signer('GET', '')).status, 200);
  assert.equal(await statusOf(id), 'released');

  platform.clock.now += hours(1);
  const again = await acknowledge(platform, id, hashOf(exported));
  assert.deepEqual([again.status, again.json], [200, answer.json]);
  assert.equal((await acknowledge(platform, id, hashOf(Buffer.from('x')))).status, 422);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.acknowledged').length, 1);

  await platform.runJobs();
  const left = new Set(filesOn(platform));
  for (const file of Object.values(kept)) assert.ok(file && !left.has(file.address));
  assert.deepEqual(platform.reported, []);
});

test('the wrapped key is in no file of the database once the jobs have run', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const [row] = rows<{ wrapped_key: Buffer }>(platform, 'select wrapped_key from envelopes where id = ?', id);
  const key = Buffer.from(row?.wrapped_key ?? []);
  const holding = () =>
    readdirSync(platform.dataDir).filter(
      (name) => name.startsWith('platform.db') && readFileSync(join(platform.dataDir, name)).includes(key),
    );
  assert.equal(key.length, 60);
  assert.notDeepEqual(holding(), []);
  await release(platform, id);
  assert.equal((await acknowledge(platform, id, hashOf(bytes))).status, 200);
  await platform.runJobs();
  assert.deepEqual(holding(), []);
});

test('a release that nobody acknowledges in time lapses: by the clock at once, in the record when the job runs', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const { export_url } = await release(platform, id);
  platform.clock.now += hours(72) - 1;
  assert.equal(await statusOf(id), 'released');
  platform.clock.now += 1_000;
  assert.equal(await statusOf(id), 'vaulted');
  const late = await acknowledge(platform, id, hashOf(bytes));
  assert.deepEqual([late.status, late.json], [409, { error: 'The envelope is vaulted; there is no release to acknowledge.' }]);
  assert.equal((await fetch(export_url)).status, 410);
  assert.deepEqual(await bytesAt((await linkTo(platform, id)).signed_url), bytes);
  assert.ok(!kinds(id).includes('vault.lapsed'));
  await platform.runJobs();
  await platform.runJobs();
  assert.equal(kinds(id).filter((kind) => kind === 'vault.lapsed').length, 1);
  assert.equal(await statusOf(id), 'vaulted');
});

test('what lapsed can be released anew, to somebody else, before the job has written the lapse', async () => {
  const { id, bytes } = await paperVaulted(platform);
  await release(platform, id);
  platform.clock.now += hours(73);
  const answer = await partner(platform, 'POST', `${id}/vault-out`, { reason: 'Assignment', recipient: 'Another Bank' });
  assert.equal(answer.status, 200, answer.text);
  const { export_url } = dataOf<ReleaseData>(answer);
  assert.deepEqual(
    kinds(id).filter((kind) => /released|lapsed/.test(kind)),
    ['vault.released', 'vault.lapsed', 'vault.released'],
  );
  assert.deepEqual(await bytesAt(export_url), bytes);
  assert.equal((await acknowledge(platform, id, hashOf(bytes))).status, 200);
});

test('a file that nothing names goes into quarantine when it is an hour old, and is deleted after 30 days; nothing else is', async () => {
  const envelope = await paperVaulted(platform);
  const document = { filename: 'lease.pdf', content_base64: envelope.bytes.toString('base64') };
  const fields = [{ type: 'signature', signer: 'Lessee', page: 1, x: 0.1, y: 0.1, width: 0.3, height: 0.1 }];
  assert.equal((await partner(platform, 'POST', '/api/v2/partner/templates', { name: 'Lease', document, fields })).status, 201);
  await platform.runJobs();
  const before = filesOn(platform);
  const folder = join(platform.dataDir, 'blobs', 'ab');
  mkdirSync(folder, { recursive: true });
  const address = `ab${'0'.repeat(62)}`;
  for (const name of [address, '.unfinished']) writeFileSync(join(folder, name), 'left by a crash');
  platform.clock.now = Date.now();
  await platform.runJobs();
  assert.ok(filesOn(platform).includes(address) && readdirSync(folder).includes('.unfinished'));
  platform.clock.now += hours(2);
  await platform.runJobs();
  assert.deepEqual(filesOn(platform).sort(), before.sort());
  assert.ok(!readdirSync(folder).includes('.unfinished'));
  const aside = join(platform.dataDir, 'quarantine');
  assert.deepEqual(readdirSync(aside).sort(), [address, `${address}.json`]);
  assert.match(readFileSync(join(aside, `${address}.json`), 'utf8'), /"reason":"platform\.db does not name it"/);
  platform.clock.now += 30 * hours(24) - 1;
  await platform.runJobs();
  assert.equal(readdirSync(aside).length, 2);
  platform.clock.now += hours(1);
  await platform.runJobs();
  assert.deepEqual(readdirSync(aside), []);
  assert.deepEqual(filesOn(platform).sort(), before.sort());
  assert.deepEqual(platform.reported, []);
});

test('who reads while it is destroyed gets the file or is told that it is gone; nothing is called damaged', async () => {
  const { id, bytes } = await paperVaulted(platform);
  const { signed_url } = await linkTo(platform, id, 'vault/copy/signed-url');
  const { export_url } = await release(platform, id);
  let stop = false;
  const statuses = new Set<number>();
  const reader = async (url: string) => {
    while (!stop) {
      const response = await fetch(url);
      await response.arrayBuffer();
      statuses.add(response.status);
    }
  };
  const readers = [signed_url, export_url, signed_url, export_url].map(reader);
  await eventually(async () => statuses.has(200));
  assert.equal((await acknowledge(platform, id, hashOf(bytes))).status, 200);
  await platform.runJobs();
  await eventually(async () => statuses.has(410));
  stop = true;
  await Promise.all(readers);
  assert.deepEqual(statuses, new Set([200, 410]));
  assert.ok(!kinds(id).includes('vault.tampered'));
  assert.deepEqual(platform.reported, []);
});
