import { type PDFContext, type PDFDict, PDFName, type PDFObject } from '@cantoo/pdf-lib';

/** What was left out of a document or changed in it, for its sender. */
const told = {
  attachments: 'Files attached to the document were left out.',
  structure: 'Files that describe parts of the document to programs, such as formulas, were left out.',
  comments: 'Comments that are not drawn on the page were left out.',
  actions: 'Commands that do more than lead to a place in the document or to the web were taken out.',
  layers: 'The layers, all of which are shown, became part of the pages.',
  'form-scripts': 'Scripts of the form were taken out: nothing is calculated or checked by them any more.',
  'form-flattened': 'Fields of the form that are filled in otherwise than here became part of the page as they look.',
  tags: 'Text tags became fields, but could not be taken out of the text: they are still seen.',
  mended: 'The file was damaged and has been mended. Look it through.',
} as const;
export type WarningCode = keyof typeof told;

export interface Told {
  readonly code: WarningCode;
  readonly message: string;
}

/** Changes to one document, which know whether there were any. */
export interface Edits {
  readonly context: PDFContext;
  readonly changed: () => boolean;
  remove(dict: PDFDict, ...keys: readonly string[]): void;
  set(dict: PDFDict, key: string, value: PDFObject): void;
  /** Something was changed by other means. */
  touch(): void;
  /** Names what was found beside the code, each once. */
  warn(code: WarningCode, name?: string): void;
  warnings(): Told[];
}

/** Names of things in a warning: so many, and so many characters of each. */
const most = { names: 5, letters: 80 };

export function createEdits(context: PDFContext): Edits {
  let changed = false;
  const warnings = new Map<WarningCode, Set<string>>();
  return {
    context,
    changed: () => changed,
    remove(dict, ...keys) {
      for (const key of keys) if (dict.delete(PDFName.of(key))) changed = true;
    },
    set(dict, key, value) {
      dict.set(PDFName.of(key), value);
      changed = true;
    },
    touch() {
      changed = true;
    },
    warn(code, name) {
      const names = warnings.get(code) ?? new Set();
      warnings.set(code, name === undefined ? names : names.add([...name].slice(0, most.letters).join('')));
    },
    warnings: () => [...warnings].map(([code, names]) => ({ code, message: sentence(told[code], [...names]) })),
  };
}

function sentence(text: string, names: readonly string[]): string {
  if (names.length === 0) return text;
  const more = names.length > most.names ? ` and ${names.length - most.names} more` : '';
  return `${text} (${names.slice(0, most.names).join(', ')}${more})`;
}
