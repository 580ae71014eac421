import type { Listed, Wanted } from '../../../../shared/list.ts';
import type { Flow, VendorName } from '../../../../shared/onboarding/flow.ts';
import type { Mode } from '../../../../shared/registry.ts';
import type {
  Account,
  Credential,
  Customer,
  FlowDocument,
  KeptCall,
  Mint,
  Partner,
  PartnerKey,
  Pass,
  Run,
  Session,
  SessionToken,
  Signing,
  TokenKey,
  Webhook,
} from './entities.ts';

export type * from './edges.ts';
export type * from './entities.ts';

/** What the gateway's domain needs of the outside. Instants are integer milliseconds since 1970, UTC. */

type ByAge = readonly [createdAt: number, id: string];
export interface PartnerQuery extends Wanted<ByAge> {
  readonly search?: string | undefined;
  readonly status?: string | undefined;
}

export interface PartnerStore {
  insert(row: Partner): Promise<void>;
  /** Deleted partners too: their slugs stay taken. */
  slugTaken(slug: string): Promise<boolean>;
  find(id: string): Promise<Partner | undefined>;
  update(id: string, change: { readonly [K in keyof Partner]?: Partner[K] | undefined }): Promise<void>;
  /** In the order they were made. */
  list(query: PartnerQuery): Promise<Listed<Partner>>;
  origins(id: string): Promise<string[]>;
  addOrigin(id: string, origin: string): Promise<void>;
  removeOrigin(id: string, origin: string): Promise<boolean>;
  /** Is it registered by any partner that is not deleted? */
  originKnown(origin: string): Promise<boolean>;
}

export interface KeyStore {
  insert(row: PartnerKey): Promise<void>;
  findByHash(hash: string): Promise<PartnerKey | undefined>;
  find(partnerId: string, id: string): Promise<PartnerKey | undefined>;
  list(partnerId: string): Promise<PartnerKey[]>;
  /** Keys that still open something at that instant. */
  countActive(partnerId: string, now: number): Promise<number>;
  update(partnerId: string, id: string, change: Partial<Pick<PartnerKey, 'revokedAt' | 'expiresAt'>>): Promise<void>;
}

export interface CredentialStore {
  put(row: Credential): Promise<void>;
  find(partnerId: string, id: string): Promise<Credential | undefined>;
  findFor(partnerId: string, customerId: string, vendor: VendorName, mode: Mode): Promise<Credential | undefined>;
  findByRef(partnerId: string, vendor: VendorName, mode: Mode, ref: string): Promise<Credential | undefined>;
  /** In the order they were made; some of them are of customers. */
  list(partnerId: string, limit: number, after?: ByAge): Promise<Omit<Listed<Credential & { externalId: string | null }>, 'total'>>;
  /** Does a partner that is not deleted hold this secret, other than this one? */
  heldByAnother(partnerId: string, fingerprint: string): Promise<boolean>;
  delete(partnerId: string, id: string): Promise<boolean>;
}

export interface FlowStore {
  newest(partnerId: string): Promise<{ version: number; flow: Flow } | undefined>;
  insert(partnerId: string, version: number, flow: Flow, at: number): Promise<void>;
}

export interface CustomerStore {
  insert(row: Customer): Promise<void>;
  find(partnerId: string, id: string): Promise<Customer | undefined>;
  findByExternalId(partnerId: string, mode: Mode, externalId: string): Promise<Customer | undefined>;
  setProfile(partnerId: string, id: string, profile: Uint8Array): Promise<void>;
  count(partnerId: string): Promise<number>;
  knowsUser(customerId: string, sub: string): Promise<boolean>;
  addUser(customerId: string, sub: string): Promise<void>;
  countUsers(customerId: string): Promise<number>;
}

export interface SessionStore {
  addMint(row: Mint): Promise<void>;
  findMint(partnerId: string, jti: string): Promise<Mint | undefined>;
  /** False when this embed token already has a session: the first key wins. */
  insert(row: Session): Promise<boolean>;
  findByJti(partnerId: string, jti: string): Promise<Session | undefined>;
  end(partnerId: string, id: string, at: number): Promise<void>;
  addToken(row: SessionToken): Promise<void>;
  findByToken(hash: string): Promise<{ session: Session; token: SessionToken } | undefined>;
  /** Marks the first use and lets every earlier token of the session live until `graceEnd` at most. */
  firstUse(token: SessionToken, at: number, graceEnd: number): Promise<void>;
  /** Lets every token of the session live until `graceEnd` at most. */
  shorten(sessionId: string, graceEnd: number): Promise<void>;
  /** Some of what was over before this instant. True: there may be more. */
  purge(before: number): Promise<boolean>;
}

export interface PassStore {
  find(sessionId: string, envelopeId: string): Promise<Pass | undefined>;
  /** Takes the place of an earlier one. */
  put(row: Pass): Promise<void>;
  /** Some of what was over before this instant. True: there may be more. */
  purge(before: number): Promise<boolean>;
}

export interface RunQuery {
  readonly limit: number;
  readonly after?: readonly [id: string] | undefined;
  readonly mode?: Mode | undefined;
  readonly externalId?: string | undefined;
  readonly status?: string | undefined;
}

