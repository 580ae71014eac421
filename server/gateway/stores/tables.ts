import type { IdempotencyTables } from '../../storage/idempotency.ts';
import type { LogTables } from '../../storage/log/leaves.ts';
import type { TotalTables } from '../../storage/totals.ts';
import type {
  AccountRow,
  CredentialRow,
  CustomerRow,
  FlowDocumentRow,
  KeptCallRow,
  KeyRow,
  MintRow,
  PartnerRow,
  PassRow,
  RunRow,
  SessionRow,
  SessionTokenRow,
  SigningRow,
  TokenKeyRow,
  WebhookRow,
} from '../domain/records/ports.ts';

/** Rows as they lie in the file: JSON as text, booleans as 0 and 1. Only the stores see these. */
export interface Tables extends IdempotencyTables, LogTables, TotalTables {
  partner: PartnerRow & { name_lower: string };
  partner_origin: { partner_id: string; origin: string };
  partner_key: Omit<KeyRow, 'scopes'> & { scopes: string };
  customer: CustomerRow;
  customer_user: { customer_id: string; sub: string };
  credential: CredentialRow;
  flow: { partner_id: string; version: number; body: string; created_at: number };
  mint: MintRow;
  session: SessionRow;
  session_token: SessionTokenRow;
  run: Omit<RunRow, 'flow' | 'faults'> & { flow: string; faults: string };
  account: Omit<AccountRow, 'unreachable'> & { unreachable: number };
  signing: Omit<SigningRow, 'unclear' | 'unreachable' | 'faults'> & { unclear: number; unreachable: number; faults: string };
  flow_document: FlowDocumentRow;
  pass: PassRow;
  signing_key: TokenKeyRow;
  webhook: WebhookRow;
  kept_call: KeptCallRow;
  master_key: { key_id: string };
}
