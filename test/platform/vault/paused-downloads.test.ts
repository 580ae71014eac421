import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { ceremonyPath } from '../../../shared/signing/ceremony.ts';
import { onePage, pdf, stream } from '../../fixtures/pdf/build.ts';
import type { StartedPlatform } from '../../start-platform.ts';
import { linkToken, signerWith } from '../ceremony/ceremony-stage.ts';
import { envelopesPath } from '../world/envelopes.ts';

const upload = pdf(onePage('Large', { page: '/Metadata 6 0 R', more: [stream(randomBytes(14_000_000))] }));
const [accounts, signers, each] = [4, 13, 4];
const most = 64 * 1024 * 1024;

/** A large envelope with many signers, who have all consented; their tokens. */
async function large(platform: StartedPlatform): Promise<string[]> {
  const form = new FormData();
  const parts = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin' };
  for (const [name, text] of Object.entries(parts)) form.set(name, text);
  const people = Array.from({ length: signers }, (_, i) => ({ email: `s${i}@shop.example`, name: `Signer ${i}` }));
  form.set('signers', JSON.stringify(people));
  form.set('document', new Blob([new Uint8Array(upload)]), 'large.pdf');
  const answer = await fetch(platform.url + envelopesPath, { method: 'POST', headers: { 'X-API-Key': platform.keys.loyva }, body: form });
  const { data } = (await answer.json()) as { data: { envelope_id: string } };
  assert.equal(answer.status, 201);
  const tokens: string[] = [];
  for (const { email } of people) {
    const token = await linkToken(platform, data.envelope_id, email);
    assert.equal((await signerWith(platform, token).consent()).status, 200);
    tokens.push(token);
  }
  return tokens;
}

/** Asks for the document and reads nothing but the beginning of the answer: its status, and the connection that it waits on. */
async function pause(url: string, token: string): Promise<{ status: number; socket: Socket }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(`GET ${ceremonyPath}/document HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  await once(socket, 'readable');
  const head = String(socket.read(16) ?? '');
  return { status: Number(head.split(' ')[1]), socket };
}

async function memoryOf(child: ChildProcess): Promise<{ held: number; resident: number }> {
  const said = once(child, 'message');
  child.send('memory');
  const [memory] = await said;
  return memory as { held: number; resident: number };
}

test('two hundred paused downloads of 14 MB add 64 MB at most, and a 51st of one account is 429', async (t) => {
  const child = fork(new URL('./paused.child.ts', import.meta.url), [String(accounts)], { execArgv: [...process.execArgv, '--expose-gc'] });
  t.after(() => child.disconnect());
  const [{ url, keys }] = (await once(child, 'message')) as [{ url: string; keys: StartedPlatform['keys'][] }];
  const tokens: string[][] = [];
  for (const own of keys) tokens.push(await large({ url, keys: own } as StartedPlatform));
  const before = await memoryOf(child);
  const paused = await Promise.all(tokens.flat().flatMap((token) => Array.from({ length: each }, () => pause(url, token))));
  t.after(() => {
    for (const { socket } of paused) socket.destroy();
  });
  const after = await memoryOf(child);
  const count = (wanted: number) => paused.filter(({ status }) => status === wanted).length;
  assert.deepEqual([count(200), count(429)], [200, accounts * (signers * each - 50)]);
  const added = { held: after.held - before.held, resident: after.resident - before.resident };
  t.diagnostic(`${JSON.stringify(added)} bytes`);
  assert.ok(added.held <= most && added.resident <= most, JSON.stringify(added));
});
