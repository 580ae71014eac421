import type { Context } from 'koa';
import { z } from 'zod/mini';
import { fieldTypes, longest } from '../../../shared/fields.ts';
import { brokenRule } from '../../../shared/rules.ts';
import { envelopeLimits, envelopeStatuses } from '../../../shared/vendors/loyva.ts';
import type { EnvelopeRequest } from '../domain/envelope-request.ts';

/** What Loyva's calls take. Unknown fields are ignored, as the vendor's own door does. */

/** Tells what is not there from what is of another kind. */
const wanted = (kind: string) => ({ error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : kind) });

const isEmail = (email: string): boolean => !brokenRule({ name: 'email', kind: 'email', required: true, max: 254 }, { email });
const line = (max: number) =>
  z.string(wanted('must be a string')).check(
    z.trim(),
    z.minLength(1, 'must not be empty'),
    z.maxLength(max, `must have at most ${max} characters`),
    z.refine((text) => text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), 'must not hold control characters'),
  );
/** Text of several lines. */
const prose = (max: number) =>
  z.string('must be a string').check(
    z.trim(),
    z.maxLength(max, `must have at most ${max} characters`),
    z.refine((text) => text.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(text), 'must not hold control characters'),
  );
const email = line(254).check(z.refine((text) => isEmail(text), 'must be an e-mail address'));
const within = (low: number, high: number) =>
  z.number(wanted('must be a number')).check(z.minimum(low, `must be at least ${low}`), z.maximum(high, `must be at most ${high}`));
const whole = (low: number, high: number) =>
  z.int(wanted('must be a whole number')).check(z.minimum(low, `must be at least ${low}`), z.maximum(high, `must be at most ${high}`));
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, wanted(`must be one of ${values.join(', ')}`));
const instant = z.pipe(
  z.iso.datetime({ offset: true, error: 'must be an instant in ISO 8601, such as 2027-01-31T12:00:00.000Z' }),
  z.transform((text: string) => Date.parse(text)),
);
/** Counted before any of it is read: a list of a million wrong things would be answered with millions of faults. */
const listOf = <T extends z.ZodMiniType>(of: T, low: number, high: number) =>
  z.pipe(
    z.array(z.unknown(), 'must be a list').check(z.minLength(low, 'must not be empty'), z.maxLength(high, `must be at most ${high}`)),
    z.array(of) as unknown as z.ZodMiniType<z.output<T>[], unknown[]>,
  );
const Metadata = z.pipe(
  z
    .record(z.string(), z.unknown(), 'must be an object')
    .check(z.refine((metadata) => Object.keys(metadata).length <= 50, 'must have at most 50 entries')),
  z.record(
    z.string().check(z.minLength(1), z.maxLength(40)),
    z.string('must be a string').check(z.maxLength(500, 'must have at most 500 characters')),
  ) as unknown as z.ZodMiniType<Record<string, string>, Record<string, unknown>>,
);
const later = (what: string) => z.optional(z.null({ error: `is not taken yet: ${what}` }));

/** Base64 (RFC 4648 section 4) that re-encodes to itself: what decoders disagree on is not a document. */
const content = z.pipe(
  z.string(wanted('must be base64')).check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(envelopeLimits.base64, `must have at most ${envelopeLimits.base64} characters`),
    z.refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'must be base64'),
  ),
  z.transform((text: string) => Buffer.from(text, 'base64')),
);

const Signer = z.object({
  email,
  name: line(100),
  role: z.nullish(line(60)),
  order: z.optional(whole(1, 100)),
});
const Field = z.object({
  type: oneOf(fieldTypes),
  signer: email,
  page: whole(1, envelopeLimits.pages),
  x: within(0, 1),
  y: within(0, 1),
  width: within(0, 1),
  height: within(0, 1),
  required: z._default(z.boolean('must be true or false'), true),
  label: z.nullish(line(100)),
  value: z.nullish(line(longest.text)),
});

const Create = z.object({
  customer_email: email,
  customer_name: line(100),
  envelope_kind: z._default(
    oneOf(['esign', 'paper'] as const).check(
      z.refine((kind) => kind !== 'paper', 'is not taken yet: envelopes signed on paper come later; send esign'),
    ),
    'esign',
  ),
  envelope_name: z.optional(line(200)),
  external_id: z.nullish(line(128)),
  metadata: z._default(Metadata, {}),
  template_id: later('templates come later; send the document'),
  document: z.object({ filename: line(200), content_base64: content }, wanted('must be an object')),
  signers: z.optional(listOf(Signer, 1, envelopeLimits.signers)),
  signing_order: z._default(oneOf(['parallel', 'sequential'] as const), 'parallel'),
  fields: z.optional(listOf(Field, 0, envelopeLimits.fields)),
  expires_at: z.nullish(instant),
  message: z.nullish(prose(2_000)),
  reminders: z.nullish(z.object({ after_days: whole(1, 90), every_days: whole(1, 90) })),
  required_reading: z._default(z.boolean('must be true or false'), false),
});

export const CreateRequest = z.pipe(
  Create,
  z.transform(
    (it: z.output<typeof Create>): EnvelopeRequest => ({
      customer: { email: it.customer_email, name: it.customer_name },
      name: it.envelope_name ?? null,
      externalId: it.external_id ?? null,
      metadata: it.metadata,
      message: it.message || null,
      order: it.signing_order,
      requiredReading: it.required_reading,
      reminders: it.reminders ?? null,
      expiresAt: it.expires_at ?? null,
      document: { filename: it.document.filename, bytes: it.document.content_base64 },
      signers: it.signers?.map((signer) => ({ ...signer, role: signer.role ?? null, order: signer.order })),
      // No fields and none given are the same: somebody has to sign somewhere.
      fields: it.fields?.length
        ? it.fields.map(({ label, value, ...field }) => ({
            ...field,
            label: label ?? null,
            value: value ? { kind: 'text' as const, text: value } : null,
          }))
        : undefined,
    }),
  ),
);

const count = (fallback: number, low: number, high: number) =>
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

export const ListQuery = z.object({
  page: count(1, 1, 1_000_000),
  limit: count(20, 1, 100),
  customer_id: z.optional(z.string().check(z.maxLength(64))),
  status: z.optional(oneOf(envelopeStatuses)),
});
export const LinkQuery = z.object({ expires: count(300, 60, 86_400) });
export const VoidRequest = z.object({ reason: z.nullish(prose(500)) });
export const TokenRequest = z.object({
  envelope_id: z.string(wanted('must be a string')).check(z.maxLength(64)),
  user_email: email,
  widget_type: oneOf(['sign', 'vault'] as const).check(
    z.refine((type) => type !== 'vault', 'is not taken yet: the vault widget comes later; send sign'),
  ),
});

export const idOf = (ctx: Context): string => String(ctx.params.id ?? '');
export const queryOf = (ctx: Context): Record<string, string> => Object.fromEntries(new URLSearchParams(ctx.querystring));
