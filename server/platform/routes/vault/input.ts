import { z } from 'zod/mini';
import { count, line, oneOf, unturned, wanted } from '../loyva/input.ts';

/** What Loyva's vault takes. */

/** `expires`: seconds, as Loyva bounds them (docs.loyva.net: vault/signed-url). */
export const LinkQuery = z.object({
  expires: count(300, 60, 86_400),
  single_use: z._default(
    z.pipe(
      oneOf(['true', 'false'] as const),
      z.transform((text: 'true' | 'false'): boolean => text === 'true'),
    ),
    false,
  ),
});

export const ReleaseRequest = z.object({ reason: line(500).check(unturned), recipient: line(200).check(unturned) });

export const AcknowledgeRequest = z.object({
  sha256: z.pipe(
    z.string(wanted('must be a string')).check(z.regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256: 64 hexadecimal digits')),
    z.transform((text: string) => text.toLowerCase()),
  ),
});
