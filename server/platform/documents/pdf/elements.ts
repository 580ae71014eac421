import { type PDFContext, type PDFDict, PDFHexString, PDFName, PDFNumber, type PDFObject, type PDFRef, PDFString } from '@cantoo/pdf-lib';

/** What an element of a structure tells of itself (ISO 32000-2, table 355 and 14.8.5). */
export interface Attributes {
  readonly title?: string;
  /** Instead of what cannot be read aloud. */
  readonly alt?: string;
  readonly lang?: string;
  /** Of a table's heading: what it is the heading of. */
  readonly scope?: 'Row' | 'Column';
  /** What a field was that is no longer to be filled in (14.8.5.6): a text, a box, one of several buttons, or a button to press. */
  readonly field?: 'tv' | 'cb' | 'rb' | 'pb';
  readonly checked?: boolean;
  /** Where a picture lies, in the page's user space. */
  readonly box?: readonly number[];
}

/** Tags what is drawn on one page: elements within each other, and content by its number in the page's content stream (14.7.5). */
export interface Tags {
  open(type: string, attributes?: Attributes): void;
  close(): void;
  /** An element that is nothing but content; the number of the content. */
  content(type: string, attributes?: Attributes): number;
}

/** Tags what is laid over a page. `insteadOf`: an annotation, whose place in its element the content takes. */
export interface TagsOver {
  content(type: string, attributes: Attributes, insteadOf?: PDFDict): number;
}

/** An element of our own, until it is written. */
export interface Element {
  readonly ref: PDFRef;
  readonly type: string;
  readonly parent: PDFRef;
  readonly attributes: Attributes;
  readonly kids: (PDFRef | number)[];
  /** The page of its content. */
  readonly page?: PDFRef;
}

export interface Elements {
  make(type: string, parent: PDFRef, attributes?: Attributes, page?: PDFRef): Element;
  /** Writes all that were made. */
  write(): void;
}

/** Elements of one document; what many of them say of themselves is written once. */
export function createElements(context: PDFContext): Elements {
  const shared = new Map<string, PDFRef>();
  const made: Element[] = [];
  const attributesOf = (attributes: Attributes): PDFObject | undefined => {
    const { scope, box } = attributes;
    if (attributes.field) return fieldAttributes(context, attributes);
    if (box) return context.obj({ O: 'Layout', Placement: 'Block', BBox: [...box] });
    if (!scope) return undefined;
    const ref = shared.get(scope) ?? context.register(context.obj({ O: 'Table', Scope: scope }));
    shared.set(scope, ref);
    return ref;
  };
  const write = ({ ref, type, parent, attributes, kids, page }: Element): void => {
    const dict: PDFDict = context.obj({ S: type, P: parent });
    if (page) dict.set(names.Pg, page);
    const [only] = kids;
    if (kids.length > 1) dict.set(names.K, context.obj(kids));
    else if (only !== undefined) dict.set(names.K, typeof only === 'number' ? PDFNumber.of(only) : only);
    const own = attributesOf(attributes);
    if (own) dict.set(names.A, own);
    for (const [key, text] of [
      [names.T, attributes.title],
      [names.Alt, attributes.alt],
      [names.Lang, attributes.lang],
    ] as const)
      if (text !== undefined) dict.set(key, textString(text));
    context.assign(ref, dict);
  };
  return {
    make(type, parent, attributes = {}, page) {
      const element: Element = { ref: context.nextRef(), type, parent, attributes, kids: [], ...(page ? { page } : {}) };
      made.push(element);
      return element;
    },
    write() {
      for (const element of made.splice(0)) write(element);
    },
  };
}

/** What an element tells of the field that it was. */
export const fieldAttributes = (context: PDFContext, { field, title, checked }: Attributes): PDFDict =>
  context.obj({
    O: 'PrintField',
    Role: field ?? 'tv',
    ...(title === undefined ? {} : { Desc: textString(title) }),
    ...(checked === undefined ? {} : { checked: checked ? 'on' : 'off' }),
  });

/** ASCII as it is, which every program shows that prints such strings unread; anything else in UTF-16 (7.9.2.2). */
const textString = (text: string): PDFObject =>
  /^[\x20-\x7e]*$/.test(text) ? PDFString.of(text.replace(/[()\\]/g, '\\$&')) : PDFHexString.fromText(text);

const names = {
  A: PDFName.of('A'),
  Alt: PDFName.of('Alt'),
  K: PDFName.of('K'),
  Lang: PDFName.of('Lang'),
  Pg: PDFName.of('Pg'),
  T: PDFName.of('T'),
} as const;