export interface RunStore {
  insert(row: Run): Promise<void>;
  find(partnerId: string, id: string): Promise<Run | undefined>;
  findByCustomer(partnerId: string, customerId: string): Promise<Run | undefined>;
  /** Compare-and-set on the revision, which the change raises by one; false when it has moved on. */
  update(partnerId: string, id: string, revision: number, change: Partial<Omit<Run, 'id' | 'revision'>>): Promise<boolean>;
  /** By id. */
  list(partnerId: string, query: RunQuery): Promise<Omit<Listed<Run & { externalId: string }>, 'total'>>;
  accounts(partnerId: string, runId: string): Promise<Account[]>;
  /** Those of many runs, each run's in order. */
  accountsOf(partnerId: string, runIds: readonly string[]): Promise<Account[]>;
  addAccount(row: Account): Promise<void>;
  /** Compare-and-set on the state. */
  moveAccount(account: Pick<Account, 'runId' | 'vendor' | 'state'>, change: Partial<Account>): Promise<boolean>;
  /** Accounts of every active partner for which something is due; the worker's only unscoped read. */
  due(now: number, limit: number): Promise<Account[]>;
  /** Accounts that a killed process left in the middle of a call. */
  interrupted(): Promise<Account[]>;
  /** What waited for this key is due: accounts still to be opened by a partner's own, those to be looked at by a customer's. */
  resume(key: Pick<Credential, 'partnerId' | 'customerId' | 'vendor' | 'mode'>, at: number): Promise<void>;
  /** The clock was set by so many milliseconds: so is what is due, and since when it is waited for. */
  shift(by: number): Promise<void>;
  /** Runs of which nothing is refused any more are under way; whatever moves next says how far. */
  resumed(partnerId: string): Promise<void>;
}

export interface SigningStore {
  findMany(partnerId: string, runIds: readonly string[]): Promise<Signing[]>;
  find(partnerId: string, runId: string): Promise<Signing | undefined>;
  findByEnvelope(partnerId: string, envelopeId: string): Promise<Signing | undefined>;
  add(row: Signing): Promise<void>;
  /** Compare-and-set on state and round. */
  move(signing: Pick<Signing, 'runId' | 'stepId' | 'state' | 'round'>, change: Partial<Signing>): Promise<boolean>;
  /** Steps of every active partner for which something is due; an unscoped read of the worker's. */
  due(now: number, limit: number): Promise<Signing[]>;
  /** Steps that a killed process left in the middle of a call. */
  interrupted(): Promise<Signing[]>;
  /** The clock was set by so many milliseconds: so is what is due, and since when it is waited for. */
  shift(by: number): Promise<void>;
  /** What waited for a key (of this mode), or for a document, is due. */
  resume(partnerId: string, reason: 'key' | 'document', mode: Mode | undefined, at: number): Promise<void>;
  /** Does a step whose envelope is still to be made need this document? */
  awaits(partnerId: string, document: string): Promise<boolean>;
}

export interface FlowDocumentStore {
  /** Of every partner's. */
  addresses(): Promise<string[]>;
  list(partnerId: string): Promise<FlowDocument[]>;
  find(partnerId: string, name: string): Promise<FlowDocument | undefined>;
  put(row: FlowDocument): Promise<void>;
  delete(partnerId: string, name: string): Promise<void>;
}

export interface KeptCallStore {
  /** False when this key is taken. */
  claim(row: KeptCall): Promise<boolean>;
  find(scope: string, key: string): Promise<KeptCall | undefined>;
  /** Writes what came of a call that is still written down as running; false where it is not. */
  settle(row: Pick<KeptCall, 'scope' | 'key'>, change: Partial<Pick<KeptCall, 'state' | 'fingerprint' | 'answer'>>): Promise<boolean>;
  release(row: Pick<KeptCall, 'scope' | 'key'>): Promise<void>;
  /** Calls that are written down as running. */
  interrupted(): Promise<KeptCall[]>;
  /** Some of what was over before this instant. True: there may be more. */
  purge(before: number): Promise<boolean>;
}

export interface WebhookStore {
  find(partnerId: string, mode: Mode): Promise<Webhook | undefined>;
  /** Takes the place of an earlier one. */
  put(row: Webhook): Promise<void>;
}

export interface TokenKeyStore {
  list(purpose: TokenKey['purpose']): Promise<TokenKey[]>;
  insert(row: TokenKey): Promise<void>;
  retire(kid: string, at: number): Promise<void>;
  delete(kid: string): Promise<void>;
}

/** Appends a leaf to the log, in the transaction of the act itself. */
export type RecordAct = (entry: {
  kind: string;
  at: number;
  partner?: string | undefined;
  actor?: string | undefined;
  about?: Readonly<Record<string, string | number | null>>;
}) => Promise<void>;

export interface Stores {
  partners: PartnerStore;
  keys: KeyStore;
  credentials: CredentialStore;
  flows: FlowStore;
  customers: CustomerStore;
  sessions: SessionStore;
  passes: PassStore;
  runs: RunStore;
  signings: SigningStore;
  documents: FlowDocumentStore;
  tokenKeys: TokenKeyStore;
  webhooks: WebhookStore;
  calls: KeptCallStore;
  record: RecordAct;
}

/** Reads go to `read`; everything that writes happens in one transaction, on the stores handed in. */
export interface Storage {
  read: Stores;
  transact<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}
