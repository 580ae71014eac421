import type { Provisioner } from '../../../../shared/onboarding/flow.ts';
import type { Credential } from '../records/ports.ts';
import type { Refusal } from '../records/refusal.ts';

/** A vendor field that was refused, with a rule code the widget has words for. */
export interface FieldRefusal {
  readonly field: string;
  readonly code: 'email-taken' | 'vendor-refused';
}

/**
 * What came of asking for an account. `refused`: it will be refused again, because of these fields where the vendor names any. `later`:
 * certainly nothing was done, ask again after a while. `unknown`: nobody can tell, and asking again could do it twice.
 */
export type Opening =
  | { readonly kind: 'opened'; readonly ref: string; readonly secret: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly fields: readonly FieldRefusal[] }
  | { readonly kind: 'later'; readonly cause: unknown }
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** How far an opened account is. `billingUrl` is null when no set-up is needed; it carries a secret. */
export interface Readiness {
  readonly ref: string;
  readonly ready: boolean;
  readonly billingUrl: string | null;
}

/** What onboarding asks of a vendor that opens accounts; implemented by `vendors/`. What cannot be asked throws `Failure`; what is refused for good, `RefusedForGood`. */
export interface ProvisioningVendor {
  readonly name: Provisioner;
  /** Can the same customer be asked for again without opening a second account? */
  readonly repeatable: boolean;
  /** `fields` are the vendor's own names; `externalId` is the partner's id of the customer. */
  open(partnerKey: Credential, externalId: string, fields: Readonly<Record<string, string>>): Promise<Opening>;
  /** Readiness of an account by its own key; absent for a vendor that has no such state: its accounts are ready when they are open. */
  readonly readiness?: (customerKey: Credential) => Promise<Readiness>;
  /** An account by the vendor's own id, where the vendor tells of accounts and gives their keys out again; nothing when there is none. */
  readonly recover?: (partnerKey: Credential, ref: string) => Promise<Recovered | undefined>;
}

/** An account that the vendor has: its key, and the partner's id of the customer it was opened for. */
export interface Recovered {
  readonly secret: string | undefined;
  readonly externalId: string | undefined;
}

export type ProvisioningVendors = Readonly<Record<Provisioner, ProvisioningVendor>>;
