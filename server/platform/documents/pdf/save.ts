import type { PDFDocument } from '@cantoo/pdf-lib';

/** The document as a file: plain objects that every reader finds by one table, without pauses in between. */
export const written = (document: PDFDocument): Promise<Uint8Array> =>
  document.save({
    useObjectStreams: false,
    updateFieldAppearances: false,
    addDefaultPage: false,
    objectsPerTick: Number.POSITIVE_INFINITY,
  });
