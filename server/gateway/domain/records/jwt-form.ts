/**
 * A JWT has one spelling: three base64url segments, each of which re-encodes to itself. jose takes several for one token (unused bits of
 * the last character, padding, white space), which would slip past whatever is keyed on the text.
 */
export function isCanonicalJwt(token: string, maxLength = 4096): boolean {
  if (token.length > maxLength) return false;
  const segments = token.split('.');
  return (
    segments.length === 3 &&
    segments.every((segment) => segment.length > 0 && Buffer.from(segment, 'base64url').toString('base64url') === segment)
  );
}
