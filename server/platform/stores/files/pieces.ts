import { createDecipheriv } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read and decrypted at a time. */
const piece = 64 * 1024;

/**
 * What `encrypt` made (cipher.ts), from its file, a piece at a time; `seen` is shown every byte of the file, in order. The last piece comes once
 * all of it is authenticated; until then nothing says that what came is what was encrypted. Closes the file. Error when anything was changed.
 */
export async function* decryptPieces(
  file: FileHandle,
  key: Uint8Array,
  about: string,
  seen?: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  try {
    const { size } = await file.stat();
    if (size < 28) throw new Error('This is not an encrypted text.');
    const nonce = await readAt(file, 0, Buffer.alloc(12));
    seen?.(nonce);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
    const room = Buffer.allocUnsafeSlow(piece);
    let held: Buffer | undefined;
    for (let at = 12; at < size - 16; at += piece) {
      const bytes = await readAt(file, at, room.subarray(0, Math.min(piece, size - 16 - at)));
      seen?.(bytes);
      if (held) yield held;
      held = decipher.update(bytes);
    }
    const tag = await readAt(file, size - 16, Buffer.alloc(16));
    seen?.(tag);
    decipher.setAuthTag(tag).final();
    if (held) yield held;
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, at: number, bytes: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
  if (bytesRead < bytes.length) throw new Error('The file is shorter than it was.');
  return bytes;
}

/** Of bytes that come in pieces those from `first` to `last`, both counted from 0 and included; all pieces are taken. */
export async function* slice(pieces: AsyncIterable<Buffer>, first: number, last: number): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const bytes of pieces) {
    const part = bytes.subarray(Math.max(0, first - at), Math.max(0, last + 1 - at));
    at += bytes.length;
    if (part.length > 0) yield part;
  }
}
