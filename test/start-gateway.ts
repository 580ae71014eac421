import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { compose, type Gateway } from '../server/gateway/compose.ts';
import type { Edges } from '../server/gateway/domain/records/ports.ts';
import { listen } from '../server/http/listen.ts';
import { type Job, startJobs } from '../server/jobs.ts';
import { openNpmPackage } from '../server/npm-package.ts';
import { assetsFolder } from '../server/parts.ts';
import type { VendorName } from '../shared/onboarding/flow.ts';
import type { IssueKey } from '../shared/registry.ts';
import { newDataFolder } from './data-folder.ts';
import { assertNoScans } from './scans.ts';

/** A clock that tests move; it runs on by itself, but where it is held. */
export function movableClock() {
  let offset = 0;
  let stepped = 0;
  let held: number | undefined;
  const elapsed = () => (held ?? Date.now()) + offset;
  return {
    now: () => elapsed() + stepped,
    elapsed,
    /** Somebody sets the clock, by so many milliseconds; no time passes. */
    set(by: number) {
      stepped += by;
    },
    /** Milliseconds forward. */
    advance(ms: number) {
      offset += ms;
    },
    /** Only `advance` moves it from here on: a bound can be met to the second, however slow the machine is. */
    hold() {
      held ??= Date.now();
    },
    /** It runs on from where it stands. */
    release() {
      if (held !== undefined) offset += held - Date.now();
      held = undefined;
    },
  };
}

export interface GatewayOptions {
  readonly dataDir?: string;
  /** The folder of built files; default: what `npm run build` made. */
  readonly assets?: string;
  readonly masterKey?: Uint8Array;
  readonly vendorUrl?: string;
  readonly vendors?: Partial<Record<VendorName, string>>;
  /** Milliseconds; as `npm start` has it unless told. Less is for tests in which a vendor never answers. */
  readonly vendorDeadline?: number;
  readonly port?: number;
  readonly reached?: Edges['reached'];
  readonly clock?: ReturnType<typeof movableClock>;
  /** Leave the first seconds, in which old proofs are refused, to the test. */
  readonly fresh?: boolean;
  /** Origins that events may be sent to although they are not public. */
  readonly webhookAllow?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly admin?: { issuer: string; audience: string; jwksUrl: string };
}

export interface StartedGateway {
  readonly url: string;
  readonly dataDir: string;
  readonly masterKey: Uint8Array;
  readonly clock: ReturnType<typeof movableClock>;
  /** What was reported as a breakage. */
  readonly reported: unknown[];
  readonly verbs: Gateway['verbs'];
  readonly adminToken: string;
  /** A call to the registry with the administrator's token. */
  admin(method: string, path: string, body?: unknown): Promise<Response>;
  /** A partner with its key (every scope but `credentials:read` unless said), its origins and its vendor keys. */
  partner(options: {
    origins?: string[];
    vendorKeys?: Partial<Record<VendorName, string>>;
    key?: Partial<IssueKey>;
    limits?: object;
    name?: string;
  }): Promise<{ id: string; key: string; keyId: string }>;
  close(): Promise<void>;
}

/** Starts a gateway with a real database in a folder of its own; the vendors are wherever `vendorUrl` says. */
export async function startGateway(options: GatewayOptions = {}): Promise<StartedGateway> {
  const dataDir = options.dataDir ?? (await newDataFolder('inlay-gateway-'));
  const masterKey = options.masterKey ?? randomBytes(32);
  const clock = options.clock ?? movableClock();
  const reported: unknown[] = [];
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const vendor = options.vendorUrl ?? 'http://127.0.0.1:9';
  let wake: (job: string) => void = () => {};
  if (!options.fresh) clock.advance(-7_000);
  const gateway = await compose(
    {
      dataDir,
      assets: options.assets ?? assetsFolder,
      npmPackage: openNpmPackage(),
      publicUrl: url,
      vendors: { scribeless: vendor, kelviq: vendor, loyva: vendor, subscribr: vendor, ...options.vendors },
      vendorDeadline: options.vendorDeadline ?? 20_000,
      webhookAllow: options.webhookAllow ?? [],
      trustedProxies: options.trustedProxies ?? [],
      admin: options.admin,
    },
    { masterKey },
    {
      now: clock.now,
      elapsed: clock.elapsed,
      report: (error) => reported.push(error),
      reached: options.reached ?? (() => {}),
      wake: (job) => wake(job),
    },
  );
  if (!options.fresh) clock.advance(7_000);
  const listening = await listen(gateway.app, port, '127.0.0.1');
  const jobs = startJobs(gateway.jobs.map(oftener), (error) => reported.push(error));
  wake = jobs.wake;
  const adminToken = await gateway.verbs.issueAdminToken(3600);
  const admin = (method: string, path: string, body?: unknown) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    url,
    dataDir,
    masterKey,
    clock,
    reported,
    verbs: gateway.verbs,
    adminToken,
    admin,
    async partner({ origins = [], vendorKeys = {}, key = {}, limits = {}, name = 'Harbor Leasing' }) {
      const { id } = await answered(admin('POST', '/api/v1/admin/partners/', { name, contact_email: 'ops@harbor.example', ...limits }));
      for (const origin of origins) await answered(admin('POST', `/api/v1/admin/partners/${id}/origins`, { origin }));
      for (const [vendorName, secret] of Object.entries(vendorKeys))
        await answered(
          admin('PUT', `/api/v1/admin/partners/${id}/credentials`, { vendor: vendorName, secret, ...(key.mode && { mode: key.mode }) }),
        );
      const issued = await answered(admin('POST', `/api/v1/admin/partners/${id}/keys`, key));
      return { id: String(id), key: String(issued.key), keyId: String(issued.id) };
    },
    async close() {
      await Promise.all([jobs.stop(), listening.close(0)]);
      await gateway.close();
      assertNoScans(join(dataDir, 'gateway.db'));
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function answered(call: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await call;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The two workers look ten times as often whether something is due: tests move the clock, and then wait for the next look. */
const oftener = (job: Job): Job => (['provisioning', 'signing'].includes(job.name) ? { ...job, every: job.every / 10 } : job);

/** Each process of a test run begins at a place of its own. */
let nextPort = 12_000 + ((process.pid * 20) % 20_000);

/**
 * A port that stays free until somebody listens there, and between two lives of a server. It lies below those that systems give away
 * (Linux: from 32768, IANA: from 49152): one of these may be another test's, or the near end of any connection, a moment later.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) =>
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    );
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/**
 * Waits until the probe gives something, asking again and again; fails after `ms`. For what a server does by itself. After a second it asks as
 * often as a page would: more calls than a session may make in a minute would be turned away.
 */
export async function eventually<T>(probe: () => Promise<T | undefined | false | null>, ms = 60_000): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const found = await probe();
    if (found) return found;
    const waited = Date.now() - begun;
    if (waited > ms) throw new Error('It did not come about in time.');
    await new Promise((resolve) => setTimeout(resolve, waited < 1_000 ? 25 : 250));
  }
}
