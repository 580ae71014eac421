import { Words } from '../text/words.ts';

const { lang } = new Words('en');
const date = { day: 'numeric', month: 'short', year: 'numeric', timeZoneName: 'short' } as const;
const day = new Intl.DateTimeFormat(lang, date);
const minute = new Intl.DateTimeFormat(lang, { ...date, hour: 'numeric', minute: '2-digit' });

/** The day of an instant (ISO 8601) where the reader is, with the time zone that it is the day in. */
export const moment = (instant: string): string => day.format(new Date(instant));
/** The same to the minute. */
export const shortMoment = (instant: string): string => minute.format(new Date(instant));
