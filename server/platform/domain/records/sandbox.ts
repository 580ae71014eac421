import type { TeamAbility } from '../../../../shared/team.ts';
import type { Dialect } from './secrets.ts';

/** One customer's organization: what stands behind its team at Scribeless and its organization at Kelviq alike. */
export interface Organization {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerEmail: string;
  /** The partner pays by invoice; nothing is to be set up. */
  readonly byInvoice: boolean;
  /** When billing was set up; null until then. */
  readonly billingAt: number | null;
}

export interface Team {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly createdAt: number;
  /** From this instant on its templates are ready. */
  readonly readyAt: number;
}

/** An organization as Kelviq knows it. `serverKey` is a secret, sealed where it is kept. */
export interface KelviqRecord {
  readonly identifier: string;
  readonly organizationId: string;
  readonly accountId: string;
  readonly externalId: string;
  readonly userId: number;
  readonly slug: string;
  readonly clientKey: string;
  readonly serverKey: string;
}

export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  readonly dialect: Dialect;
  readonly email: string;
  readonly acceptedAt: number | null;
}

/** A team at Subscribr. Every organization has one, and every partner account one of its own. */
export interface ContentTeam {
  readonly id: number;
  readonly accountId: string;
  readonly name: string;
  readonly ownerId: number;
  /** Null when no vendor was ever told it. */
  readonly ownerName: string | null;
  /** Null for an account's own team. */
  readonly ownerEmail: string | null;
  readonly createdAt: number;
}

export interface TeamToken {
  readonly id: number;
  readonly name: string;
  readonly abilities: readonly TeamAbility[];
  readonly lastUsedAt: number | null;
}
