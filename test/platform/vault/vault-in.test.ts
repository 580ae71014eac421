import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { eventually } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, eventsOf, meddle, partner, rows, sign } from '../world/envelopes.ts';
import { filesOn, uploadedTo } from './vault-stage.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

interface FileAnswer {
  readonly signed_url: string;
  readonly filename: string;
  readonly expires_in: number;
  readonly expires_at: string;
}
interface Kept {
  readonly address: string;
  readonly sha256: string;
  readonly size: number;
}
const completed = async (over: Record<string, unknown> = {}, on = platform): Promise<string> => {
  const id = await create(on, over);
  await complete(on, id);
  return id;
};
const vault = (id: string, on = platform) => partner(on, 'POST', `${id}/vault-in-signed`);
const vaulted = async (): Promise<string> => {
  const id = await completed();
  assert.equal((await vault(id)).status, 200);
  return id;
};
const link = async (id: string, path = 'vault/signed-url') => dataOf<FileAnswer>(await partner(platform, 'GET', `${id}/${path}`));
const keptOf = (id: string) => {
  const [row] = rows<{ sealed: string; copy: string }>(platform, 'select sealed, copy from envelopes where id = ?', id);
  return { sealed: JSON.parse(row?.sealed ?? 'null') as Kept, copy: JSON.parse(row?.copy ?? 'null') as Kept };
};
const blobOf = ({ address }: Kept) => join(platform.dataDir, 'blobs', address.slice(0, 2), address);
const blobs = async () =>
  (await readdir(join(platform.dataDir, 'blobs'), { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name)).length;
const kinds = (id: string) => eventsOf(platform, id).map(({ kind }) => kind);
/** By hand: fetch asks caches for nothing old as soon as it is given a validator. */
const statusOf = async (url: string, headers: Record<string, string>): Promise<number> => {
  const { statusCode, body } = await request(url, { headers });
  await body.dump();
  return statusCode;
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('until everybody has signed there is nothing to vault, and until it is vaulted nothing to download', async () => {
  const id = await create(platform);
  const early = await vault(id);
  assert.deepEqual([early.status, early.json], [409, { error: 'The envelope is sent and cannot become vaulted.' }]);
  await complete(platform, id);
  for (const path of ['vault/signed-url', 'vault/copy/signed-url']) {
    const { status, json } = await partner(platform, 'GET', `${id}/${path}`);
    assert.deepEqual([status, json], [404, { error: 'The envelope is not vaulted.' }]);
  }
});

test('asked ten times at once it is vaulted once: one copy, one custody record, one event; asked again nothing changes', async () => {
  const id = await completed();
  const before = await blobs();
  platform.clock.now += 1_000;
  const answers = await Promise.all(Array.from({ length: 10 }, () => vault(id)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.ok(answers.every((answer) => dataOf(answer).status === 'vaulted' && dataOf(answer).vaulted));
  assert.equal(await blobs(), before + 2);
  const kept = keptOf(id);
  const again = await vault(id);
  assert.deepEqual([again.status, dataOf(again).vaulted_at], [200, new Date(platform.clock.now).toISOString()]);
  assert.deepEqual(keptOf(id), kept);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.stored').length, 1);
});

test('a vaulting that fails at its last line can be asked again', async () => {
  const id = await completed();
  meddle(platform, `create trigger full before insert on log_leaf begin select raise(abort, 'disk full'); end`);
  const failed = await vault(id);
  meddle(platform, 'drop trigger full');
  assert.equal(failed.status, 500);
  assert.equal(platform.reported.splice(0).length, 1);
  assert.equal(dataOf(await partner(platform, 'GET', id)).status, 'completed');
  assert.equal(keptOf(id).copy, null);
  assert.equal(dataOf(await vault(id)).status, 'vaulted');
});

test('the addresses give the sealed file and the copy as files, and each reading is in the record', async () => {
  const id = await vaulted();
  const { sealed, copy } = keptOf(id);
  assert.notEqual(sealed.sha256, copy.sha256);
  for (const [path, kind, kept] of [
    ['vault/signed-url', 'authoritative', sealed],
    ['vault/copy/signed-url', 'copy', copy],
  ] as const) {
    const { signed_url, ...rest } = await link(id, path);
    assert.deepEqual(rest, {
      filename: `${id}_${kind}.pdf`,
      expires_in: 300,
      expires_at: new Date(platform.clock.now + 300_000).toISOString(),
      single_use: false,
    });
    assert.ok(signed_url.startsWith(`${platform.url}/files/${id}/${kind}?`));
    const response = await fetch(signed_url);
    assert.equal(response.status, 200);
    assert.equal(sha256(Buffer.from(await response.arrayBuffer())), kept.sha256);
    const headers = ['content-type', 'content-disposition', 'x-content-type-options', 'content-security-policy', 'cache-control', 'etag'];
    assert.deepEqual(
      headers.map((name) => response.headers.get(name)),
      ['application/pdf', `attachment; filename="${id}_${kind}.pdf"`, 'nosniff', 'sandbox', 'no-store', `"${kept.sha256}"`],
    );
    assert.deepEqual([eventsOf(platform, id).at(-1)?.kind, eventsOf(platform, id).at(-1)?.detail], ['vault.read', kind]);
  }
});

test('a file is given in parts, its length without a reading, and nothing to whoever has it', async () => {
  const id = await vaulted();
  const { signed_url } = await link(id);
  const { size, sha256: hash } = keptOf(id).sealed;
  const whole = Buffer.from(await (await fetch(signed_url)).arrayBuffer());
  const ask = async (headers: Record<string, string>, method = 'GET') => {
    const response = await fetch(signed_url, { headers, method });
    return { status: response.status, range: response.headers.get('content-range'), bytes: Buffer.from(await response.arrayBuffer()) };
  };
  for (const [range, first, last] of [
    ['bytes=0-9', 0, 9],
    ['bytes=10-', 10, size - 1],
    ['bytes=-5', size - 5, size - 1],
    [`bytes=5-${size * 2}`, 5, size - 1],
  ] as const) {
    const { status, range: given, bytes } = await ask({ Range: range });
    assert.deepEqual([status, given], [206, `bytes ${first}-${last}/${size}`], range);
    assert.deepEqual(bytes, whole.subarray(first, last + 1));
  }
  for (const range of [`bytes=${size}-`, 'bytes=-0']) assert.equal((await ask({ Range: range })).status, 416, range);
  for (const range of ['bytes=0-1,5-6', 'bytes=9-3', 'pages=1-2']) assert.equal((await ask({ Range: range })).status, 200, range);
  assert.equal((await ask({ Range: 'bytes=0-9', 'If-Range': '"another"' })).status, 200);
  assert.equal((await ask({ Range: 'bytes=0-9', 'If-Range': `"${hash}"` })).status, 206);
  const read = () => kinds(id).filter((kind) => kind === 'vault.read').length;
  const before = read();
  assert.equal(await statusOf(signed_url, { 'If-None-Match': `"${hash}"` }), 304);
  const head = await fetch(signed_url, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(size)]);
  assert.equal(read(), before);
});

test('an address is good for as long as was asked, for its own file only, and cannot be made', async () => {
  const id = await vaulted();
  const other = await vaulted();
  const short = dataOf<FileAnswer>(await partner(platform, 'GET', `${id}/vault/signed-url?expires=60`));
  assert.equal(short.expires_in, 60);
  for (const expires of ['59', '86401', 'x', '-1']) {
    const { status, json } = await partner(platform, 'GET', `${id}/vault/signed-url?expires=${expires}`);
    assert.deepEqual([status, (json.details as { pointer: string }[])[0]?.pointer], [422, '/expires']);
  }
  const forged = (change: (url: URL) => void) => {
    const url = new URL(short.signed_url);
    change(url);
    return fetch(url);
  };
  const strange = await Promise.all([
    forged((url) => url.searchParams.set('expires', '99999999999')),
    forged((url) => url.searchParams.set('signature', 'x'.repeat(43))),
    forged((url) => url.searchParams.delete('signature')),
    forged((url) => url.searchParams.set('account', 'acc_aaaaaaaaaaaaaaaaaaaaaaaa')),
    forged((url) => {
      url.pathname = `/files/${id}/copy`;
    }),
    forged((url) => {
      url.pathname = `/files/${other}/authoritative`;
    }),
    forged((url) => {
      url.pathname = `/files/${id}/source`;
    }),
  ]);
  assert.deepEqual(new Set(strange.map(({ status }) => status)), new Set([404]));
  assert.equal((await fetch(short.signed_url)).status, 200);
  platform.clock.now += 60_000;
  assert.equal((await fetch(short.signed_url)).status, 410);
});

test('a flipped byte in a kept file is refused, recorded and reported, and so is a file that is gone', async () => {
  const id = await vaulted();
  const { sealed, copy } = keptOf(id);
  const { signed_url } = await link(id);
  const bytes = await readFile(blobOf(sealed));
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(blobOf(sealed), bytes);
  const refused = await fetch(signed_url);
  assert.equal(refused.status, 500);
  assert.ok(!(await refused.text()).includes('%PDF'));
  assert.deepEqual(eventsOf(platform, id).at(-1), { kind: 'vault.tampered', signer_id: null, detail: sealed.address });
  assert.equal(platform.reported.splice(0).length, 1);
  const sound = await link(id, 'vault/copy/signed-url');
  assert.equal((await fetch(sound.signed_url)).status, 200);
  await writeFile(blobOf(copy), '');
  assert.equal((await fetch(sound.signed_url)).status, 500);
  assert.equal(kinds(id).filter((kind) => kind === 'vault.tampered').length, 2);
  assert.equal(platform.reported.splice(0).length, 1);
});

test('a sealed file that was changed before it is vaulted is not vaulted', async () => {
  const id = await completed();
  const { sealed } = keptOf(id);
  const bytes = await readFile(blobOf(sealed));
  await writeFile(blobOf(sealed), bytes.subarray(0, -1));
  assert.equal((await vault(id)).status, 500);
  assert.equal(platform.reported.splice(0).length, 1);
  assert.equal(kinds(id).at(-1), 'vault.tampered');
  await writeFile(blobOf(sealed), bytes);
  assert.equal(dataOf(await vault(id)).status, 'vaulted');
});

test("an envelope's files cannot be read without its own key, nor without its account's, and others still can", async () => {
  const [first, second] = [await vaulted(), await vaulted()];
  const [one, two] = [await link(first), await link(second)];
  meddle(platform, `update envelopes set wrapped_key = null where id = '${first}'`);
  assert.equal((await fetch(one.signed_url)).status, 500);
  assert.equal((await fetch(two.signed_url)).status, 200);
  const [saved] = rows<{ box: Buffer; account_id: string }>(platform, 'select * from wrapping_keys');
  meddle(platform, 'delete from wrapping_keys');
  assert.equal((await fetch(two.signed_url)).status, 500);
  meddle(platform, `insert into wrapping_keys values ('${saved?.account_id}', x'${saved?.box.toString('hex')}')`);
  assert.equal((await fetch(two.signed_url)).status, 200);
  assert.equal(platform.reported.splice(0).length, 2);
});

test('no file of an envelope lies on the disk in the clear, after signing, sealing and vaulting', async () => {
  await vaulted();
  const entries = await readdir(platform.dataDir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!bytes.includes('%PDF'), entry.name);
    assert.ok(!bytes.includes('Lease of berth'), entry.name);
  }
});

test('with PLATFORM_VAULT=auto what is completed is vaulted by itself, also after a restart that came in between', async (t) => {
  const auto = await startPlatform({ vaulting: 'auto' });
  t.after(() => auto.close());
  const id = await create(auto);
  await sign(auto, id, 'ada@shop.example');
  await auto.runJobs();
  assert.equal(dataOf(await partner(auto, 'GET', id)).status, 'vaulted');
  const waiting = await completed();
  const later = await startPlatform({ dataDir: platform.dataDir, key: platform.key, vaulting: 'auto' });
  t.after(() => later.close());
  await later.runJobs();
  assert.equal(dataOf(await partner(later, 'GET', waiting)).status, 'vaulted');
});

test('with PLATFORM_VAULT=auto an uploaded paper is vaulted as well, and what was killed before its verdict gets one', async (t) => {
  const auto = await startPlatform({ vaulting: 'auto' });
  t.after(() => auto.close());
  const { id } = await uploadedTo(auto);
  await auto.runJobs();
  const { status, compliant } = dataOf(await partner(auto, 'GET', id));
  assert.deepEqual([status, compliant], ['vaulted', true]);
  meddle(auto, `update envelopes set compliance = null where id = '${id}'`);
  await auto.runJobs();
  assert.equal(dataOf(await partner(auto, 'GET', id)).compliant, true);
  assert.deepEqual(auto.reported, []);
});

test('a paper that is withdrawn while the platform takes it in by itself is no breakage', async (t) => {
  const auto = await startPlatform({ vaulting: 'auto' });
  t.after(() => auto.close());
  const { id } = await uploadedTo(auto);
  const before = filesOn(auto).length;
  const running = auto.runJobs();
  // The copy is on the disk, and what goes before the transaction is not done yet.
  await eventually(async () => filesOn(auto).length > before);
  meddle(auto, `update envelopes set state = 'voided' where id = '${id}'`);
  await running;
  assert.equal(dataOf(await partner(auto, 'GET', id)).status, 'voided');
  assert.deepEqual(auto.reported, []);
});
