import type { Words } from '../../text/words.ts';

/** An instant (ISO 8601) that counts for what is signed: the minute where the reader is, with the day and the time zone. */
export const momentOf = ({ lang }: Words, instant: string | null): string =>
  instant === null
    ? ''
    : new Date(instant).toLocaleString(lang, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
