import type { Context } from 'koa';
import { z } from 'zod/mini';
import { brokenRule } from '../../../../shared/onboarding/rules.ts';
import { asciiEmail } from '../../../../shared/text/email.ts';
import { turning } from '../../../../shared/text/written.ts';
import { envelopeStatuses } from '../../../../shared/vendors/loyva.ts';

/** What Loyva's calls take. Unknown fields are ignored, as the vendor's own door does. */

/** Tells what is not there from what is of another kind. */
export const wanted = (kind: string) => ({ error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : kind) });

const isEmail = (email: string): boolean => !brokenRule({ name: 'email', kind: 'email', required: true, max: 254 }, { email });
export const line = (max: number) =>
  z.string(wanted('must be a string')).check(
    z.trim(),
    z.minLength(1, 'must not be empty'),
    z.maxLength(max, `must have at most ${max} characters`),
    z.refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), 'must not hold control characters'),
  );
/** Of a line that is told but never printed as it is: what is printed has its own faults, by name. */
export const unturned = z.refine<string>(
  (text) => !turning.test(text),
  'must not hold signs that turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069)',
);
/** Text of several lines. */
export const prose = (max: number) =>
  z.string('must be a string').check(
    z.trim(),
    z.maxLength(max, `must have at most ${max} characters`),
    z.refine((text) => text.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(text), 'must not hold control characters'),
    unturned,
  );
export const email = line(254).check(
  z.overwrite(asciiEmail),
  z.refine((text) => isEmail(text), 'must be an e-mail address'),
);
export const within = (low: number, high: number) =>
  z.number(wanted('must be a number')).check(z.minimum(low, `must be at least ${low}`), z.maximum(high, `must be at most ${high}`));
export const whole = (low: number, high: number) =>
  z.int(wanted('must be a whole number')).check(z.minimum(low, `must be at least ${low}`), z.maximum(high, `must be at most ${high}`));
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, wanted(`must be one of ${values.join(', ')}`));
/** Language, script and region (BCP 47), no more. */
export const language = z
  .string(wanted('must be a string'))
  .check(z.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?$/, 'must be a language tag, such as ja or zh-Hant-HK'));
export const instant = z.pipe(
  z.iso
    .datetime({ offset: true, error: 'must be an instant in ISO 8601, such as 2027-01-31T12:00:00.000Z' })
    // With an offset it can lie in the year after; that year is written in another form.
    .check(z.refine((text) => !(Date.parse(text) >= Date.UTC(10_000, 0)), 'must lie before the year 10000')),
  z.transform((text: string) => Date.parse(text)),
);
/** Counted before any of it is read: a list of a million wrong things would be answered with millions of faults. */
export const listOf = <T extends z.ZodMiniType>(of: T, low: number, high: number) =>
  z.pipe(
    z.array(z.unknown(), 'must be a list').check(z.minLength(low, 'must not be empty'), z.maxLength(high, `must be at most ${high}`)),
    z.array(of) as unknown as z.ZodMiniType<z.output<T>[], unknown[]>,
  );
/** Reads what came by the schema that is chosen for it, so that every fault is that schema's. */
export const readBy = <T>(choose: (given: unknown) => z.ZodMiniType<T>) =>
  z.transform((given: unknown, { issues }): T => {
    const read = choose(given).safeParse(given);
    if (read.success) return read.data;
    for (const { code, path, message } of read.error.issues) issues.push({ code, path, message, input: given } as (typeof issues)[number]);
    return z.NEVER;
  });
export const count = (fallback: number, low: number, high: number) =>
  z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,9}$/, 'must be a whole number')),
      z.pipe(
        z.transform((text: string) => Number(text)),
        whole(low, high),
      ),
    ),
    fallback,
  );

/** A cursor is ours, beside the vendor's pages. */
export const cursor = z.optional(z.string().check(z.maxLength(200)));
export const PageQuery = z.object({ page: count(1, 1, 1_000_000), limit: count(20, 1, 100), cursor });
export const ListQuery = z.extend(PageQuery, {
  customer_id: z.optional(z.string().check(z.maxLength(64))),
  status: z.optional(oneOf(envelopeStatuses)),
});
export const VoidRequest = z.object({ reason: z.nullish(prose(500)) });
export const RemindRequest = z.object({ signer_email: z.nullish(email) });
export const ErasureRequest = z.object({ email });
export const TokenRequest = z.object({
  envelope_id: z.string(wanted('must be a string')).check(z.maxLength(64)),
  user_email: email,
  widget_type: oneOf(['sign', 'vault'] as const),
});

export const idOf = (ctx: Context): string => String(ctx.params.id ?? '');
export const queryOf = (ctx: Context): Record<string, string> => Object.fromEntries(new URLSearchParams(ctx.querystring));
