import { Words } from '../text/words.ts';

const { lang } = new Words('en');
const day = new Intl.DateTimeFormat(lang, { dateStyle: 'medium' });
const minute = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });

/** The day of an instant (ISO 8601), where the reader is. */
export const moment = (instant: string): string => day.format(new Date(instant));
/** The same to the minute. */
export const shortMoment = (instant: string): string => minute.format(new Date(instant));
