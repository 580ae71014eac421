/** A number in a content stream. Three decimals: a fiftieth of what a printer can show. */
export const n = (value: number): string => String(Math.round(value * 1000) / 1000);
