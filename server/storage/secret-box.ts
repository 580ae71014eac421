import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Seals what must not lie in the clear: AES-256-GCM with a random 96-bit nonce, under a key derived from the master key (RFC 5869).
 * A box is `version (1) | key id (4) | nonce (12) | ciphertext | tag (16)`. `about` names the record the box belongs to and is
 * authenticated together with the key id, so that a box moved to another row does not open.
 */
export interface SecretBox {
  seal(plain: string, about: readonly string[]): Buffer;
  /** Throws when the box was changed, belongs to another record, or was sealed under another key. */
  open(box: Uint8Array, about: readonly string[]): string;
  /** The same text gives the same fingerprint; nothing leads back to the text without the master key. */
  fingerprint(text: string): string;
  /** Names the master key without telling anything of it; kept so that a start with another key is noticed. */
  readonly keyId: string;
}

const version = 1;

export function secretBox(masterKey: Uint8Array): SecretBox {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(), `inlay/${purpose}`, length));
  // Key objects are made once; from bytes Node makes one at each call, which costs eight times what opening a small box does.
  const sealing = createSecretKey(derive('seal', 32));
  const marking = createSecretKey(derive('fingerprint', 32));
  const keyId = derive('id', 4);
  const bind = (about: readonly string[]) => Buffer.from(JSON.stringify([version, keyId.toString('hex'), ...about]));

  return {
    keyId: keyId.toString('hex'),
    seal(plain, about) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(bind(about));
      return Buffer.concat([Buffer.of(version), keyId, nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(box, about) {
      const bytes = Buffer.from(box);
      if (bytes[0] !== version || bytes.length < 33) throw new Error('This is not a sealed box.');
      if (!bytes.subarray(1, 5).equals(keyId)) throw new Error('The box was sealed under another master key.');
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(5, 17)).setAAD(bind(about));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(17, -16)), decipher.final()]).toString('utf8');
    },
    fingerprint: (text) => createHmac('sha256', marking).update(text).digest('base64url'),
  };
}
