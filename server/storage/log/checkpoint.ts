import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import { sha256 } from './leaves.ts';
import type { Head } from './walk.ts';

/**
 * A head as a C2SP checkpoint in a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note): origin, size, root; then an Ed25519
 * signature whose key hash is SHA-256(name || 0x0A || 0x01 || public key), first four bytes.
 */
export function checkpoint(origin: string, { size, root }: Head, key: KeyObject): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const { mark } = verifier(origin, key);
  const signature = Buffer.concat([mark, sign(null, Buffer.from(text), key)]).toString('base64');
  return `${text}\n— ${origin} ${signature}\n`;
}

/** The head in a checkpoint of this origin; nothing where it is none, or `key` did not sign it. Without a key the signature is not looked at. */
export function headIn(note: string, origin: string, key: KeyObject | undefined): Head | undefined {
  const [text = '', signature = ''] = note.split(`\n— ${origin} `);
  const [name, size = '', root = ''] = text.split('\n');
  const bytes = Buffer.from(signature, 'base64').subarray(4);
  if (name !== origin || (key && !verify(null, Buffer.from(text), createPublicKey(key), bytes))) return undefined;
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** The line by which strangers check the checkpoints of `origin`: `<name>+<key hash>+<base64 of 0x01 || public key>` (c2sp.org/signed-note). */
export function verifierKey(origin: string, key: KeyObject): string {
  const { mark, data } = verifier(origin, key);
  return `${origin}+${mark.toString('hex')}+${data.toString('base64')}`;
}

function verifier(origin: string, key: KeyObject): { mark: Buffer; data: Buffer } {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const data = Buffer.concat([Buffer.of(1), raw]);
  return { mark: Buffer.from(sha256(Buffer.from(`${origin}\n`), data).subarray(0, 4)), data };
}

/** The Ed25519 key that signs a log's heads, from the key of its part: the seed by HKDF (RFC 5869), as PKCS#8 (RFC 8410). */
export function logKeyFrom(secret: Uint8Array): KeyObject {
  const seed = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), 'inlay/log', 32));
  return createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
}
