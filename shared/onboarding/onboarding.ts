import { z } from 'zod/mini';
import { Fault } from '../problem.ts';
import { provisioners, Section, Values, Words } from './flow.ts';

/**
 * `planned` is written before anything is asked; `asking` before the request leaves; `unknown` when nobody can tell what came of it; `refused`
 * when the vendor will not open it, or not tell how far it is.
 */
export const accountStates = ['planned', 'asking', 'opened', 'ready', 'refused', 'unknown'] as const;
export type AccountState = (typeof accountStates)[number];

/**
 * `refused`: a vendor has refused something for good, and nothing is asked again until somebody changes what it was refused for. It stands
 * before `done`, where the vault refuses what everybody has signed.
 */
export const runStatuses = ['new', 'in_progress', 'unknown', 'waiting_billing', 'declined', 'refused', 'done'] as const;
export type RunStatus = (typeof runStatuses)[number];

/**
 * Why a vendor refused something for good, and so who can help: `key`, whoever has the partner's key at it (or there is none); `answers`, whoever
 * answered the questions; `document`, whoever puts the flow's documents; `vendor`, somebody who reads what it says.
 */
export const refusalReasons = ['key', 'answers', 'document', 'vendor'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/**
 * `preparing`: the envelope is being made; `unknown`: nobody can tell whether it was made; `refused`: the vendor will not make it, or not tell
 * of it, and it waits for the partner; `waiting`: the customer has signed and somebody else has not; the last three end it unsigned.
 */
export const signStates = [
  'todo',
  'preparing',
  'unknown',
  'refused',
  'open',
  'waiting',
  'finishing',
  'signed',
  'declined',
  'voided',
  'expired',
] as const;
export type SignState = (typeof signStates)[number];

const at = z.nullable(z.string());

/** How far one vendor's account is, as the customer may see it. */
export const AccountView = z.object({
  vendor: z.enum(provisioners),
  state: z.enum(accountStates),
  /** First asked; answered with a key that is stored; found ready; last asked about its readiness. */
  asked_at: at,
  opened_at: at,
  ready_at: at,
  checked_at: at,
  /** The vendor could not be reached lately; asking goes on by itself. */
  unreachable: z.boolean(),
});
export type AccountView = z.infer<typeof AccountView>;

/** Answer of `GET /embed/onboarding`: everything the view shows. `revision` is also the ETag, as `"r<revision>"`. */
export const OnboardingView = z.object({
  run_id: z.string(),
  status: z.enum(runStatuses),
  revision: z.int(),
  saved_at: at,
  /** Another tab or browser had this run open in the last 30 seconds. */
  elsewhere: z.boolean(),
  /** The step that is shown first. */
  step: z.string(),
  steps: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['details', 'provision', 'sign', 'billing', 'done']),
      label: z.nullable(Words),
      /** `open`: can be looked at and acted on; `todo`: something before it is missing. */
      state: z.enum(['done', 'open', 'todo']),
      at,
    }),
  ),
  details: z.object({
    sections: z.array(Section),
    values: Values,
    locked: z.array(z.string()),
    /** What a vendor refused, at the field that caused it (`params.said` is its sentence); or that the partner wants them looked at (`reopened`). */
    faults: z.array(Fault),
    editable: z.boolean(),
    /** They were sent, and may be taken back: nothing was opened with them. */
    reopenable: z.boolean(),
  }),
  accounts: z.array(AccountView),
  billing: z.nullable(
    z.object({ vendor: z.enum(provisioners), state: z.enum(['waiting', 'needed', 'refused', 'done']), checked_at: at, done_at: at }),
  ),
  /** The flow's document to sign; `signed` whether or not the vault has it yet. While `open`, `waiting` or `finishing`, `/embed/ceremony` shows it. */
  sign: z.nullable(
    z.object({
      state: z.enum(signStates),
      envelope_id: z.nullable(z.string()),
      title: z.string(),
      /** It takes the place of one that was refused, declined or ended. */
      renewed: z.boolean(),
      signed_at: at,
      vaulted_at: at,
      unreachable: z.boolean(),
    }),
  ),
  done: z.object({ message: z.nullable(Words), redirect: z.nullable(z.string()), redirect_label: z.nullable(Words) }),
});
export type OnboardingView = z.infer<typeof OnboardingView>;

/** Body of `PATCH /embed/onboarding/draft` and of `POST /embed/onboarding/steps/{details}`. */
export const DraftRequest = z.strictObject({ values: Values });
export type DraftRequest = z.infer<typeof DraftRequest>;
/** Answer of the draft: its new revision (also the ETag) and when it was kept. */
export const DraftAnswer = z.object({ revision: z.int(), saved_at: z.string() });
export type DraftAnswer = z.infer<typeof DraftAnswer>;
/** Answer of `POST /embed/onboarding/steps/{billing}`: the vendor's payment page. It carries a secret: keep it out of the page's markup. */
export const BillingAnswer = z.object({ billing_url: z.string() });
export type BillingAnswer = z.infer<typeof BillingAnswer>;
