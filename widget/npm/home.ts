import type { home as ofTag } from '../home.ts';

/** A script that somebody's own build has packed came from no gateway: without `server`, the one that answers under the page's own origin. */
export const home: typeof ofTag = globalThis.location?.origin ?? '';
