import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * AES-256-GCM over bytes: `nonce (12) | ciphertext | tag (16)`. `about` names what the bytes belong to and is authenticated with them.
 * A key encrypts a handful of files, far below the 2^32 that a random 96-bit nonce allows (NIST SP 800-38D section 8.3).
 */
export function encrypt(key: Uint8Array, bytes: Uint8Array, about: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when anything of it was changed, when it belongs to something else, or under another key. */
export function decrypt(key: Uint8Array, box: Uint8Array, about: string): Buffer {
  const bytes = Buffer.from(box.buffer, box.byteOffset, box.length);
  if (bytes.length < 28) throw new Error('This is not an encrypted text.');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(about));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}
