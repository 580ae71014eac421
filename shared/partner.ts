import { z } from 'zod/mini';
import { MintAnswer, type MintInput } from './embed.ts';
import { RunPage, RunSummary } from './partner-runs.ts';
import type { ResetRequest, RetryRequest } from './registry.ts';

export type { MintInput } from './embed.ts';
export type { RunPage, RunSummary } from './partner-runs.ts';
export type { ResetRequest, RetryRequest } from './registry.ts';
export { type Delivery, verifyWebhook, WebhookError, type WebhookEvent } from './webhook-event.ts';

/** What a partner's server needs of `fetch`; every runtime's own fits. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

/** Where the gateway is (an origin), the partner's key (`lk_…`; never in a browser), and how to get there. */
export interface Gateway {
  readonly gateway: string;
  readonly key: string;
  readonly fetch: Fetch;
}

/** The gateway's refusal: its code (`unreachable` when no answer came), its sentence, and the HTTP status (0 without an answer). */
export class GatewayError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, detail: string, status: number, cause?: unknown) {
    super(detail, { cause });
    this.name = 'GatewayError';
    this.code = code;
    this.status = status;
  }
}

/** A token that was made: for the page, and for nobody else. `expires_at` is ISO 8601 UTC. */
export type Minted = MintAnswer['data'];

/** Makes the token that `<inlay-widget>` needs, for one user and one customer or envelope: `POST /embed/token`. Throws GatewayError. */
export async function mint(call: Gateway & { request: MintInput }): Promise<Minted> {
  return read(MintAnswer, await ask(call, 'POST', '/embed/token', call.request)).data;
}

/** Reads a page of the partner's runs, all or one customer's: `GET /partner/runs`. Throws GatewayError. */
export async function listRuns(call: Gateway & { external_id?: string; cursor?: string }): Promise<RunPage> {
  const query = (['external_id', 'cursor'] as const)
    .filter((name) => call[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(call[name] ?? '')}`)
    .join('&');
  return read(RunPage, await ask(call, 'GET', `/partner/runs${query && `?${query}`}`));
}

/** All of the partner's runs, page by page, until there are at least `most` or no more. Throws GatewayError. */
export async function readRuns(call: Gateway, most: number): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  let cursor: string | null | undefined;
  do {
    const page: RunPage = await listRuns(cursor ? { ...call, cursor } : call);
    runs.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && runs.length < most);
  return runs;
}

/** What is decided of which run; the same `idempotency_key` (1–255 visible ASCII characters) decides it once within a day. */
type Decision<T> = Gateway & T & { readonly run_id: string; readonly idempotency_key?: string };

/**
 * Asks a vendor again for what is unknown or refused, which may open a second account where one is unknown, or for a new envelope in place of one
 * that ended unsigned: `POST /partner/runs/{id}/retry`. Without `vendor` for the only one. Throws GatewayError: 409 `run-wrong-state`, whose
 * sentence says what stands against it, or `idempotency-key-running`; 404 `not-found`; 422 `idempotency-key-reused` for another body.
 */
export async function retryRun({ vendor, ...call }: Decision<RetryRequest>): Promise<RunSummary> {
  return decide(call, 'retry', { vendor });
}

/**
 * Opens a step again that was refused or declined: `details` for the customer, who is told; `provision`, of which `vendor` names one account;
 * `sign` with a new envelope in place of the old one: `POST /partner/runs/{id}/reset`. Throws GatewayError as `retryRun` does; of `sign` also
 * what the vendor refuses while the old envelope is voided (409 `credential-missing`, 502 `vendor-refused`, 503 `vendor-unavailable`).
 */
export async function resetRun({ step, vendor, ...call }: Decision<ResetRequest>): Promise<RunSummary> {
  return decide(call, 'reset', { step, vendor });
}

async function decide({ run_id, idempotency_key, ...call }: Decision<object>, verb: string, body: object): Promise<RunSummary> {
  const once = idempotency_key === undefined ? {} : { 'Idempotency-Key': idempotency_key };
  return read(RunSummary, await ask(call, 'POST', `/partner/runs/${encodeURIComponent(run_id)}/${verb}`, body, once));
}

/**
 * An address from which a vaulted envelope's file can be fetched for some minutes: the sealed file, or the copy that is marked as one. It is a
 * secret; send the browser there and keep it nowhere. Throws GatewayError (`not-found` until the vault has it).
 */
export async function fileAddress(call: Gateway & { envelope_id: string; kind: 'sealed' | 'copy' }): Promise<string> {
  const path = `/api/v2/partner/envelopes/${encodeURIComponent(call.envelope_id)}/vault/${call.kind === 'copy' ? 'copy/' : ''}signed-url`;
  return read(FileAddress, await ask(call, 'GET', path)).data.signed_url;
}
const FileAddress = z.object({ data: z.object({ signed_url: z.url() }) });

async function ask(call: Gateway, method: string, path: string, body?: unknown, more: object = {}): Promise<unknown> {
  const headers: Record<string, string> = { ...more, 'X-API-Key': call.key, Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await call.fetch(call.gateway.replace(/\/+$/, '') + path, init).catch((cause: unknown) => {
    throw new GatewayError('unreachable', 'The gateway does not answer.', 0, cause);
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { code, detail, error, title } = Words.safeParse(answer).data ?? {};
  throw new GatewayError(code ?? 'unreadable', detail ?? error ?? title ?? `The gateway answered ${response.status}.`, response.status);
}

function read<T>(schema: z.ZodMiniType<T>, answer: unknown): T {
  const { data } = schema.safeParse(answer);
  if (data === undefined) throw new GatewayError('unreadable', 'The gateway gave an answer that cannot be read.', 200);
  return data;
}

/** `/embed/token` answers `{error, code}` as Loyva does, the rest RFC 9457. */
const words = z.optional(z.string());
const Words = z.object({ code: words, detail: words, error: words, title: words });
