import { z } from 'zod/mini';
import { fieldTraits, fieldTypes } from '../signing/fields.ts';
import { email } from '../text/email.ts';

/** A partner's words: one text for all, or one per language (BCP 47). Always text, never HTML. */
export const Words = z.union([z.string().check(z.maxLength(300)), z.record(z.string(), z.string().check(z.maxLength(300)))]);
export type Words = z.infer<typeof Words>;

export const fieldKinds = ['text', 'email', 'tel', 'select', 'country', 'checkbox'] as const;
/** Named formats; no regular expression from a partner is ever run. `org-number` and `vat` read the country from `country_field`. */
export const formats = ['email', 'phone', 'org-number', 'vat', 'digits'] as const;

const name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/));

/** One question of a `details` step. Its label and hint fall back to the widget's catalogue by the field's name. */
export const Field = z.strictObject({
  name,
  kind: z.enum(fieldKinds),
  format: z.optional(z.enum(formats)),
  country_field: z.optional(name),
  required: z._default(z.boolean(), true),
  /** Length in characters, after trimming. */
  min: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
  max: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 200),
  options: z.optional(
    z
      .array(z.strictObject({ value: z.string().check(z.minLength(1), z.maxLength(100)), label: z.optional(Words) }))
      .check(z.minLength(1), z.maxLength(300)),
  ),
  /** The field is asked only when another one has one of these values. */
  when: z.optional(z.strictObject({ field: name, in: z.array(z.union([z.string(), z.boolean()])).check(z.minLength(1)) })),
  label: z.optional(Words),
  hint: z.optional(Words),
  placeholder: z.optional(z.string().check(z.maxLength(60))),
  autocomplete: z.optional(z.string().check(z.regex(/^[a-z0-9 -]{1,60}$/))),
  width: z.optional(z.enum(['full', 'half'])),
});
export type Field = z.infer<typeof Field>;

export const Section = z.strictObject({
  id: name,
  label: z.optional(Words),
  hint: z.optional(Words),
  fields: z.array(Field).check(z.minLength(1), z.maxLength(40)),
});
export type Section = z.infer<typeof Section>;

/** Vendors that can open an account for a customer, and those that read the account's state. */
export const provisioners = ['kelviq', 'scribeless'] as const;
export type Provisioner = (typeof provisioners)[number];
export const vendorNames = ['scribeless', 'kelviq', 'loyva', 'subscribr'] as const;
export type VendorName = (typeof vendorNames)[number];

const StepBase = { id: name, label: z.optional(Words) };
export const DetailsStep = z.strictObject({
  ...StepBase,
  kind: z.literal('details'),
  sections: z.array(Section).check(z.minLength(1), z.maxLength(10)),
});
export const ProvisionStep = z.strictObject({
  ...StepBase,
  kind: z.literal('provision'),
  accounts: z
    .array(
      z.strictObject({
        vendor: z.enum(provisioners),
        /** The vendor's field → the name of the field that answers it. */
        mapping: z.record(z.string(), name),
        /** Under which vendors the returned key is stored for this customer. */
        store: z.array(z.enum(vendorNames)).check(z.minLength(1)),
      }),
    )
    .check(z.minLength(1), z.maxLength(4)),
});
const fraction = z.number().check(z.minimum(0), z.maximum(1));
const party = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));
const role = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));
/** What a partner's document is called. */
export const DocumentName = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/));
/**
 * A document of the partner (`/flow/documents/{name}`) or a template that the vendor has, exactly one of them, signed by the customer and
 * then, where one is named, by the partner's countersigner.
 */
export const SignStep = z.strictObject({
  ...StepBase,
  kind: z.literal('sign'),
  document: z.optional(DocumentName),
  template_id: z.optional(z.string().check(z.regex(/^tmpl_[A-Za-z0-9_-]{1,64}$/))),
  /** What the envelope is called. */
  title: party,
  /** The customer: which of the answers are their e-mail and, joined by spaces, their name. */
  signer: z.strictObject({ email: name, name: z.array(name).check(z.minLength(1), z.maxLength(3)), role: z._default(role, 'Customer') }),
  countersigner: z.optional(z.strictObject({ email, name: party, role: z._default(role, 'Partner') })),
  /** Where the parties sign, by role, in fractions of the displayed page. Without them a signature page is added. A template has its own. */
  fields: z._default(
    z
      .array(
        z.strictObject({
          /** What `prefill` knows it by. */
          name: z.optional(party),
          type: z.enum(fieldTypes).check(z.refine((type) => !fieldTraits[type].options, 'A step gives no options: let the document ask.')),
          role,
          page: z.int().check(z.minimum(1), z.maximum(500)),
          x: fraction,
          y: fraction,
          width: fraction,
          height: fraction,
          required: z._default(z.boolean(), true),
          label: z.optional(party),
        }),
      )
      .check(z.maxLength(200)),
    [],
  ),
  /**
   * Fields of the document by their names (the step's own, the template's, or those of the document's form), and which of the answers fills
   * each in: one, or several joined by spaces. What stands there the signer may change.
   */
  prefill: z.optional(
    z
      .record(z.string().check(z.minLength(1), z.maxLength(300)), z.union([name, z.array(name).check(z.minLength(1), z.maxLength(3))]))
      .check(z.refine((prefill) => Object.keys(prefill).length <= 100, 'At most 100 fields are filled in.')),
  ),
});
export type SignStep = z.infer<typeof SignStep>;
export const BillingStep = z.strictObject({ ...StepBase, kind: z.literal('billing'), vendor: z.enum(provisioners) });
export const DoneStep = z.strictObject({
  ...StepBase,
  kind: z.literal('done'),
  message: z.optional(Words),
  /** Where "done" leads; must lie on one of the partner's registered origins. */
  redirect: z.optional(z.string().check(z.maxLength(2000))),
  redirect_label: z.optional(Words),
});
export const Step = z.discriminatedUnion('kind', [DetailsStep, ProvisionStep, SignStep, BillingStep, DoneStep]);
export type Step = z.infer<typeof Step>;

/** A partner's list of steps. Versioned by the registry; a run keeps the version it began with. */
export const Flow = z.strictObject({ steps: z.array(Step).check(z.minLength(2), z.maxLength(12)) });
export type Flow = z.infer<typeof Flow>;

/** What a customer has answered: by field name. */
export const Values = z.record(name, z.union([z.string().check(z.maxLength(1000)), z.boolean()]));
export type Values = z.infer<typeof Values>;
