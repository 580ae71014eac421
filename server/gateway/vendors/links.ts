import { Failure } from '../../../shared/problem.ts';

/** A vendor's link, only when it leads to one of that vendor's own origins (https, or http on loopback as configured). */
export function vendorLink(text: string, ...origins: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !origins.includes(url.origin) || url.username || url.password)
    throw new Failure('vendor-unreadable', 'The vendor gave a link that leads elsewhere.');
  return url.href;
}
