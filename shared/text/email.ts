import { z } from 'zod/mini';

/** Of the WHATWG standard, which browsers and Node alike have. */
declare const URL: { parse(text: string): { readonly hostname: string } | null };

/** With its domain as mail servers and vendors take it (RFC 5891: `müller.example` is `xn--mller-kva.example`), as browsers write it for their e-mail fields. */
export function asciiEmail(email: string): string {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  if (!/[^\0-\x7f]/.test(domain) || !/^[\p{L}\p{N}\p{M}.\u3002\uff0e\uff61-]+$/u.test(domain)) return email;
  return email.slice(0, at) + (URL.parse(`http://${domain}`)?.hostname ?? domain);
}

/** An e-mail address of at most 254 characters, its domain in ASCII. */
export const email = z.string().check(z.overwrite(asciiEmail), z.email(), z.maxLength(254));
