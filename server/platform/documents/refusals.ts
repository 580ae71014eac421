/** Why a PDF is not taken in, and what its sender can do about it. */
export const refusals = {
  'not-a-pdf': 'The file is not a PDF. Save or export the document as a PDF and upload that.',
  'too-large': 'The document is larger than 20 MB. Save it with smaller pictures, or split it, and upload that.',
  'too-many-pages': 'The document has more than 500 pages. Split it and have the parts signed one after the other.',
  encrypted: 'The document is protected by a password or by restrictions. Save it without protection and upload that.',
  xfa: 'The document is an XFA form, which many readers cannot show. Print it to a new PDF and upload that.',
  scripted: 'The document contains a script, which could change what people see. Print it to a new PDF and upload that.',
  active:
    'The document holds more than its pages: an attached file, sound or film, a command that reaches outside it, or a form without a fixed look. Print it to a new PDF and upload that.',
  layers:
    'The document has parts that can be shown or hidden, so that people may see different pages. Print it to a new PDF and upload that.',
  signed: 'The document is already signed, and signing it here would break that signature. Upload the version before it was signed.',
  malformed: 'The file is damaged. Open it in a PDF program, print it to a new PDF and upload that.',
  'page-box':
    'A page has no clear size, or is turned by something else than a quarter turn. Print the document to a new PDF and upload that.',
  differs: 'The file can be read in two ways that show different pages. Print the document to a new PDF, look it through and upload that.',
  'too-slow': 'Reading the document takes too much time or memory. Print it to a new PDF, or split it, and upload that.',
} as const;

export type RefusalCode = keyof typeof refusals;

/** Thrown inside the child process; `found` is the PDF name that gave the reason, as in "JavaScript", or the step that failed. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly found: string | undefined;

  constructor(code: RefusalCode, found?: string) {
    super(refusals[code]);
    this.name = 'Refusal';
    this.code = code;
    this.found = found;
  }
}
