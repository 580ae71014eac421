import assert from 'node:assert/strict';
import type { FieldType, FieldValue } from '../../shared/signing/fields.ts';
import { call } from '../start-platform.ts';
import type { Demo } from './program.ts';

/** Calls as a partner and its signers made them of the build before; what they must not say yet or no longer is for the new build to read. */

export type Json = Record<string, unknown>;
export const envelopes = '/api/v2/partner/envelopes';

/** Loyva's API on the platform; `data` of the answer. */
export async function loyva<T = Json>(life: Demo, method: string, path: string, body?: unknown, expected = 200): Promise<T> {
  const answer = await call({ url: life.platformUrl }, method, path, { 'X-API-Key': life.vendorKeys.loyva }, body);
  assert.equal(answer.status, expected, `${method} ${path}: ${answer.text}`);
  return answer.json.data as T;
}

/** A call of the partner's server to the gateway. */
export async function gateway<T = Json>(life: Demo, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await call({ url: life.gatewayUrl }, method, path, { 'X-API-Key': life.partnerKey, ...headers }, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return { json: answer.json as T, headers: answer.headers };
}

export async function bytesAt(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await fetch(url, { headers });
  assert.equal(response.status, 200, url);
  return Buffer.from(await response.arrayBuffer());
}

export async function upload(life: Demo, id: string, bytes: Uint8Array): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([Uint8Array.from(bytes)], { type: 'application/pdf' }), 'signed.pdf');
  const headers = { 'X-API-Key': life.vendorKeys.loyva };
  const response = await fetch(`${life.platformUrl}${envelopes}/${id}/upload`, { method: 'POST', headers, body: form });
  assert.equal(response.status, 200, await response.text());
}

/** The tokens of new signing links, by e-mail; each lasts for days. */
export async function linkTokens(life: Demo, id: string): Promise<Readonly<Record<string, string>>> {
  const links = await loyva<{ email: string; signing_url: string }[]>(life, 'GET', `${envelopes}/${id}/signing-links`);
  return Object.fromEntries(links.map(({ email, signing_url }) => [email, new URL(signing_url).hash.slice(1)]));
}

/** What a signer is shown, of the parts that a test looks at. */
export interface Shown {
  readonly state: string;
  readonly revision: number;
  readonly today: string;
  readonly consent: { readonly version: string; readonly sha256: string; readonly given_at: string | null };
  readonly document: { readonly sha256: string; readonly sealed: boolean; readonly pages: readonly unknown[] };
  readonly fields: readonly {
    readonly id: string;
    readonly type: FieldType;
    readonly mine: boolean;
    readonly label: string | null;
    readonly value: FieldValue | null;
  }[];
  readonly you: { readonly state: string };
}

const ceremony = '/api/v2/embed/ceremony';

/** A signer as the signing view of the build before spoke. */
export function signer(life: Demo, token: string) {
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call({ url: life.platformUrl }, method, ceremony + path, { Authorization: `Bearer ${token}` }, body);
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`);
    return answer.json as T;
  };
  const see = () => send<Shown>('GET', '');
  return {
    see,
    document: () => bytesAt(`${life.platformUrl}${ceremony}/document`, { Authorization: `Bearer ${token}` }),
    async consent(): Promise<void> {
      const { consent } = await see();
      await send('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true });
      await send('POST', '/pages', { pages: [1] });
    },
    /** Answers one's own fields by their labels, or by their types. */
    async answer(values: Readonly<Record<string, FieldValue>>): Promise<void> {
      const { fields } = await see();
      const known = fields.flatMap(({ id, mine, label, type }) => {
        const value = values[label ?? ''] ?? values[type];
        return mine && value ? [[id, value] as const] : [];
      });
      assert.equal(known.length, Object.keys(values).length);
      await send('PUT', '/fields', { values: Object.fromEntries(known) });
    },
    async finish(): Promise<void> {
      const { document, revision, today } = await see();
      await send('POST', '/finish', { document_sha256: document.sha256, revision, date: today });
    },
    decline: (reason: string) => send('POST', '/decline', { reason }),
  };
}
