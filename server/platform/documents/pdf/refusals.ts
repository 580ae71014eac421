/** What was found, in words; the name is the PDF's own, as in "RichMedia". */
const things: Readonly<Record<string, string>> = {
  RichMedia: 'a film or another medium (RichMedia)',
  Screen: 'a film or another medium (Screen)',
  Movie: 'a film (Movie)',
  Sound: 'a sound (Sound)',
  '3D': 'a model in three dimensions (3D)',
  PS: 'a PostScript program (PS)',
  Ref: 'a page of another file (Ref)',
  F: 'content that lies in another file (F)',
  EF: 'a file in a place where it cannot be left out (EF)',
};
const thing = (found: string | undefined): string => things[found ?? ''] ?? `a part that reaches outside it (${found ?? 'unknown'})`;
const on = (page: number | undefined): string => (page === undefined ? '' : ` on page ${page}`);

/** What of a page's content readers draw in different ways; the names are the PDF's own, an operator's among them. */
const drawn: Readonly<Record<string, string>> = {
  Font: 'text in a font that the file does not have (Font)',
  Tf: 'text without a font (Tf)',
  Tr: 'text that cuts out what is drawn under it (Tr)',
  ColorSpace: 'a colour that the file does not have (ColorSpace)',
  Separation: 'an ink that is none (Separation)',
  DeviceN: 'inks that are none (DeviceN)',
  Pattern: 'a pattern that the file does not have (Pattern)',
  Shading: 'a shading that the file does not have (Shading)',
  ExtGState: 'a graphics state that the file does not have (ExtGState)',
  XObject: 'a part that the file does not have (XObject)',
  BBox: 'a part without a box (BBox)',
  Image: 'a picture that lacks its colours or some of its data (Image)',
  Contents: 'content that cannot be read (Contents)',
  Q: 'a part that ends what it did not begin (Q)',
  q: 'a state that is saved amid words (q)',
  Do: 'a part that is drawn amid words (Do)',
  d: 'a line with dashes of no length (d)',
  w: 'a line with a width below zero (w)',
  J: 'a line with ends of no known kind (J)',
  h: 'a line of a single point (h)',
  l: 'a line without a beginning (l)',
  W: 'a clip by nothing (W)',
  string: 'text that does not end (string)',
  operator: 'a command that is none (operator)',
};
/** Of other names only the steps at which two readings of a file were found to be two. */
const steps = new Set(['Count', 'text', 'drawing', 'view', 'content']);

function sentenceOnContent(found: string | undefined, page: number | undefined): string {
  const name = found ?? 'content';
  if (steps.has(name))
    return `The file can be read in two ways that show different pages (${name}${on(page)}). Export it anew from the program that made it, look it through and upload that.`;
  const what = Object.hasOwn(drawn, name) ? drawn[name] : `a command with operands too many or too few (${name})`;
  return `Readers draw the document in different ways: it has ${what}${on(page)}. Print it to a new PDF, look it through and upload that.`;
}

type Sentence = (found: string | undefined, page: number | undefined) => string;

/** Why a PDF is not taken in, with the one thing found and where, and what its sender can do about it. */
const sentences = {
  'not-a-pdf': () => 'The file is not a PDF. Save or export the document as a PDF and upload that.',
  'too-large': () => 'The document is larger than 20 MB. Save it with smaller pictures, or split it, and upload that.',
  'too-many-pages': () => 'The document has more than 500 pages. Split it, have the parts signed one after the other, and upload that.',
  encrypted: () => 'The document is protected by a password, a certificate or restrictions. Save it without protection and upload that.',
  xfa: () =>
    'The document is an XFA form, which many readers cannot show. Open it in Adobe Acrobat, print it to a new PDF and upload that.',
  scripted: () => 'The document contains a script, which could change what people see. Print it to a new PDF and upload that.',
  active: (found, page) =>
    `The document holds ${thing(found)}${on(page)}. Take it out in the program that made the document and upload that.`,
  collection: () =>
    'The file is a portfolio, a cover around other files. Open it, save the document that is to be signed by itself and upload that.',
  layers: (found) =>
    `The document has layers that are not always shown (${found ?? 'OC'}), so that people may see different pages. Show or delete them, merge them into the page and upload that.`,
  look: (found, page) =>
    `A part laid over the page has no fixed look (${found ?? 'Annot'}${on(page)}), so that readers draw it in different ways. Print the document to a new PDF, look it through and upload that.`,
  signed: () =>
    'The document is already signed, and signing it here would break that signature. Find the version before it was signed and upload that.',
  malformed: (found) =>
    `The file is damaged in a way that programs mend differently (${found ?? 'file'}). Export it anew from the program that made it and upload that.`,
  'page-box': (found, page) =>
    `A page has no clear size, or is turned by something else than a quarter turn (${found ?? 'MediaBox'}${on(page)}). Print the document to a new PDF and upload that.`,
  differs: sentenceOnContent,
  'too-slow': () => 'Reading the document takes too much time or memory. Print it to a new PDF, or split it, and upload that.',
} as const satisfies Record<string, Sentence>;

export type RefusalCode = keyof typeof sentences;
export const refusalCodes = Object.keys(sentences) as RefusalCode[];

/** Thrown inside the child process. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The PDF name that gave the reason, as in "JavaScript", or the step that failed. */
  readonly found: string | undefined;
  /** Counts from 1; where it is known. */
  readonly page: number | undefined;

  constructor(code: RefusalCode, found?: string, page?: number) {
    super(sentenceOf(code, found, page));
    this.name = 'Refusal';
    this.code = code;
    this.found = found;
    this.page = page;
  }
}

/** What its sender is told. */
export const sentenceOf = (code: RefusalCode, found?: string, page?: number): string => (sentences[code] as Sentence)(found, page);
