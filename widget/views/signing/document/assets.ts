const here = import.meta.url;

/** Where pdf.js and the script face lie, with a slash at the end: beside the folder that this script came from, whichever gateway the tag talks to. */
export const assetsOf = (_server: string | undefined): string => new URL('..', here).href;
