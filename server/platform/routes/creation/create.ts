import { z } from 'zod/mini';
import { longest } from '../../../../shared/signing/fields.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import type { EnvelopeRequest, EnvelopeSource, SignerRequest } from '../../domain/creation/request.ts';
import { type DocumentSchema, withDocument } from '../loyva/documents.ts';
import { email, instant, language, line, listOf, oneOf, prose, readBy, wanted, whole } from '../loyva/input.ts';
import { fieldsOf } from './fields.ts';

/** What `POST …/envelopes` takes: of a document, of a template, or on paper. */

const Metadata = z.pipe(
  z
    .record(z.string(), z.unknown(), 'must be an object')
    .check(z.refine((metadata) => Object.keys(metadata).length <= 50, 'must have at most 50 entries')),
  z.record(
    z.string().check(z.minLength(1), z.maxLength(40)),
    z.string('must be a string').check(z.maxLength(500, 'must have at most 500 characters')),
  ) as unknown as z.ZodMiniType<Record<string, string>, Record<string, unknown>>,
);

/** By the field's name: for fields that the request does not carry. */
const Values = z.pipe(
  z
    .record(z.string(), z.unknown(), 'must be an object')
    .check(z.refine((values) => Object.keys(values).length <= envelopeLimits.fields, `must have at most ${envelopeLimits.fields} entries`)),
  z.record(
    z.string(),
    readBy<string | boolean>((given) => (typeof given === 'boolean' ? z.boolean() : prose(longest.text))),
  ) as unknown as z.ZodMiniType<Record<string, string | boolean>, Record<string, unknown>>,
);

const Signer = z.pipe(
  z.object({ email, name: line(100), role: z.nullish(line(60)), order: z.optional(whole(1, 100)) }),
  z.transform(
    (it: { email: string; name: string; role?: string | null | undefined; order?: number | undefined }): SignerRequest => ({
      ...it,
      role: it.role ?? null,
      order: it.order,
    }),
  ),
);

const common = {
  customer_email: email,
  customer_name: line(100),
  envelope_kind: z._default(oneOf(['esign', 'paper'] as const), 'esign'),
  envelope_name: z.optional(line(200)),
  external_id: z.nullish(line(128)),
  locale: z.nullish(language),
  metadata: z._default(Metadata, {}),
  expires_at: z.nullish(instant),
};
const signing = {
  ...common,
  signers: z.optional(listOf(Signer, 1, envelopeLimits.signers)),
  signing_order: z.optional(oneOf(['parallel', 'sequential'] as const)),
  message: z.nullish(prose(2_000)),
  reminders: z.nullish(z.object({ after_days: whole(1, 90), every_days: whole(1, 90) })),
  required_reading: z._default(z.boolean('must be true or false'), false),
  values: z._default(Values, {}),
};

/** A field that says something which cannot be; null and left out say nothing. */
const never = (why: string) => z.optional(z.null({ error: why }));

const ofDocument = (document: DocumentSchema) =>
  z.object({ ...signing, template_id: never('must not come with a document'), document, fields: z.optional(fieldsOf(email, 0)) });
const OfTemplate = z.object({
  ...signing,
  template_id: z.string(wanted('must be a string')).check(z.maxLength(64)),
  document: never('must not come with template_id: the document is that of the template'),
  fields: never('must not come with template_id: the fields are those of the template'),
});
const unsigned = 'must not come with an envelope on paper: it is signed before it is uploaded';
const OnPaper = z.object({
  ...common,
  signers: never(unsigned),
  fields: never(unsigned),
  values: never(unsigned),
  template_id: never('must not come with an envelope on paper: what was signed is uploaded'),
  document: never('must not come with an envelope on paper: upload it once it is signed'),
});

type Common = z.output<typeof OnPaper>;
type Signing =
  | Omit<z.output<ReturnType<typeof ofDocument>>, 'document' | 'template_id'>
  | Omit<z.output<typeof OfTemplate>, 'document' | 'template_id'>;

const base = (it: Pick<Common, keyof typeof common>, source: EnvelopeSource): EnvelopeRequest => ({
  customer: { email: it.customer_email, name: it.customer_name },
  name: it.envelope_name ?? null,
  externalId: it.external_id ?? null,
  locale: it.locale ?? null,
  metadata: it.metadata,
  message: null,
  order: null,
  requiredReading: false,
  reminders: null,
  expiresAt: it.expires_at ?? null,
  source,
  signers: undefined,
  fields: undefined,
  values: {},
});

const signed = (it: Signing, source: EnvelopeSource): EnvelopeRequest => ({
  ...base(it, source),
  message: it.message || null,
  order: it.signing_order ?? null,
  requiredReading: it.required_reading,
  reminders: it.reminders ?? null,
  signers: it.signers,
  // No fields and none given are the same: somebody has to sign somewhere.
  fields: it.fields?.length ? it.fields : undefined,
  values: it.values,
});

const paper = z.pipe(
  OnPaper,
  z.transform((it: Common) => base(it, { kind: 'paper' })),
);
const template = z.pipe(
  OfTemplate,
  z.transform((it: z.output<typeof OfTemplate>) => signed(it, { kind: 'template', templateId: it.template_id })),
);

export const readCreate = withDocument<EnvelopeRequest>(
  (document) => {
    const own = ofDocument(document);
    const given = z.pipe(
      own,
      z.transform((it: z.output<typeof own>) => signed(it, { kind: 'document', document: it.document })),
    );
    return (body) => {
      const { envelope_kind, template_id } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
      if (envelope_kind === 'paper') return paper;
      return template_id === undefined || template_id === null ? given : template;
    };
  },
  ['signers', 'fields', 'values', 'metadata', 'reminders', 'required_reading'],
);
