import type { Readable } from 'node:stream';
import type { KeptFile } from './envelope.ts';

/** A kept file that was found whole, to be read a piece at a time: so many readers who are slow hold next to nothing in memory. */
export interface OpenedFile {
  readonly size: number;
  readonly sha256: string;
  /**
   * Its bytes from `first` to `last`, both counted from 0 and included. All of it is authenticated once more meanwhile: what was changed in between
   * ends in an error before the last piece.
   */
  read(first: number, last: number): Readable;
}

/** Files of envelopes: encrypted under the envelope's content key, addressed by the hash of the ciphertext. A damaged one throws. */
export interface SealedFiles {
  put(contentKey: Uint8Array, bytes: Uint8Array): Promise<KeptFile>;
  get(contentKey: Uint8Array, file: KeptFile): Promise<Buffer>;
  open(contentKey: Uint8Array, file: KeptFile): Promise<OpenedFile>;
  /** Addresses of files that were last written before this instant, unfinished ones included. */
  older(before: number): Promise<string[]>;
  delete(address: string): Promise<void>;
  /** Puts a file that nobody seems to name aside, with the reason and the instant; whoever reads it all the same has it back. */
  setAside(address: string, reason: string, at: number): Promise<void>;
  /** Deletes what was set aside before this instant, but for those that are named now: they are put back. */
  clearAside(before: number, named: ReadonlySet<string>): Promise<void>;
}
