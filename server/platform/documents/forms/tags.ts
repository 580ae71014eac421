import { PDFName, type PDFPageLeaf } from '@cantoo/pdf-lib';
import type { PageBox } from '../../../../shared/signing/geometry.ts';
import type { FoundField } from '../../domain/files/documents.ts';
import { flate } from '../fonts/embed.ts';
import { contentsOf } from '../pages/page.ts';
import { showsIn, withoutGlyphs } from '../pdf/content-shows.ts';
import type { Edits } from '../pdf/edits.ts';
import type { Drawing } from '../pdf/fingerprint.ts';
import { wholeContent } from '../pdf/isolate.ts';
import { type PageText, textOf } from '../pdf/text-run.ts';
import { fieldsOfTags, type TextTag, tagsOf } from './text-tags.ts';

/** A page whose text may hold tags; `page` counts from 1. */
export interface TaggedPage {
  readonly page: number;
  readonly leaf: PDFPageLeaf;
  readonly box: PageBox;
  readonly drawing: Drawing;
}

/** The fields that text tags ask for; the tags are taken out of the pages, and stay with a warning where that cannot be done for certain. */
export function takeTags(edits: Edits, pages: readonly TaggedPage[]): FoundField[] {
  const all = pages.flatMap(({ page, leaf, box, drawing }) => {
    const text = textOf(drawing);
    const tags = tagsOf(text, page, box);
    if (tags.length > 0 && !takeOut(edits, leaf, text, tags)) edits.warn('tags', `page ${page}`);
    return tags;
  });
  return fieldsOfTags(all);
}

function takeOut(edits: Edits, leaf: PDFPageLeaf, text: PageText, tags: readonly TextTag[]): boolean {
  const { context } = edits;
  const content = wholeContent(context, contentsOf(leaf));
  const shows = content && showsIn(content);
  // As many as the reader has found: so each of them is the same one.
  if (!content || !shows || shows.length !== text.shows) return false;
  const gone = new Map<number, { count: number; advances: Map<number, number> }>();
  for (const { show, index, advance } of tags.flatMap(({ glyphs }) => glyphs)) {
    const known = gone.get(show) ?? { count: text.glyphs.filter((glyph) => glyph.show === show).length, advances: new Map() };
    gone.set(show, known);
    known.advances.set(index, advance);
  }
  const left = withoutGlyphs(content, shows, new Map([...gone].sort(([one], [other]) => one - other)));
  if (!left) return false;
  leaf.set(PDFName.of('Contents'), context.register(flate(context, left)));
  edits.touch();
  return true;
}
