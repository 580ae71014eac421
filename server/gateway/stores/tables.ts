import type { IdempotencyTables } from '../../storage/idempotency.ts';
import type { LogTables } from '../../storage/log/leaves.ts';
import type { TotalTables } from '../../storage/totals.ts';
import type * as Entities from '../domain/records/entities.ts';

/** What is asked of the file itself, in its own spelling. */
export interface FileTables extends IdempotencyTables, LogTables, TotalTables {
  master_key: { key_id: string };
}

/** Rows as the stores ask for them, by a handle of `named`: JSON as text, booleans as 0 and 1. Nobody else sees these. */
export interface Tables extends TotalTables {
  partner: Entities.Partner & { nameLower: string };
  partnerOrigin: { partnerId: string; origin: string };
  partnerKey: Omit<Entities.PartnerKey, 'scopes'> & { scopes: string };
  customer: Entities.Customer;
  customerUser: { customerId: string; sub: string };
  credential: Entities.Credential;
  flow: { partnerId: string; version: number; body: string; createdAt: number };
  mint: Entities.Mint;
  session: Entities.Session;
  sessionToken: Entities.SessionToken;
  run: Omit<Entities.Run, 'flow' | 'faults'> & { flow: string; faults: string };
  account: Omit<Entities.Account, 'unreachable'> & { unreachable: number };
  signing: Omit<Entities.Signing, 'unclear' | 'unreachable' | 'faults'> & { unclear: number; unreachable: number; faults: string };
  flowDocument: Entities.FlowDocument;
  pass: Entities.Pass;
  signingKey: Entities.TokenKey;
  webhook: Entities.Webhook;
  keptCall: Entities.KeptCall;
}
