import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { type Listening, listen } from '../server/http/listen.ts';
import type { Pace } from '../server/http/pace.ts';
import { type Jobs, startJobs } from '../server/jobs.ts';
import { assetsFolder } from '../server/parts.ts';
import { compose, type Edges, type PlatformConfig } from '../server/platform/compose.ts';
import type { KeyLimits } from '../server/platform/domain/account/accounts.ts';
import { newDataFolder } from './data-folder.ts';
import { assertNoScans } from './scans.ts';

export interface StartedPlatform {
  readonly url: string;
  readonly dataDir: string;
  /** The seeded account's raw partner keys. */
  readonly keys: { scribeless: string; kelviq: string; loyva: string; subscribr: string };
  readonly clock: { now: number };
  /** What was reported as a bug; empty in a healthy test. */
  readonly reported: unknown[];
  /** Delivers the mails that are due. */
  runJobs(): Promise<void>;
  /** From here on the jobs run by themselves, each as often as `npm start` runs it, until they are stopped. */
  startJobs(): Jobs;
  /** Makes or finds another account; its keys may do everything, 6,000 times a minute, unless told. */
  seed(name: string, keys?: Partial<StartedPlatform['keys']>, limits?: KeyLimits): Promise<StartedPlatform['keys']>;
  /** Rows in platform.db: Scribeless teams, Kelviq organizations, and the organizations that stand behind both. */
  counts(): { teams: number; kelviq: number; organizations: number };
  /** Stops; the data stays for a later start with `dataDir` and `key`, unless this start made the folder. */
  close(): Promise<void>;
  readonly key: Uint8Array;
}

interface Options {
  readonly dataDir?: string;
  readonly key?: Uint8Array;
  readonly demo?: boolean;
  readonly smtpUrl?: string;
  readonly now?: number;
  readonly vaulting?: PlatformConfig['vaulting'];
  readonly webhookAllow?: PlatformConfig['webhookAllow'];
  readonly trustedProxies?: readonly string[];
  readonly pkcs12?: PlatformConfig['pkcs12'];
  readonly reached?: Edges['reached'];
  readonly acceptLoss?: boolean;
  /** How slowly answers may be taken; as `npm start` has it unless told. */
  readonly pace?: Pace;
}

const day = 86_400_000;
/**
 * Noon of yesterday, UTC, for platforms whose clock runs: no test there signs on one day and finishes on the next. A platform ahead of
 * the disk's clock would take files that are being written for old ones.
 */
export const noon = (): number => (Math.floor(Date.now() / day) - 0.5) * day;

/** As the demo's: tests make more calls in a minute than Loyva's default allows. */
const generous: KeyLimits = { rateLimit: 6_000 };

/** Starts a platform on a free port, with a real database in a folder of its own and one seeded account. */
export async function startPlatform(options: Options = {}): Promise<StartedPlatform> {
  const dataDir = options.dataDir ?? (await newDataFolder('inlay-platform-'));
  const key = options.key ?? randomBytes(32);
  const clock = { now: options.now ?? Date.UTC(2026, 10, 21, 9) };
  const reported: unknown[] = [];
  let listening: Listening | undefined;
  let jobs: Jobs | undefined;
  const config: PlatformConfig = {
    dataDir,
    assets: assetsFolder,
    get publicUrl() {
      return `http://127.0.0.1:${listening?.port ?? 0}`;
    },
    demo: options.demo ?? true,
    smtpUrl: options.smtpUrl,
    vaulting: options.vaulting ?? 'manual',
    webhookAllow: options.webhookAllow ?? [],
    trustedProxies: options.trustedProxies ?? [],
    pkcs12: options.pkcs12,
    acceptLoss: options.acceptLoss ?? false,
  };
  const platform = await compose(
    config,
    { key },
    {
      now: () => clock.now,
      elapsed: () => clock.now,
      report: (error) => reported.push(error),
      wake: (job) => jobs?.wake(job),
      reached: options.reached ?? (() => {}),
    },
  );
  listening = await listen(platform.app, 0, '127.0.0.1', options.pace);
  const open = listening;
  return {
    url: config.publicUrl,
    dataDir,
    key,
    clock,
    reported,
    keys: await platform.verbs.seed({ name: 'Harbor Leasing', limits: generous }),
    runJobs: async () => {
      for (const job of platform.jobs) await job.run();
    },
    startJobs() {
      jobs = startJobs(platform.jobs, (error) => reported.push(error));
      return jobs;
    },
    seed: (name, keys, limits = generous) => platform.verbs.seed({ name, limits, ...(keys && { keys }) }),
    counts: () => countRows(join(dataDir, 'platform.db')),
    async close() {
      await open.close(0);
      await platform.close();
      assertNoScans(join(dataDir, 'platform.db'));
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function countRows(file: string): ReturnType<StartedPlatform['counts']> {
  const db = new SqliteFile(file, { readonly: true });
  const count = (table: string) => (db.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;
  const counts = { teams: count('teams'), kelviq: count('kelviq_organizations'), organizations: count('organizations') };
  db.close();
  return counts;
}

/** JSON over HTTP, as a vendor's client would send it. */
export async function call(
  platform: { url: string },
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }> {
  const response = await fetch(platform.url + path, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text);
  } catch {
    // Pages and rubbish are read as text.
  }
  return { status: response.status, headers: response.headers, text, json };
}
