import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Links } from '../notices/links.ts';
import { invite } from '../notices/mail.ts';
import type { Account } from '../records/account.ts';
import { ownerKey } from '../records/people.ts';
import type { Organization, Team } from '../records/sandbox.ts';
import { hashOf, newSecret } from '../records/secrets.ts';
import type { Storage } from '../records/stores.ts';
import { magicOf, playInstead } from './magic.ts';
import { type Outcome, organizationFor } from './organizations.ts';

export interface TeamRequest {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly companyName: string;
}

export interface OpenedTeam {
  readonly team: Team;
  /** In the clear: this is the only time. */
  readonly key: { readonly id: string; readonly secret: string };
  readonly owner: { readonly id: string; readonly email: string };
  readonly invitationId: string;
  /** Absent when no billing set-up is needed. */
  readonly billingSetupUrl: string | undefined;
}

/** A team, as its own key opens it. */
export interface TeamHolder {
  readonly team: Team;
  readonly organization: Organization;
  /** Calls a minute. */
  readonly rateLimit: number;
}

/** How far a team is: https://docs.scribeless.co/partner-workflows/account-status. */
export interface TeamStatus {
  readonly teamId: string;
  readonly templatesReady: boolean;
  /** Can the partner be invoiced for this team? So from the start, or once billing is set up. */
  readonly billByInvoice: boolean;
  readonly canCreateCampaigns: boolean;
  /** Needs a recurring subscription too, which the demo checkout does not sell. */
  readonly canCreateRecurringCampaign: boolean;
  /** Absent when no billing set-up is needed. */
  readonly billingSetupUrl: string | undefined;
}

export type Teams = ReturnType<typeof createTeams>;

/** Scribeless teams. An owner may have several: a repeated e-mail makes a second team, with its own key, in the same organization. */
export const createTeams = (storage: Storage, links: Links) => ({
  async open(account: Account, request: TeamRequest, at: number): Promise<Outcome<OpenedTeam>> {
    const magic = magicOf(request.email, 'scribeless');
    const trick = playInstead(magic.instead);
    if (trick) return { kind: trick };
    return storage.transact(async (stores) => {
      const name = `${request.firstName} ${request.lastName}`;
      const organization = await organizationFor(stores, account, { email: request.email, company: request.companyName, name }, at);
      const team = {
        id: newId('team'),
        organizationId: organization.id,
        name: request.companyName,
        createdAt: at,
        readyAt: at + magic.preparing,
      };
      const key = { id: newId('key'), secret: newSecret('slt_') };
      await stores.teams.add(team, { key: hashOf(key.secret), checkout: hashOf(links.checkoutSecret(team.id)) });
      const person = { email: request.email, name: request.firstName };
      const to = { dialect: 'scribeless', organization, person, company: team.name, partner: account.name } as const;
      const invitationId = await invite(stores, links, to, at);
      if (magic.afterwards && (await stores.magic.spend(account.id, 'scribeless', ownerKey(request.email), at)))
        return { kind: magic.afterwards };
      const owner = { id: organization.ownerId, email: request.email };
      return { kind: 'opened', opened: { team, key, owner, invitationId, billingSetupUrl: billingOf(links, team, organization) } };
    });
  },

  /** Failure `unauthenticated`: it is no team's key. */
  async ofKey(teamKey: string): Promise<TeamHolder> {
    const team = teamKey ? await storage.read.teams.byKey(hashOf(teamKey)) : undefined;
    if (!team) throw new Failure('unauthenticated');
    const organization = await storage.read.organizations.get(team.organizationId);
    return { team, organization, rateLimit: await storage.read.accounts.rateLimit(organization.accountId, 'scribeless') };
  },

  status({ team, organization }: TeamHolder, now: number): TeamStatus {
    const templatesReady = now >= team.readyAt;
    const billingSetupUrl = billingOf(links, team, organization);
    const billByInvoice = billingSetupUrl === undefined;
    const { recurring } = magicOf(organization.ownerEmail, 'scribeless');
    return {
      teamId: team.id,
      templatesReady,
      billByInvoice,
      canCreateCampaigns: templatesReady && billByInvoice,
      canCreateRecurringCampaign: templatesReady && billByInvoice && recurring,
      billingSetupUrl,
    };
  },

  /** The team whose billing this secret sets up, and whether it is done. */
  async checkout(secret: string): Promise<{ team: Team; organization: Organization }> {
    const team = await storage.read.teams.byCheckout(hashOf(secret));
    if (!team) throw new Failure('not-found');
    return { team, organization: await storage.read.organizations.get(team.organizationId) };
  },

  /** Sets billing up for the whole organization; done twice it is done once. */
  setBilling: (secret: string, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const team = await stores.teams.byCheckout(hashOf(secret));
      if (!team) throw new Failure('not-found');
      await stores.organizations.setBilling(team.organizationId, at);
    }),
});

const billingOf = (links: Links, team: Team, organization: Organization): string | undefined =>
  organization.byInvoice || organization.billingAt !== null ? undefined : links.checkoutUrl(team.id);
