import { z } from 'zod/mini';
import { MintAnswer, type MintInput } from './embed.ts';
import { accountStates, provisioners, runStatuses, signStates } from './onboarding.ts';

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

/** Makes the token that `<inlay-widget>` needs, for one user and one customer or envelope: `POST /embed/token`. Throws GatewayError. */
export async function mint(call: Gateway & { request: MintInput }): Promise<MintAnswer['data']> {
  return read(MintAnswer, await ask(call, 'POST', '/embed/token', call.request)).data;
}

/** One customer's way through the onboarding, as the partner sees it. Times are ISO 8601 UTC. */
export const RunSummary = z.object({
  run_id: z.string(),
  external_id: z.string(),
  status: z.enum(runStatuses),
  updated_at: z.string(),
  accounts: z.array(z.object({ vendor: z.enum(provisioners), state: z.enum(accountStates) })),
  /** The envelope of the flow's document; null when the flow has none. */
  sign: z.optional(z.nullable(z.object({ state: z.enum(signStates), envelope_id: z.nullable(z.string()) }))),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A page of runs; `next_cursor` leads to the next one, null is the last. */
export const RunPage = z.object({ items: z.array(RunSummary), next_cursor: z.nullable(z.string()) });
export type RunPage = z.infer<typeof RunPage>;

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

/**
 * An address from which a vaulted envelope's file can be fetched for some minutes: the sealed file, or the copy that is marked as one. It is a
 * secret; send the browser there and keep it nowhere. Throws GatewayError (`not-found` until the vault has it).
 */
export async function fileAddress(call: Gateway & { envelope_id: string; kind: 'sealed' | 'copy' }): Promise<string> {
  const path = `/api/v2/partner/envelopes/${encodeURIComponent(call.envelope_id)}/vault/${call.kind === 'copy' ? 'copy/' : ''}signed-url`;
  return read(FileAddress, await ask(call, 'GET', path)).data.signed_url;
}
const FileAddress = z.object({ data: z.object({ signed_url: z.url() }) });

async function ask(call: Gateway, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = { 'X-API-Key': call.key, Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await call.fetch(call.gateway.replace(/\/+$/, '') + path, init).catch((cause: unknown) => {
    throw new GatewayError('unreachable', 'The gateway does not answer.', 0, cause);
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { code, detail, error, title } = Refusal.safeParse(answer).data ?? {};
  throw new GatewayError(code ?? 'unreadable', detail ?? error ?? title ?? `The gateway answered ${response.status}.`, response.status);
}

function read<T>(schema: z.ZodMiniType<T>, answer: unknown): T {
  const { data } = schema.safeParse(answer);
  if (data === undefined) throw new GatewayError('unreadable', 'The gateway gave an answer that cannot be read.', 200);
  return data;
}

/** `/embed/token` answers `{error, code}` as Loyva does, the rest RFC 9457. */
const words = z.optional(z.string());
const Refusal = z.object({ code: words, detail: words, error: words, title: words });
