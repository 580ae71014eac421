import type { CeremonyCalls } from '../../../session/ceremony.ts';
import { Paper, PaperError, type PaperFault } from '../paper/paper.ts';
import type { Ceremony } from '../state.ts';

/** Why there is no document to be seen. `changed`: what came is not what is asked to be signed. */
export type Unopened = PaperFault | 'loading' | 'changed';

/** The bytes that came have another hash than the document that is to be signed. */
class OtherBytes extends Error {}

/** Fetches the document and opens it; the bytes stay, so that it can be opened again without the network. */
export class Opening {
  /** Bytes that have come. */
  loaded = 0;
  readonly #calls: CeremonyCalls;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #hash = '';

  constructor(calls: CeremonyCalls) {
    this.#calls = calls;
  }

  /** The bytes that are shown, and their SHA-256. */
  get hash(): string {
    return this.#hash;
  }

  /** Rejects with a LinkError, with a PaperError, or where the bytes are not the document's. */
  open({ document }: Ceremony, options: { assets: string; worker?: 'none' | undefined; onProgress(): void }): Promise<Paper> {
    return Paper.open(this.#fetch(document.sha256, options.onProgress), options);
  }

  /** The document as the server has it now: what is to be signed, or the sealed file. */
  async download({ document }: Ceremony): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#bytes && this.#hash === document.sha256) return this.#bytes;
    const bytes = await this.#calls.document();
    if ((await sha256(bytes)) !== document.sha256) throw new OtherBytes();
    return bytes;
  }

  async #fetch(wanted: string, onProgress: () => void): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#bytes && this.#hash === wanted) return this.#bytes;
    const bytes = await this.#calls.document((loaded) => {
      this.loaded = loaded;
      onProgress();
    });
    this.#hash = await sha256(bytes);
    if (this.#hash !== wanted) throw new OtherBytes();
    this.#bytes = bytes;
    return bytes;
  }
}

/** Which trouble it was; undefined where the server refused, and its state says why. */
export function unopenedBy(error: unknown, unclear: boolean): Unopened | undefined {
  if (error instanceof PaperError) return error.code;
  if (error instanceof OtherBytes) return 'changed';
  return unclear ? 'loading' : undefined;
}

/** Hands a file to the reader as the browser does with downloads. */
export function saveFile(bytes: Uint8Array<ArrayBuffer>, filename: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  // The browser reads the address after the press; a minute is long enough for the slowest.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
