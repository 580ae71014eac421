import assert from 'node:assert/strict';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { complete, dataOf, inBase64, pdfOf } from '../../platform/world/envelopes.ts';
import { startStandin } from '../../standin/standin.ts';
import { startGateway } from '../../start-gateway.ts';
import { startPlatform } from '../../start-platform.ts';

/** What a vendor's client is pointed at: our platform, the gateway before it, or the gateway before a Loyva written from its documentation alone. */
export const targetNames = ['platform', 'gateway', 'stand-in'] as const;
export type TargetName = (typeof targetNames)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Whose call it is: the partner's unless told; a customer's by what provisioning gave; or with any other key. */
export interface As {
  readonly key?: string;
  readonly customer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Target {
  readonly name: TargetName;
  readonly url: string;
  ask(vendor: VendorName, method: string, path: string, body?: unknown, as?: As): Promise<Answer>;
  /** A call of the registry with the administrator's token. */
  admin(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** What opens the team of a customer with this e-mail address at Subscribr. */
  teamOf(email: string): Promise<string>;
  /** What an e-sign envelope is made of here. */
  agreement(): Promise<Record<string, unknown>>;
  /** Everybody signs it. */
  complete(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Where that vendor's clients put the key. */
export const keyHeaders: Record<VendorName, (key: string) => Record<string, string>> = {
  scribeless: (key) => ({ 'X-API-Key': key }),
  loyva: (key) => ({ 'X-API-Key': key }),
  kelviq: (key) => ({ 'X-Kelviq-Partner-Key': key }),
  subscribr: (key) => ({ Authorization: `Bearer ${key}` }),
};

/** A request as it is; objects become JSON, forms and texts stay what they are. */
export async function send(url: string, method: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const plain = typeof body === 'string' || body instanceof FormData;
  const typed = body === undefined || body instanceof FormData ? headers : { 'Content-Type': 'application/json', ...headers };
  const sent = plain ? body : JSON.stringify(body);
  const response = await fetch(url, { method, headers: typed, redirect: 'manual', ...(body !== undefined && { body: sent ?? null }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, json: isJson && text ? JSON.parse(text) : {} };
}

const nobody = async (): Promise<never> => assert.fail('This target has no such thing.');
const teamPath = '/api/partner/teams';
const ownerOf = (email: string) => ({ email, firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin AB' });

async function openPlatform() {
  const platform = await startPlatform();
  return {
    platform,
    agreement: async () => ({ document: inBase64(await pdfOf('Lease of berth 7')) }),
    complete: (id: string) => complete(platform, id),
    async teamKey(email: string): Promise<string> {
      const made = await send(platform.url + teamPath, 'POST', keyHeaders.scribeless(platform.keys.scribeless), ownerOf(email));
      assert.equal(made.status, 200, made.text);
      return String((made.json.apiKey as { key: string }).key);
    },
  };
}

async function platformTarget(): Promise<Target> {
  const { platform, teamKey, ...vendor } = await openPlatform();
  return {
    ...vendor,
    name: 'platform',
    url: platform.url,
    ask: (at, method, path, body, { key, customer, headers } = {}) =>
      send(platform.url + path, method, { ...keyHeaders[at](key ?? customer ?? platform.keys[at]), ...headers }, body),
    admin: nobody,
    teamOf: teamKey,
    close: () => platform.close(),
  };
}

/** The gateway, with the partner's keys of these vendors. */
async function gatewayBefore(vendorUrl: string, vendorKeys: Partial<Record<VendorName, string>>) {
  const gateway = await startGateway({ vendorUrl });
  const { id, key } = await gateway.partner({ vendorKeys, origins: ['https://portal.harbor.example'] });
  const admin: Target['admin'] = (method, path, body, token = gateway.adminToken) =>
    send(gateway.url + path, method, token ? { Authorization: `Bearer ${token}` } : {}, body);
  const ask: Target['ask'] = (at, method, path, body, as = {}) => {
    const named: Record<string, string> = as.customer === undefined ? {} : { 'X-Inlay-Credential': as.customer };
    return send(gateway.url + path, method, { ...keyHeaders[at](as.key ?? key), ...named, ...as.headers }, body);
  };
  return { gateway, partnerId: id, admin, ask };
}

async function gatewayTarget(): Promise<Target> {
  const { platform, teamKey, ...vendor } = await openPlatform();
  const { gateway, partnerId, ...calls } = await gatewayBefore(platform.url, platform.keys);
  return {
    ...vendor,
    ...calls,
    name: 'gateway',
    url: gateway.url,
    async teamOf(email) {
      const credential = { vendor: 'subscribr', customer: email, secret: await teamKey(email) };
      return String((await calls.admin('PUT', `/api/v1/admin/partners/${partnerId}/credentials`, credential)).json.id);
    },
    async close() {
      await gateway.close();
      await platform.close();
    },
  };
}

async function standinTarget(): Promise<Target> {
  const standin = await startStandin({ rpm: 6_000, vaultDelay: 20 });
  const { gateway, partnerId: _, ...calls } = await gatewayBefore(standin.url, { loyva: standin.key });
  return {
    ...calls,
    name: 'stand-in',
    url: gateway.url,
    teamOf: nobody,
    agreement: async () => ({ template_id: standin.templateId }),
    async complete(id) {
      const envelope = standin.envelopes.get(id);
      assert.ok(envelope);
      for (const { email } of envelope.signers) standin.move.sign(envelope, email);
    },
    async close() {
      await gateway.close();
      await standin.close();
    },
  };
}

export const startTargets = (): Promise<Target[]> => Promise.all([platformTarget(), gatewayTarget(), standinTarget()]);

/** The `data` of an answer that must have this status. */
export async function data<T = Record<string, unknown>>(
  answer: Promise<Answer>,
  status: number | readonly number[] = [200, 201],
): Promise<T> {
  const got = await answer;
  assert.ok([status].flat().includes(got.status), `${got.status} ${got.text}`);
  return dataOf<T>(got);
}
