import type { assetsOf as ofTag } from '../views/signing/document/assets.ts';

/** Where pdf.js and the script face lie: at the gateway. */
export const assetsOf: typeof ofTag = (server) => `${server?.replace(/\/+$/, '')}/`;
