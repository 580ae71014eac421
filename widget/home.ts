/** The gateway that a tag talks to unless it says another: where this script came from. */
export const home: string = new URL(import.meta.url).origin;
