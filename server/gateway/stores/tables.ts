import type { IdempotencyTables } from '../../storage/idempotency.ts';
import type { LogTables } from '../../storage/log/leaves.ts';
import type { TotalTables } from '../../storage/totals.ts';
import type {
  AccountRow,
  CredentialRow,
  CustomerRow,
  FlowDocument,
  KeptCall,
  Mint,
  PartnerKey,
  PartnerRow,
  Pass,
  RunRow,
  Session,
  SessionToken,
  SigningRow,
  TokenKey,
  Webhook,
} from '../domain/records/ports.ts';

/** Rows as they lie in the file: JSON as text, booleans as 0 and 1. Only the stores see these. */
export interface Tables extends IdempotencyTables, LogTables, TotalTables {
  partner: PartnerRow & { name_lower: string };
  partner_origin: { partner_id: string; origin: string };
  partnerKey: Omit<PartnerKey, 'scopes'> & { scopes: string };
  customer: CustomerRow;
  customer_user: { customer_id: string; sub: string };
  credential: CredentialRow;
  flow: { partner_id: string; version: number; body: string; created_at: number };
  mint: Mint;
  session: Session;
  sessionToken: SessionToken;
  run: Omit<RunRow, 'flow' | 'faults'> & { flow: string; faults: string };
  account: Omit<AccountRow, 'unreachable'> & { unreachable: number };
  signing: Omit<SigningRow, 'unclear' | 'unreachable' | 'faults'> & { unclear: number; unreachable: number; faults: string };
  flowDocument: FlowDocument;
  pass: Pass;
  signingKey: TokenKey;
  webhook: Webhook;
  keptCall: KeptCall;
  master_key: { key_id: string };
}
