/** A kept file whose bytes are missing or no longer those that were kept. Never given out. */
export class DamagedFile extends Error {
  constructor(address: string, options?: { cause: unknown }) {
    super(`The file at ${address} is damaged.`, options);
    this.name = 'DamagedFile';
  }
}
