import assert from 'node:assert/strict';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { tool } from '../../tools.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';

const origin = 'https://portal.harbor.example';
let gateway: StartedGateway;
let partner: { id: string; key: string };
before(async () => {
  gateway = await startGateway();
  partner = await gateway.partner({ origins: [origin] });
});
after(() => gateway.close());

/** An ECDSA signature as JWS writes it (r || s, RFC 7518 section 3.4), as DER has it (RFC 3279 section 2.2.3). */
function der(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
    const trimmed = bytes.subarray(start);
    const body = (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed;
    return Buffer.concat([Buffer.of(2, body.length), body]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]);
}

test('openssl finds the signature of an embed token good by the published key, and that of a changed one bad', async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const token = await mintedToken(gateway.url, partner.key);
  const { keys } = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as { keys: JsonWebKey[] };
  const [head = '', body = '', signature = ''] = token.split('.');
  const file = (name: string, bytes: string | Buffer) => {
    const path = join(gateway.dataDir, name);
    writeFileSync(path, bytes);
    return path;
  };
  const key = file('key.pem', createPublicKey({ key: keys[0] ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' }));
  const sig = file('token.sig', der(Buffer.from(signature, 'base64url')));
  const verify = (text: string) => openssl('dgst', '-sha256', '-verify', key, '-signature', sig, file('token.txt', text));
  assert.match(verify(`${head}.${body}`), /Verified OK/);
  assert.throws(() => verify(`${head}.${body.slice(0, -2)}AA`));
});

test('openssl finds the signature of a checkpoint good', async (t) => {
  const openssl = tool(t, 'openssl', 'openssl');
  if (!openssl) return;
  const audit = await gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit`);
  const { checkpoint } = (await audit.json()) as { checkpoint: string };
  const [text = '', note = ''] = checkpoint.split('\n\n');
  const raw = Buffer.from(note.trim().split(' ').at(-1) ?? '', 'base64');
  // c2sp.org/signed-note: four bytes of key hash, then the Ed25519 signature over the text with its last line feed.
  writeFileSync(join(gateway.dataDir, 'note.sig'), raw.subarray(4));
  writeFileSync(join(gateway.dataDir, 'note.txt'), `${text}\n`);
  const { hkdfSync } = await import('node:crypto');
  const seed = Buffer.from(hkdfSync('sha256', gateway.masterKey, new Uint8Array(), 'inlay/log', 32));
  writeFileSync(join(gateway.dataDir, 'log.der'), Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]));
  const path = (name: string) => join(gateway.dataDir, name);
  openssl('pkey', '-inform', 'DER', '-in', path('log.der'), '-pubout', '-out', path('log.pem'));
  assert.match(
    openssl('pkeyutl', '-verify', '-pubin', '-inkey', path('log.pem'), '-rawin', '-in', path('note.txt'), '-sigfile', path('note.sig')),
    /Successfully/,
  );
});

test('sqlite3 finds the database whole, every row of a strict table of its type, and no secret of the test in it', async (t) => {
  const sqlite3 = tool(t, 'sqlite3', 'sqlite3');
  if (!sqlite3) return;
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  await visitor.open(await mintedToken(gateway.url, partner.key));
  await visitor.run();
  const file = join(gateway.dataDir, 'gateway.db');
  assert.equal(sqlite3(file, 'pragma integrity_check; pragma foreign_key_check').trim(), 'ok');
  const dump = sqlite3(file, '.dump');
  assert.ok(dump.includes('CREATE TABLE') || dump.includes('create table'));
  for (const secret of [partner.key, visitor.token]) assert.ok(!dump.includes(secret));
});
