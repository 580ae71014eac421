import type { FieldType, FieldValue } from '../../../../shared/signing/fields.ts';
import type { PageBox, Place } from '../../../../shared/signing/geometry.ts';
import type { FieldForm } from '../records/field.ts';

/** What the platform does with PDFs, account by account: their documents take turns, so that none can hold up the others'. */
export interface AllDocuments {
  of(account: string): Documents;
  close(): Promise<void>;
}

/**
 * What the platform does with an account's PDFs, as the domain asks for it; `server/platform/documents` does it. Intake runs in a child process,
 * sealing in worker threads: no file can stop the server. All that runs there is Failure `vendor-unavailable` where too much of the account's
 * waits already, but for sealing.
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
    page: PageWords & { signers: readonly SignatureLine[] },
  ): Promise<{ file: TakenIn; fields: PlacedField[] }>;
  /** Characters of these texts that no font at hand has, each once, as they are. NFC first; default-ignorable ones pass. */
  missing(texts: readonly string[]): string[];
  /** The places in the list of those marks whose text would be smaller than 6 points. Their characters have fonts (`missing`). */
  unfit(marks: readonly Mark[], pages: readonly PageBox[]): Promise<number[]>;
  /** A typed signature as it will be drawn (OutlineAnswer of shared/signing/ceremony.ts). Its characters have fonts. */
  outline(signature: { readonly text: string; readonly lang?: string | undefined }): Promise<{ width: number; path: string }>;
  /** Stamps, adds the completion pages, attaches the facts and seals (PAdES B-B, DocMDP P=1). */
  seal(job: SealJob): Promise<Finished>;
  /** A new file from the sealed one's pages: visibly watermarked as a copy and sealed once, the authoritative hash in its reason. */
  copy(job: CopyJob): Promise<Finished>;
  /** The custody record of what goes into the vault: a PDF of our own, sealed once. */
  custody(job: CustodyJob): Promise<Finished>;
}

export interface IntakeOptions {
  readonly signed?: 'refused' | 'kept';
  /** Of the part that brought the file; `/document` unless told. */
  readonly pointer?: string;
  /**
   * What becomes of the form's fields and of text tags. `become` (unless told): they are Inlay's, and no longer in the document.
   * `flattened`: the form's stay on the page as they look, with their values, and are nobody's; tags stay text.
   */
  readonly fields?: 'become' | 'flattened';
}

export interface TakenIn {
  /** What signers see and what is sealed. */
  readonly bytes: Uint8Array;
  /** SHA-256, hex: of these bytes, and of the bytes as they were uploaded. */
  readonly sha256: string;
  readonly uploadSha256: string;
  readonly pages: readonly PageBox[];
  /** What the document itself asks for, in reading order; empty when it was to be flattened. */
  readonly fields: readonly FoundField[];
  /** What was left out of it or changed so that it could be taken. */
  readonly warnings: readonly Warning[];
}

/** Something about an upload that whoever sent it should know; it was taken all the same. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly pointer?: string;
}

/** A field that the document itself asks for: of its form (ISO 32000-2, 12.7), each widget a place, its tooltip the label; or a text tag. */
export interface FoundField extends FieldForm {
  /** Fully qualified (12.7.4.2); of a tag `Role.name`. */
  readonly name: string;
  /** Of a tag that names one. */
  readonly role: string | null;
}

/** What a page of ours is headed, and in which language (BCP 47) the Han characters on it are drawn. */
export interface PageWords {
  readonly title: string;
  readonly lang?: string | undefined;
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

/** A value at its place, as the signer saw it. `chosen` is a dot, with the words that it is beside; what a dropdown says comes as its text. */
export interface Mark extends Place {
  readonly type: FieldType;
  readonly page: number;
  readonly value: FieldValue;
  /** Its text begins at the top, and is broken into lines. */
  readonly multiline?: boolean;
  /** What the field asked for, and the name of whose it was: whoever has the document read aloud hears them. */
  readonly label?: string | null;
  readonly signer?: string | undefined;
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
  readonly envelope: {
    readonly id: string;
    readonly name: string;
    /** The language of its texts (BCP 47), where its sender named one. */
    readonly locale: string | null;
    readonly created_at: string;
    readonly completed_at: string;
  };
  readonly sender: string;
  readonly document: { readonly pages: number; readonly upload_sha256: string; readonly signed_sha256: string };
  readonly consent: { readonly version: string; readonly sha256: string; readonly paragraphs: readonly string[] };
  readonly signers: readonly {
    readonly name: string;
    readonly email: string;
    readonly role: string | null;
    readonly consented_at: string;
    readonly signed_at: string;
    /** The day that stands where the document asked for it (YYYY-MM-DD), and the IANA time zone it is the day in; null where it did not ask. */
    readonly date_signed: string | null;
    readonly time_zone: string | null;
    readonly assurance: string;
    readonly address: string | null;
    /** The trusted proxy that said the address, where there was one. */
    readonly address_via?: string;
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
    readonly address_via?: string;
    readonly reported_by: string;
    readonly detail: string | null;
  }[];
}

/** What the custody record tells; written as `Facts` are. Sizes are bytes. */
export interface CustodyFacts {
  readonly envelope: {
    readonly id: string;
    readonly name: string;
    readonly locale: string | null;
    readonly customer_id: string;
    readonly created_at: string;
  };
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
