import { z } from 'zod/mini';
import { Flow, vendorNames } from './onboarding/flow.ts';
import { refusalReasons, runStatuses, signStates } from './onboarding/onboarding.ts';
import { Fault } from './problem.ts';
import { email } from './text/email.ts';
import { digits, externalId, line } from './text/line.ts';
import { loyvaScopes } from './vendors/loyva.ts';

/** What a partner key may do. Loyva's seven, then ours. `credentials:read` reads secrets and is in no default set. */
export const scopes = [
  ...loyvaScopes,
  'onboarding:write',
  'team:read',
  'team:write',
  'provision:write',
  'provision:read',
  'credentials:read',
] as const;
export type Scope = (typeof scopes)[number];
export const defaultScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'credentials:read');

export const modes = ['live', 'test'] as const;
export type Mode = (typeof modes)[number];

const name = line(200);
const slug = z.string().check(z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/), z.maxLength(63));
const limit = z.nullable(z.int().check(z.minimum(0), z.maximum(1_000_000)));
const status = z.enum(['ACTIVE', 'SUSPENDED']);
const cursor = z.optional(z.string().check(z.maxLength(200)));

/** Body of `POST /api/v1/admin/partners/`. A limit of null is no limit. */
export const CreatePartner = z.strictObject({
  name,
  slug: z.optional(slug),
  contact_email: email,
  status: z._default(status, 'ACTIVE'),
  max_tenants: z._default(limit, null),
  max_users_per_tenant: z._default(limit, null),
  max_applications_per_tenant: z._default(limit, null),
});
export type CreatePartner = z.infer<typeof CreatePartner>;

/** Body of `PATCH /api/v1/admin/partners/{partner_id}`: what changes. */
export const PatchPartner = z.strictObject({
  name: z.optional(name),
  slug: z.optional(slug),
  contact_email: z.optional(email),
  status: z.optional(status),
  max_tenants: z.optional(limit),
  max_users_per_tenant: z.optional(limit),
  max_applications_per_tenant: z.optional(limit),
});
export type PatchPartner = z.infer<typeof PatchPartner>;

export const Partner = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  status,
  contact_email: z.string(),
  max_tenants: limit,
  max_users_per_tenant: limit,
  max_applications_per_tenant: limit,
  created_at: z.string(),
  updated_at: z.string(),
});
export type Partner = z.infer<typeof Partner>;

/** Query of the list. */
export const PartnerQuery = z.object({
  page: z._default(digits(1, 1_000_000), 1),
  per_page: z._default(digits(1, 100), 20),
  search: z.optional(z.string().check(z.maxLength(200))),
  status: z.optional(status),
  cursor,
});
export type PartnerQuery = z.infer<typeof PartnerQuery>;
/** What was asked for by cursor has no page number; `next_cursor` is there where there is more. */
export const PartnerList = z.object({
  items: z.array(Partner),
  total: z.int(),
  page: z.optional(z.int()),
  per_page: z.int(),
  next_cursor: z.optional(z.string()),
});

/** Body of `POST …/keys`. `expires_at` is ISO 8601; null is never. */
export const IssueKey = z.strictObject({
  scopes: z._default(z.array(z.enum(scopes)).check(z.minLength(1)), [...defaultScopes]),
  mode: z._default(z.enum(modes), 'live'),
  expires_at: z._default(z.nullable(z.iso.datetime()), null),
});
export type IssueKey = z.infer<typeof IssueKey>;

/** Body of `POST …/keys/{id}/rotate`: how long the old key still works, in seconds (0 to 30 days). */
export const RotateKey = z.strictObject({ overlap: z._default(z.int().check(z.minimum(0), z.maximum(2_592_000)), 86_400) });

export const Key = z.object({
  id: z.string(),
  mode: z.enum(modes),
  scopes: z.array(z.enum(scopes)),
  last_four: z.string(),
  created_at: z.string(),
  expires_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
});
export type Key = z.infer<typeof Key>;
/** The only answers that hold a key: the one that issues it and the one that rotates it. */
export const IssuedKey = z.extend(Key, { key: z.string() });
export const KeyList = z.object({ items: z.array(Key) });

export const Origins = z.object({ items: z.array(z.string()) });
export const OriginRequest = z.strictObject({ origin: z.string().check(z.maxLength(255)) });

