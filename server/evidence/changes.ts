import type { Level } from './signatures.ts';

/** What can become of a document, and from which DocMDP level on it is permitted (ISO 32000-2, table 257); null: at none. */
export const kinds = {
  /** Certificates, revocation data and time stamps in a DSS (ISO 32000-2, 12.8.4.3), and the extension that announces it. */
  'validation-data': 1,
  /** A document time stamp (12.8.5), its field and its widget of no size. */
  'time-stamp': 1,
  /** When and by which program the file was last written, and the version of PDF that it asks for: nothing that is shown. */
  'file-information': 1,
  /** The streams that hold cross-references and other objects. */
  'cross-reference': 1,
  'field-filled': 2,
  'signature-added': 2,
  'annotation-added': 3,
  'annotation-changed': 3,
  'annotation-removed': 3,
  'field-added': null,
  'field-changed': null,
  'field-removed': null,
  'form-changed': null,
  'page-content': null,
  'page-added': null,
  'page-removed': null,
  'page-order': null,
  metadata: null,
  /** Anything else that the catalog leads to: actions, outlines, names, structure, layers. */
  catalog: null,
  /** The file is written so that readers may differ about it. */
  structure: null,
  /** An object that nothing leads to: some programs leave such behind. Where nothing may change, none has a reason to be there. */
  unused: 2,
} as const satisfies Record<string, Level | null>;
export type ChangeKind = keyof typeof kinds;

export interface Change {
  /** Number and generation, as in `12 0`; null: not an object, but the file. */
  readonly object: string | null;
  readonly kind: ChangeKind;
  /** The way to what differs, by the keys of the file: `Annots`, `Resources/Font/F1`; or a sentence. */
  readonly detail: string;
}

export const isPermitted = (kind: ChangeKind, level: Level): boolean => {
  const from = kinds[kind];
  return from !== null && from <= level;
};
