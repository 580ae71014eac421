/** Where nobody said in which zone they are. */
export const utc = 'UTC';

/** As the IANA time zone database writes names, links included; an offset such as "+02:00", which Intl takes too, is none. */
const named = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** Is this the name of an IANA time zone that is known here? Case does not count (RFC 6557). */
export function isTimeZone(name: string): boolean {
  if (!named.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The calendar day of an instant (milliseconds since 1970) in a time zone that is known here, as YYYY-MM-DD: at most a day from that in UTC. */
export function dayIn(zone: string, at: number): string {
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}
