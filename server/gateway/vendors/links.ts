import { Failure } from '../../../shared/problem.ts';

/** A vendor's link, only when it leads to that vendor's own origin (https, or http on loopback as configured). */
export function vendorLink(text: string, origin: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.origin !== origin || url.username || url.password)
    throw new Failure('vendor-unreadable', 'The vendor gave a link that leads elsewhere.');
  return url.href;
}