/** Body of `PUT …/credentials`: a vendor's key, for the partner itself or for one of its customers. */
export const PutCredential = z.strictObject({
  vendor: z.enum(vendorNames),
  mode: z._default(z.enum(modes), 'live'),
  customer: z.optional(externalId),
  secret: z.string().check(z.regex(/^[\x21-\x7e]+$/), z.minLength(8), z.maxLength(4096)),
});
export type PutCredential = z.infer<typeof PutCredential>;
export const Credential = z.object({
  id: z.string(),
  vendor: z.enum(vendorNames),
  mode: z.enum(modes),
  customer: z.nullable(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Credential = z.infer<typeof Credential>;
export const CredentialList = z.object({ items: z.array(Credential), next_cursor: z.optional(z.string()) });
export const CredentialQuery = z.object({ cursor, limit: z._default(digits(1, 100), 100) });
/** Answer of `POST …/credentials/{id}/test`: what the vendor said to a harmless call. */
export const CredentialTest = z.object({ works: z.boolean(), detail: z.string() });

/** The flow in force. Version 0 is the default one, made from the vendors whose keys are stored. */
export const FlowAnswer = z.object({ version: z.int(), flow: Flow });

/** The documents of a flow's `sign` steps: PDFs, up to 5 MB each. */
export const FlowDocument = z.object({ name: z.string(), size: z.int(), sha256: z.string(), updated_at: z.string() });
export type FlowDocument = z.infer<typeof FlowDocument>;
export const FlowDocumentList = z.object({ items: z.array(FlowDocument) });

/** Why something stands still, and what the vendor said to it, in its own words; or the one who declined. */
export const Refusal = z.object({ reason: z.enum([...refusalReasons, 'declined']), said: z.nullable(z.string()) });
export type Refusal = z.infer<typeof Refusal>;
const RunAccount = z.object({ vendor: z.string(), state: z.string(), refusal: z.nullable(Refusal) });
/** A customer's way through the flow, as its partner and the registry see it: ids, states, and what vendors said. */
export const RunView = z.object({
  run_id: z.string(),
  external_id: z.string(),
  livemode: z.boolean(),
  status: z.enum(runStatuses),
  accounts: z.array(RunAccount),
  /** The envelope of the flow's document, once it is made; its files are at the vendor's paths. */
  sign: z.nullable(
    z.object({
      state: z.enum(signStates),
      envelope_id: z.nullable(z.string()),
      /** Which parts of the step the vendor last refused: `/prefill/<field>`, `/signer/name` or `/signer/email`, and its code. Empty once it is asked again. */
      faults: z.array(Fault),
      refusal: z.nullable(Refusal),
    }),
  ),
  created_at: z.string(),
  updated_at: z.string(),
});
export type RunView = z.infer<typeof RunView>;
export const RunList = z.object({ items: z.array(RunView), next_cursor: z.nullable(z.string()) });
export type RunList = z.infer<typeof RunList>;
export const RunQuery = z.object({
  external_id: z.optional(z.string().check(z.maxLength(128))),
  status: z.optional(z.enum(runStatuses)),
  cursor,
  limit: z._default(digits(1, 100), 20),
});
export type RunQuery = z.infer<typeof RunQuery>;

/** Which account is meant that is unknown or refused, or the envelope (`loyva`); the only one of them when absent. */
export const RetryRequest = z.strictObject({ vendor: z.optional(z.enum(['kelviq', 'scribeless', 'loyva'])) });
export type RetryRequest = z.infer<typeof RetryRequest>;
/** The account that was opened after all, by its id at the vendor and, where it is known, its key; or the envelope that was made after all. */
export const AdoptRequest = z.strictObject({
  vendor: z.optional(z.enum(['kelviq', 'scribeless'])),
  team_id: z.optional(line(200)),
  api_key: z.optional(z.string().check(z.regex(/^[\x21-\x7e]+$/), z.minLength(8), z.maxLength(4096))),
  envelope_id: z.optional(z.string().check(z.regex(/^env_[A-Za-z0-9_-]{1,64}$/))),
});

/** Which step is opened again, and of `provision` which account; all that were refused when absent. */
export const ResetRequest = z.strictObject({
  step: z.enum(['details', 'provision', 'sign']),
  vendor: z.optional(z.enum(['kelviq', 'scribeless'])),
});
export type ResetRequest = z.infer<typeof ResetRequest>;

export const AuditList = z.object({
  /** `leaf` is the exact text, which says everything else of the item; `hash` is SHA-256(0x00 || text) in base64, `seq` its place in the tree. */
  items: z.array(z.looseObject({ seq: z.int(), kind: z.string(), at: z.number(), leaf: z.string(), hash: z.string() })),
  next_before: z.nullable(z.int()),
  /** The log's newest head as a C2SP checkpoint (a signed note over origin, size and root). */
  checkpoint: z.string(),
});
