/**
 * Why no paper can be shown: the file cannot be read; a script of pdf.js did not come; the page's policy allows no worker from a blob
 * (`worker-src blob:`) and the partner did not say `worker="none"`.
 */
export type PaperFault = 'unreadable' | 'script' | 'blocked';

export class PaperError extends Error {
  readonly code: PaperFault;

  constructor(code: PaperFault, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.code = code;
  }
}
