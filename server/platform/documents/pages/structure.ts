import { type PDFArray, PDFDict, type PDFDocument, PDFName, PDFNumber, type PDFPage, type PDFPageLeaf, PDFRef } from '@cantoo/pdf-lib';
import { type Attributes, createElements, type Element, type Tags, type TagsOver } from '../pdf/elements.ts';
import { addKid, hasStructure, kidsOf, openStructureTree, type StructureTree } from '../pdf/structure-tree.ts';
import { listedOn, moveContent, type PageContent, tagsOver } from './overlaid.ts';

/** The structure of a document (ISO 32000-2, 14.7) while things are laid over its pages and pages of our own are added. */
export interface Structure {
  /** The document says that it is tagged, or this page has a structure: what is laid over it is to have one too. */
  covers(leaf: PDFPageLeaf): boolean;
  /** A page's content is no longer where its structure looks for it. */
  moved(page: PDFPage, form: PDFRef): void;
  /** For what is laid over a page. */
  over(page: PDFPage, content: PageContent): TagsOver;
  /** A part at the end of the document; what it answers tags each of its pages. */
  part(type: 'Part' | 'Sect', attributes: Attributes): (page: PDFPage) => Tags;
  /** Writes what was added; nothing may be added after it. */
  finish(): void;
}

const StructParents = PDFName.of('StructParents');

export function createStructure(document: PDFDocument): Structure {
  const { context, catalog } = document;
  const structured = hasStructure(document);
  const info = catalog.lookup(PDFName.of('MarkInfo'));
  const marked = structured && info instanceof PDFDict && `${info.lookup(PDFName.of('Marked'))}` === 'true';
  const elements = createElements(context);
  let opened: StructureTree | undefined;
  const tree = (): StructureTree => {
    opened ??= openStructureTree(document);
    return opened;
  };
  let found: ReturnType<typeof endOf> | undefined;
  const end = (): ReturnType<typeof endOf> => {
    found ??= endOf();
    return found;
  };

  /** Where what comes last goes: into the one Document element there is, else to the root. */
  function endOf(): { readonly ref: PDFRef; add(kid: PDFRef): void } {
    const { root, ref, typeOf } = tree();
    const [first, ...others] = kidsOf(root);
    if (!first) {
      const own = elements.make('Document', ref);
      addKid(context, root, own.ref);
      return { ref: own.ref, add: (kid) => void own.kids.push(kid) };
    }
    const only = others.length === 0 && first instanceof PDFRef ? context.lookup(first) : undefined;
    const whole = only instanceof PDFDict && typeOf(only) === 'Document';
    return { ref: whole ? (first as PDFRef) : ref, add: (kid) => addKid(context, whole ? only : root, kid) };
  }

  return {
    covers: (leaf) => marked || (structured && (listedOn(tree(), leaf)?.size() ?? 0) > 0),
    moved(page, form) {
      if (structured) moveContent(document, tree(), page, form);
    },
    over: (page, content) => tagsOver({ document, tree: tree(), elements, end: end() }, page, content),
    part(type, attributes) {
      const whole = elements.make(type, end().ref, attributes);
      end().add(whole.ref);
      const within: Element[] = [whole];
      const make = (kind: string, given?: Attributes, on?: PDFRef): Element => {
        const around = within.at(-1) ?? whole;
        const element = elements.make(kind, around.ref, given, on);
        around.kids.push(element.ref);
        return element;
      };
      return ({ node, ref }) => {
        const listed: PDFArray = context.obj([]);
        node.set(StructParents, PDFNumber.of(tree().list(listed)));
        node.set(PDFName.of('Tabs'), PDFName.of('S'));
        return {
          open: (kind, given) => void within.push(make(kind, given)),
          close: () => void within.pop(),
          content(kind, given) {
            const element = make(kind, given, ref);
            element.kids.push(listed.size());
            listed.push(element.ref);
            return listed.size() - 1;
          },
        };
      };
    },
    finish() {
      elements.write();
      opened?.write();
    },
  };
}
