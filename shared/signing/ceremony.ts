import { z } from 'zod/mini';
import { isTimeZone, utc } from '../time-zone.ts';
import { fieldTypes, longest, pad } from './fields.ts';

/**
 * The signing ceremony: one contract, spoken by the platform under `/api/v2/embed/ceremony` (`Authorization: Bearer <its own sign token, or
 * the token of a signing link>`) and by the gateway under `/embed/ceremony` (DPoP session). Refusals are problems (RFC 9457) with the codes
 * of shared/problem.ts. Every write may be repeated: the same act again answers with the state as it is.
 *
 * | call | body → answer |
 * |---|---|
 * | `GET /ceremony?time_zone=` | → 200 CeremonyView |
 * | `GET /ceremony/document` | → 200 (206 with Range) `application/pdf`, ETag `"<sha256>"`: what is signed; the sealed file once it is completed |
 * | `POST /ceremony/consent` | ConsentRequest → 200 CeremonyView |
 * | `POST /ceremony/pages` | PagesRequest → 200 PagesAnswer |
 * | `PUT /ceremony/fields` | FieldsRequest → 200 FieldsAnswer; 422 names every fault at `/values/<field id>`: `glyph` and `control-characters` with `params.characters`, `does-not-fit` where it would be written smaller than 6 points |
 * | `POST /ceremony/outline` | OutlineRequest → 200 OutlineAnswer; 422 at `/text`; 429 after 120 in a minute |
 * | `POST /ceremony/finish` | FinishRequest → 200 CeremonyView |
 * | `POST /ceremony/decline` | DeclineRequest → 200 CeremonyView |
 *
 * `time_zone`, of the browser, is an IANA name; one that is not known is 422 at `/time_zone`. Left out it is the one that was given last, else UTC.
 *
 * 409: `ceremony-ended` (it is completed, declined, voided or expired), `not-your-turn`, `consent-missing`, `ceremony-changed` (another document, date or
 * revision than the signer saw: read the state again), `pages-unread`. 422 `invalid-input`: a required field without an answer (code `required`).
 */
export const ceremonyPath = '/api/v2/embed/ceremony';
/** `GET <vendor origin>/.well-known/inlay-ceremony` → 200 `{version: 1, path}`: this vendor has it. */
export const discoveryPath = '/.well-known/inlay-ceremony';
export const Discovery = z.object({ version: z.int(), path: z.string() });

const at = z.nullable(z.string());
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const fraction = z.number().check(z.minimum(0), z.maximum(1));
type Strokes = [x: number, y: number, ms: number, pressure: number][][];
const highest = [pad.width, pad.height, 3_600_000, 1] as const;
type Path = number[] | undefined;
const pointFault = (point: unknown): Path => {
  if (!Array.isArray(point) || point.length !== highest.length) return [];
  const i = highest.findIndex((most, i) => !(typeof point[i] === 'number' && point[i] >= 0 && point[i] <= most));
  return i < 0 ? undefined : [i];
};
const strokeFault = (stroke: unknown): Path => (Array.isArray(stroke) && stroke.length > 0 ? firstFault(stroke, pointFault) : []);
const firstFault = (list: readonly unknown[], faultOf: (item: unknown) => Path): Path => {
  for (const [i, item] of list.entries()) {
    const fault = faultOf(item);
    if (fault) return [i, ...fault];
  }
  return undefined;
};
/** The first fault alone: a body of a hundred thousand wrong points must not be as many faults. */
const strokesFault = (strokes: readonly unknown[]): Path => {
  const points = strokes.reduce<number>((sum, stroke) => sum + (Array.isArray(stroke) ? stroke.length : 0), 0);
  const counted = strokes.length >= 1 && strokes.length <= pad.maxStrokes && points <= pad.maxPoints;
  return counted ? firstFault(strokes, strokeFault) : [];
};
const strokes = z.custom<Strokes>(Array.isArray, 'must be a list of strokes').check(({ value, issues }) => {
  const path = strokesFault(value);
  const message = `must be 1 to ${pad.maxStrokes} strokes with at most ${pad.maxPoints} points [x, y, ms, pressure] within the pad`;
  if (path) issues.push({ code: 'custom', path, message, input: value });
});
/** As many as an envelope may have. */
const maxFields = 500;

