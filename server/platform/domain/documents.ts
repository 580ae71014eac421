import type { FieldType, FieldValue } from '../../../shared/fields.ts';
import type { PageBox, Place } from '../../../shared/geometry.ts';

/**
 * What the platform does with PDFs, as the domain asks for it; `server/platform/documents` does it. Intake runs in a child process, sealing in
 * worker threads: no file can stop the server.
 */
export interface Documents {
  /**
   * Takes an uploaded PDF in: rewritten so that every reader sees the same objects. Failure `document-refused` with a sentence that says what
   * to do, and one error `{pointer, code}`; codes: not-a-pdf, too-large, too-many-pages, encrypted, xfa, scripted, active, layers, signed,
   * malformed, page-box, differs, too-slow. What is kept as it came may carry signatures: those it then has are not refused.
   */
  takeIn(upload: Uint8Array, options?: IntakeOptions): Promise<TakenIn>;
  /** Adds a page with a signature, a name and a date field per signer; its fields are in the answer, `signer` as given. */
  addSignaturePage(
    file: TakenIn,
    page: { title: string; signers: readonly SignatureLine[] },
  ): Promise<{ file: TakenIn; fields: PlacedField[] }>;
  /** Characters of these texts that no font at hand has, each once, as they are. NFC first; default-ignorable ones pass. */
  missing(texts: readonly string[]): string[];
  /** Stamps, adds the completion pages, attaches the facts and seals (PAdES B-B, DocMDP P=2). */
  seal(job: SealJob): Promise<Finished>;
  /** A new file from the sealed one's pages: visibly watermarked as a copy and sealed once, the authoritative hash in its reason. */
  copy(job: CopyJob): Promise<Finished>;
  /** The custody record of what goes into the vault: a PDF of our own, sealed once. */
  custody(job: CustodyJob): Promise<Finished>;
  close(): Promise<void>;
}

export interface IntakeOptions {
  readonly signed?: 'refused' | 'kept';
  /** Of the part that brought the file; `/document` unless told. */
  readonly pointer?: string;
}

export interface TakenIn {
  /** What signers see and what is sealed. */
  readonly bytes: Uint8Array;
  /** SHA-256, hex: of these bytes, and of the bytes as they were uploaded. */
  readonly sha256: string;
  readonly uploadSha256: string;
  readonly pages: readonly PageBox[];
}

export interface SignatureLine {
  readonly signer: string;
  readonly name: string;
  readonly role: string | null;
}

export interface PlacedField extends Place {
  readonly type: FieldType;
  readonly signer: string;
  /** Counts from 1. */
  readonly page: number;
  readonly required: boolean;
  readonly label: string | null;
}

/** A value at its place, as the signer saw it. */
export interface Mark extends Place {
  readonly type: FieldType;
  readonly page: number;
  readonly value: FieldValue;
}

export interface SealJob {
  readonly source: Uint8Array;
  readonly pages: readonly PageBox[];
  readonly marks: readonly Mark[];
  /** The completion pages and the attached JSON say these; null leaves both out. */
  readonly facts: Facts | null;
  /** What the signature says of itself. */
  readonly reason: string;
}

export interface CopyJob {
  readonly sealed: Uint8Array;
  readonly sealedSha256: string;
  /** "Copy of env_…, authoritative copy held by …": stands on every page. */
  readonly watermark: string;
  readonly reason: string;
}

export interface CustodyJob {
  readonly facts: CustodyFacts;
  readonly reason: string;
}

export interface Finished {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What the completion pages tell. Instants are ISO 8601 UTC with milliseconds, hashes SHA-256 in hex. */
export interface Facts {
  readonly envelope: { readonly id: string; readonly name: string; readonly created_at: string; readonly completed_at: string };
  readonly sender: string;
  readonly document: { readonly pages: number; readonly upload_sha256: string; readonly signed_sha256: string };
  readonly consent: { readonly version: string; readonly sha256: string; readonly paragraphs: readonly string[] };
  readonly signers: readonly {
    readonly name: string;
    readonly email: string;
    readonly role: string | null;
    readonly consented_at: string;
    readonly signed_at: string;
    readonly assurance: string;
    readonly address: string | null;
    readonly user_agent: string | null;
    /** "the platform", or whose key said so. */
    readonly reported_by: string;
  }[];
  readonly events: readonly {
    readonly at: string;
    /** As in `envelope.sent`, `signer.consented`; words for it are the page's own. */
    readonly kind: string;
    readonly who: string | null;
    readonly address: string | null;
    readonly reported_by: string;
    readonly detail: string | null;
  }[];
}

/** What the custody record tells; written as `Facts` are. Sizes are bytes. */
export interface CustodyFacts {
  readonly envelope: { readonly id: string; readonly name: string; readonly customer_id: string; readonly created_at: string };
  readonly vaulted_at: string;
  /** Signed here, or uploaded as it was signed elsewhere. */
  readonly origin: 'esign' | 'paper';
  /** `pages`: of the document that was signed, without the record that sealing adds. */
  readonly authoritative: { readonly sha256: string; readonly size: number; readonly pages: number };
  readonly copy: { readonly sha256: string; readonly size: number };
  readonly controller: { readonly id: string; readonly name: string };
  readonly signers: readonly { readonly name: string; readonly email: string; readonly role: string | null; readonly signed_at: string }[];
  readonly events: Facts['events'];
}
