import type { IdempotencyTables } from '../../storage/idempotency.ts';
import type { LogTables } from '../../storage/log/leaves.ts';
import type { TotalTables } from '../../storage/totals.ts';
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
} from '../domain/records/ports.ts';

/** What is asked of the file itself, in its own spelling. */
export interface FileTables extends IdempotencyTables, LogTables, TotalTables {
  master_key: { key_id: string };
}

/** Rows as the stores ask for them, by a handle of `named`: JSON as text, booleans as 0 and 1. Nobody else sees these. */
export interface Tables extends TotalTables {
  partner: Partner & { nameLower: string };
  partnerOrigin: { partnerId: string; origin: string };
  partnerKey: Omit<PartnerKey, 'scopes'> & { scopes: string };
  customer: Customer;
  customerUser: { customerId: string; sub: string };
  credential: Credential;
  flow: { partnerId: string; version: number; body: string; createdAt: number };
  mint: Mint;
  session: Session;
  sessionToken: SessionToken;
  run: Omit<Run, 'flow' | 'faults'> & { flow: string; faults: string };
  account: Omit<Account, 'unreachable'> & { unreachable: number };
  signing: Omit<Signing, 'unclear' | 'unreachable' | 'faults'> & { unclear: number; unreachable: number; faults: string };
  flowDocument: FlowDocument;
  pass: Pass;
  signingKey: TokenKey;
  webhook: Webhook;
  keptCall: KeptCall;
}
