import type { Words } from '../text/words.ts';

const date = { day: 'numeric', month: 'short', year: 'numeric', timeZoneName: 'short' } as const;

/** The day of an instant (ISO 8601) where the reader is, with the time zone that it is the day in. */
export const moment = ({ lang }: Words, instant: string): string => new Intl.DateTimeFormat(lang, date).format(new Date(instant));

/** The same to the minute. */
export const shortMoment = ({ lang }: Words, instant: string): string =>
  new Intl.DateTimeFormat(lang, { ...date, hour: 'numeric', minute: '2-digit' }).format(new Date(instant));
