/** Base64url that encodes whole bytes, the unused bits of its last character zero (RFC 4648, 3.5). */
const segment = '(?:[\\w-]{4})*(?:[\\w-]{4}|[\\w-]{2}[AEIMQUYcgkosw048]|[\\w-][AQgw])';
const canonical = new RegExp(`^${segment}\\.${segment}\\.${segment}$`);

/**
 * A JWT has one spelling: three base64url segments, each of which re-encodes to itself. jose takes several for one token (unused bits of
 * the last character, padding, white space), which would slip past whatever is keyed on the text, or on what it says.
 */
export const isCanonicalJwt = (token: string, longest = 4096): boolean => token.length <= longest && canonical.test(token);
