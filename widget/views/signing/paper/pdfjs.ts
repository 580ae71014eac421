import './polyfills.ts';

/** As much of pdf.js as paper needs: a chunk of its own, which comes when a document is opened. */
export { getDocument, PDFWorker, RenderingCancelledException, TextLayer } from 'pdfjs-dist';