/** Language, script and region (BCP 47), no more. */
const lang = z.optional(z.string().check(z.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?$/)));

export const FieldValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drawn'), strokes }),
  z.strictObject({ kind: z.literal('typed'), text: z.string().check(z.maxLength(longest.typed)), lang }),
  z.strictObject({ kind: z.literal('text'), text: z.string().check(z.maxLength(longest.text)), lang }),
  z.strictObject({ kind: z.literal('checked'), checked: z.boolean() }),
  z.strictObject({ kind: z.literal('chosen'), option: z.string().check(z.maxLength(longest.option)) }),
]);

/** Fractions of the displayed page, corner top left; `page` counts from 1. */
const place = { page: z.int(), x: fraction, y: fraction, width: fraction, height: fraction };

const Field = z.object({
  id: z.string(),
  type: z.enum(fieldTypes),
  /** Its first place. */
  ...place,
  /** At least one. Its answer stands at each; that of a radio where `option` is the chosen one, which is null for every other type. */
  places: z.optional(z.array(z.object({ ...place, option: z.nullable(z.string()) })).check(z.minLength(1))),
  required: z.boolean(),
  label: z.nullable(z.string()),
  name: z._default(z.nullable(z.string()), null),
  /** May the text have several lines? */
  multiline: z._default(z.boolean(), false),
  /** Characters (Unicode code points). */
  max_length: z._default(z.nullable(z.int()), null),
  /** What radio and dropdown give to choose from; `chosen` answers name the value. */
  options: z._default(z.nullable(z.array(z.object({ value: z.string(), label: z.string() }))), null),
  /** What a checkbox's tick stands for. */
  export_value: z._default(z.nullable(z.string()), null),
  /** The signer who answers it; `mine` is the one who asks. */
  signer: z.string(),
  mine: z.boolean(),
  /** One's own answer as it was last saved, or that of a signer who has finished. `date_signed` of one's own shows today. */
  value: z.nullable(FieldValue),
});
/** A field. A platform of an earlier version names one place, and nothing of what radio and dropdown brought. */
export const CeremonyField = z.pipe(
  Field,
  z.transform((field: z.output<typeof Field>) => {
    const { page, x, y, width, height } = field;
    return { ...field, places: field.places ?? [{ page, x, y, width, height, option: null }] };
  }),
);
export type CeremonyField = z.infer<typeof CeremonyField>;

/** `waiting`: not yet their turn; `asked`: it is; `consented`: they have opened it and agreed to sign on screen. */
export const signerStates = ['waiting', 'asked', 'consented', 'signed', 'declined'] as const;
export const ceremonyStates = ['open', 'finishing', 'completed', 'declined', 'voided', 'expired'] as const;
/** How the signer was reached; never more than that. */
export const assurances = ['partner-asserted', 'link-given-to-partner', 'email-link', 'email-code'] as const;
export type Assurance = (typeof assurances)[number];

export const CeremonyView = z.object({
  envelope_id: z.string(),
  name: z.string(),
  /** Who asks for the signature. */
  sender: z.string(),
  message: z.nullable(z.string()),
  /** `finishing`: everybody has signed and the file is being sealed. */
  state: z.enum(ceremonyStates),
  order: z.enum(['parallel', 'sequential']),
  expires_at: at,
  /** The signer who asks. `turn`: may they act now? */
  you: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.nullable(z.string()),
    state: z.enum(signerStates),
    turn: z.boolean(),
    signed_at: at,
  }),
  /** In signing order, the one who asks included. */
  signers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.nullable(z.string()),
      state: z.enum(signerStates),
      signed_at: at,
      you: z.boolean(),
    }),
  ),
  /** Must be agreed to before the document is given out (403 `consent-missing` until then is 409 here). */
  consent: z.object({ version: z.string(), sha256, title: z.string(), paragraphs: z.array(z.string()), given_at: at }),
  /** The bytes `GET /ceremony/document` gives, and its pages as they are displayed (points). */
  document: z.object({
    sha256,
    size: z.int(),
    sealed: z.boolean(),
    filename: z.string(),
    pages: z.array(z.object({ width: z.number(), height: z.number() })),
  }),
  required_reading: z.boolean(),
  pages_seen: z.array(z.int()),
  fields: z.array(CeremonyField),
  /** Counts the asking signer's saved answers; what `finish` must name. */
  revision: z.int(),
  saved_at: at,
  /** Today as `date_signed` will say it, `YYYY-MM-DD`: the signer's own day, in this time zone; what `finish` must name. */
  today: z.string(),
  time_zone: z._default(z.string(), utc),
  /** Why it ended, for `declined` and `voided`: whose act, in their words. */
  ended: z.nullable(z.object({ by: z.string(), reason: z.nullable(z.string()), at: z.string() })),
  completed_at: at,
});
export type CeremonyView = z.infer<typeof CeremonyView>;

