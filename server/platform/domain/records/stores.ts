import type { Listed } from '../../../../shared/list.ts';
import type { Account, KeyHolder } from './account.ts';
import type { EnvelopeStore } from './envelope.ts';
import type { Mail, PostedMail } from './mail.ts';
import type { PeopleStore } from './people.ts';
import type { ContentTeam, Invitation, KelviqRecord, Organization, Team, TeamToken } from './sandbox.ts';
import type { Dialect } from './secrets.ts';
import type { TemplateStore } from './template.ts';
import type { VaultStore } from './vault.ts';
import type { WebhookStore } from './webhook.ts';

/** What the platform keeps, as the domain asks for it: by account, or by the hash of a secret, never at large. E-mails are compared as `ownerKey` writes them. */
export interface Stores {
  readonly accounts: {
    byName(name: string): Promise<Account | undefined>;
    get(id: string): Promise<Account>;
    byKey(dialect: Dialect, hash: string): Promise<KeyHolder | undefined>;
    add(account: Account, at: number): Promise<void>;
    /** Puts the account's key of this dialect in the place of its earlier one. */
    setKey(accountId: string, dialect: Dialect, key: { hash: string } & Pick<KeyHolder, 'scopes' | 'rateLimit'>, at: number): Promise<void>;
    /** Calls a minute of the account's key of this dialect; each key of its customers may make as many. */
    rateLimit(accountId: string, dialect: Dialect): Promise<number>;
  };
  readonly organizations: {
    ofOwner(accountId: string, ownerKey: string): Promise<Organization | undefined>;
    get(id: string): Promise<Organization>;
    add(organization: Organization, ownerKey: string, at: number): Promise<void>;
    /** The first time counts. */
    setBilling(id: string, at: number): Promise<void>;
  };
  readonly teams: {
    byKey(keyHash: string): Promise<Team | undefined>;
    byCheckout(checkoutHash: string): Promise<Team | undefined>;
    add(team: Team, hashes: { key: string; checkout: string }): Promise<void>;
  };
  readonly kelviq: {
    byExternalId(accountId: string, externalId: string): Promise<KelviqRecord | undefined>;
    byIdentifier(accountId: string, identifier: string): Promise<KelviqRecord | undefined>;
    /** In the order they were made. */
    list(accountId: string, limit: number, after?: readonly [userId: number]): Promise<Listed<KelviqRecord>>;
    /** Does Kelviq have a user with this e-mail, or another account an organization of this owner? */
    isTaken(accountId: string, ownerKey: string): Promise<boolean>;
    /** Whose server key this is: the organization's id. */
    organizationOf(serverKeyHash: string): Promise<string | undefined>;
    hasSlug(slug: string): Promise<boolean>;
    nextUserId(): Promise<number>;
    add(record: KelviqRecord, hashes: { ownerKey: string; serverKey: string }, at: number): Promise<void>;
  };
  readonly subscribr: {
    /** `organizationId` null: the account's own team. */
    addTeam(team: { accountId: string; organizationId: string | null; ownerName: string | null }, at: number): Promise<void>;
    /** The first name counts. */
    nameOwner(organizationId: string, name: string): Promise<void>;
    ofAccount(accountId: string): Promise<ContentTeam>;
    ofOrganization(organizationId: string): Promise<ContentTeam>;
    byToken(hash: string): Promise<{ team: ContentTeam; token: TeamToken } | undefined>;
    /** In the order they were made. */
    tokens(teamId: number, limit: number, after?: readonly [id: number]): Promise<Omit<Listed<TeamToken>, 'total'>>;
    hasToken(teamId: number, by: { id: number } | { name: string }): Promise<boolean>;
    addToken(teamId: number, token: Pick<TeamToken, 'name' | 'abilities'>, hash: string, at: number): Promise<TeamToken>;
    /** False: the team has no such token. */
    removeToken(teamId: number, id: number): Promise<boolean>;
    useToken(teamId: number, id: number, at: number): Promise<void>;
  };
  readonly invitations: {
    byToken(hash: string): Promise<Invitation | undefined>;
    add(invitation: Invitation, tokenHash: string, at: number): Promise<void>;
    accept(id: string, at: number): Promise<void>;
  };
  readonly mails: {
    add(mail: Mail): Promise<void>;
    /** The newest first. */
    list(limit: number, after?: readonly [at: number, id: string]): Promise<Omit<Listed<PostedMail>, 'total'>>;
    get(id: string): Promise<PostedMail | undefined>;
    /** Ids of mails that had left by `then`. */
    delivered(then: number, limit: number): Promise<string[]>;
    forget(ids: readonly string[]): Promise<void>;
  };
  readonly envelopes: EnvelopeStore;
  readonly people: PeopleStore;
  readonly templates: TemplateStore;
  readonly webhooks: WebhookStore;
  readonly vault: VaultStore;
  /** What the platform makes once for itself and keeps sealed. */
  readonly secrets: {
    find(name: string): Promise<string | undefined>;
    /** The first one counts: what is kept afterwards. */
    keep(name: string, secret: string): Promise<string>;
    /** False: what is kept is no longer what was `seen` (undefined: nothing), and stays. */
    replace(name: string, seen: string | undefined, secret: string): Promise<boolean>;
  };
  readonly magic: {
    /** True the first time for this account, dialect and address. */
    spend(accountId: string, dialect: Dialect, ownerKey: string, at: number): Promise<boolean>;
  };
}

/** `read` answers from what is committed; `transact` does all of its work or none. */
export interface Storage {
  readonly read: Stores;
  transact<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}
