import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Books, openBooks } from './books.ts';
import { type Envelope, idOf } from './envelopes.ts';
import { esignRows } from './esign.ts';
import { evault } from './evault.ts';
import { type Key, meter, newSecret, read, type Scope, scopes } from './keys.ts';
import { signingPage, signingScript, signingStyle } from './page.ts';
import type { Row } from './rows.ts';
import { bodyOf, Refusal, send, sendRefusal } from './wire.ts';

export interface StandinOptions {
  /** Calls a minute and key; 60 unless told. */
  readonly rpm?: number;
  readonly clock?: { now(): number };
  /** Real milliseconds until a vault-in is done. */
  readonly vaultDelay?: number;
  readonly port?: number;
}

export interface Standin {
  readonly url: string;
  /** A key with every scope. */
  readonly key: string;
  /** A template that every organization has. */
  readonly templateId: string;
  readonly envelopes: ReadonlyMap<string, Envelope>;
  /** Every call of the API in order: `GET /partner/envelopes/:id/status`. */
  readonly calls: readonly string[];
  /** Calls that were refused for their number. */
  readonly limited: number;
  readonly move: Pick<Books, 'sign' | 'decline' | 'move'>;
  /** Another key; of an organization of its own unless one is named. */
  issue(options?: { scopes?: readonly Scope[]; rpm?: number; org?: string }): Key;
  /** The next call of that row is done, and its answer lost. */
  lose(row: string): void;
  close(): Promise<void>;
}

/**
 * A stand-in of the real Loyva, by the strictest reading of what is documented: no ceremony, no documents inside JSON, nothing kept of
 * `external_id`, no signers in its answers, 200 for what was made, vault-in a moment later, fields nobody knows.
 */
export async function startStandin({
  rpm = 60,
  clock = { now: Date.now },
  vaultDelay = 150,
  port = 0,
}: StandinOptions = {}): Promise<Standin> {
  const now = () => clock.now();
  const keys = new Map<string, Key>();
  const books = openBooks({ now, vaultDelay, keys });
  const templateId = idOf('tmpl');
  let url = '';
  const options = { books, now, origin: () => url };
  const vault = evault(options);
  const rows = [...esignRows({ ...options, templates: new Set([templateId]) }), ...vault.rows];
  const metered = meter(now);
  const calls: string[] = [];
  const losing = new Set<string>();
  let limited = 0;

  function issue({ scopes: opens = scopes, rpm: ceiling = rpm, org = idOf('org') }: Parameters<Standin['issue']>[0] = {}): Key {
    const key = { secret: newSecret(), org, scopes: opens, rpm: ceiling, active: true, webhookUrl: null, webhookSecret: null };
    keys.set(key.secret, key);
    return key;
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, { pathname, searchParams }: URL): Promise<void> {
    const body = await bodyOf(request);
    let headers: Record<string, string> = {};
    try {
      const key = keys.get(String(request.headers['x-api-key']));
      if (!key?.active) throw new Refusal(401, 'Invalid API key');
      headers = metered(key);
      const { row, id } = rowOf(rows, request.method, pathname.slice('/api/v2'.length));
      const name = `${row.method} ${row.path}`;
      calls.push(name);
      if (row.scope && !key.scopes.includes(row.scope)) throw new Refusal(403, `Missing scope: ${row.scope}`);
      const answer = await row.answer({ key, id, query: searchParams, body, type: request.headers['content-type'] });
      if (losing.delete(name)) response.destroy();
      else send(response, 200, row.whole ? answer : { data: answer, request_ref: `rq-${calls.length}` }, headers);
    } catch (error) {
      if (error instanceof Refusal && error.status === 429) limited += 1;
      sendRefusal(response, error instanceof Refusal ? error : new Refusal(500, 'Internal error'), headers);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', url);
    if (address.pathname.startsWith('/api/v2/')) return answerApi(request, response, address);
    await bodyOf(request);
    answerBrowser(request, response, address);
  }

  function answerBrowser({ method, headers }: IncomingMessage, response: ServerResponse, { pathname, searchParams }: URL): void {
    const text = (type: string, body: string) => response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    const [, widget, id = '', act] = pathname.split('/');
    if (pathname === '/sign.css') text('text/css', signingStyle);
    else if (pathname === '/sign.js') text('text/javascript', signingScript);
    else if (widget === 'sign' && act === undefined && method === 'GET') text('text/html', signingPage);
    else if (widget === 'sign' && act !== undefined && method === 'POST') {
      const [status, said] = acted(id, act, headers.authorization ?? '');
      send(response, status, { said });
    } else if (/^\/ucc-(vault|copies)\//.test(pathname) && method === 'GET') {
      const found = vault.take(searchParams.get('signature') ?? '');
      const disposition = `attachment; filename="${found?.filename}"`;
      if (found) response.writeHead(200, { 'content-type': 'application/pdf', 'content-disposition': disposition }).end(found.file);
      else send(response, 403, { error: 'The address is used or expired' });
    } else send(response, 404, { error: 'Not found' });
  }

  /** What the signing page asks for, and what it then says. */
  function acted(id: string, act: string, authorization: string): [number, string] {
    const claims = read(authorization.replace('Bearer ', ''), now());
    const envelope = books.envelopes.get(id);
    if (claims?.widget !== 'sign' || claims.envelope !== id || !envelope) return [401, 'This page has expired.'];
    try {
      if (act === 'sign') books.sign(envelope, claims.email);
      else if (act === 'decline') books.decline(envelope, claims.email);
      else books.view(envelope);
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.message];
      throw error;
    }
    return [200, { sign: 'Signed. Thank you.', decline: 'You declined.' }[act] ?? 'Please read and sign.'];
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    key: issue().secret,
    templateId,
    envelopes: books.envelopes,
    calls,
    get limited() {
      return limited;
    },
    move: books,
    issue,
    lose: (row) => losing.add(row),
    async close() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), books.close()]);
    },
  };
}

function rowOf(rows: readonly Row[], method: string | undefined, path: string): { row: Row; id: string } {
  for (const row of rows) {
    const found = new RegExp(`^${row.path.replace(':id', '([^/]+)')}$`).exec(path);
    if (found && row.method === method) return { row, id: decodeURIComponent(found[1] ?? '') };
  }
  throw new Refusal(404, 'Not found');
}
