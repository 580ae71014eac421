import type { bring as ofTag } from '../session/bring.ts';
import { LinkError } from '../session/link-error.ts';

/** Loads a chunk. Whoever packed it knows how, and under which address it could be asked for again. */
export const bring: typeof ofTag = (load) =>
  load().catch(() => Promise.reject(new LinkError('script', 'A script of the element did not load.')));