const timeZone = z.optional(
  z.string().check(
    z.maxLength(64),
    z.check(({ value, issues }) => {
      if (!isTimeZone(value))
        issues.push({ code: 'custom', path: [], message: `must be a known time zone, which "${value}" is not`, input: value });
    }),
  ),
);
/** Query of `GET /ceremony`. */
export const CeremonyQuery = z.object({ time_zone: timeZone });
export type CeremonyQuery = z.infer<typeof CeremonyQuery>;
export const ConsentRequest = z.strictObject({
  version: z.string().check(z.maxLength(40)),
  sha256,
  agreed: z.literal(true),
  time_zone: timeZone,
});
export type ConsentRequest = z.infer<typeof ConsentRequest>;
/** Pages that the browser says it has shown, counted from 1. */
export const PagesRequest = z.strictObject({
  pages: z.array(z.int().check(z.minimum(1), z.maximum(500))).check(z.minLength(1), z.maxLength(500)),
});
export type PagesRequest = z.infer<typeof PagesRequest>;
export const PagesAnswer = z.object({ pages_seen: z.array(z.int()) });
export type PagesAnswer = z.infer<typeof PagesAnswer>;
/** Answers by field id; null takes one back. All are kept, or none. */
export const FieldsRequest = z.strictObject({
  // Counted before any of it is read, for the same reason.
  values: z.pipe(
    z
      .record(z.string(), z.unknown())
      .check(z.refine((values) => Object.keys(values).length <= maxFields, `has more than ${maxFields} answers`)),
    z.record(z.string().check(z.maxLength(40)), z.nullable(FieldValue)),
  ),
});
export type FieldsRequest = z.infer<typeof FieldsRequest>;
export const FieldsAnswer = z.object({ revision: z.int(), saved_at: z.string() });
export type FieldsAnswer = z.infer<typeof FieldsAnswer>;
/** A typed signature or initials whose look is asked for before it is kept. */
export const OutlineRequest = z.strictObject({ text: z.string().check(z.minLength(1), z.maxLength(longest.typed)), lang });
export type OutlineRequest = z.infer<typeof OutlineRequest>;
/** As it will be drawn: `width` in ems; `path`, SVG path data in thousandths of an em, from the start of the baseline, y downwards. */
export const OutlineAnswer = z.object({ width: z.number(), path: z.string().check(z.regex(/^[MLQCZ\d,. -]*$/)) });
export type OutlineAnswer = z.infer<typeof OutlineAnswer>;
/** What the signer saw: SHA-256 of the bytes that were shown, the revision of their answers, the date, and in which time zone it is that day. */
export const FinishRequest = z.strictObject({
  document_sha256: sha256,
  revision: z.int(),
  date: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)),
  time_zone: timeZone,
});
export type FinishRequest = z.infer<typeof FinishRequest>;
export const DeclineRequest = z.strictObject({ reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)) });
export type DeclineRequest = z.infer<typeof DeclineRequest>;

/** Header `Inlay-Client` of a forwarded call, as JSON: what the gateway says of the browser. The platform records it as reported by that key. */
export const clientHeader = 'inlay-client';
export const InlayClientReport = z.object({
  address: z.string().check(z.maxLength(64)),
  /** The proxy that said the address to the gateway, which trusts it. */
  via: z.optional(z.string().check(z.maxLength(64))),
  user_agent: z.string().check(z.maxLength(500)),
  session: z.string().check(z.maxLength(64)),
  assurance: z.enum(assurances),
});
export type InlayClientReport = z.infer<typeof InlayClientReport>;
