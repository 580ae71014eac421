import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type Koa from 'koa';
import { type VendorName, vendorNames } from '../shared/onboarding/flow.ts';
import type { Config } from './config.ts';
import type { Assets } from './http/answer/static.ts';
import { type Listening, listen } from './http/listen.ts';
import { type Job, startJobs } from './jobs.ts';
import { createLog } from './log.ts';
import { own } from './storage/owner.ts';

export const partNames = ['gateway', 'platform', 'portal'] as const;
export type PartName = (typeof partNames)[number];

/** A part that listens; its verbs are what the demo's parent may ask of it. */
export interface Running {
  readonly url: string;
  readonly verbs: Readonly<Record<string, (input: never) => Promise<unknown>>>;
  close(): Promise<void>;
}

export const assetsFolder = fileURLToPath(new URL('../dist', import.meta.url));

export const urlOf = (config: Config, part: 'gateway' | 'platform'): string =>
  config[`${part}Url`] ?? `http://127.0.0.1:${config.ports[part]}`;

/** Each vendor's origin: as set, else the platform's. */
export const vendorOrigins = (config: Config): Record<VendorName, string> =>
  Object.fromEntries(vendorNames.map((name) => [name, config.vendors[name] ?? urlOf(config, 'platform')])) as Record<VendorName, string>;

export async function runGateway(config: Config, masterKey: Uint8Array): Promise<Running> {
  const release = own(config.dataDir, 'gateway');
  const { compose } = await import('./gateway/compose.ts');
  const log = createLog('gateway');
  let opened: Assets | undefined;
  const packages = async () => (opened ??= (await import('./npm-package.ts')).openNpmPackage());
  let wake: (job: string) => void = () => {};
  const edges = { now: Date.now, elapsed: () => performance.now(), report: log.error, reached: () => {}, wake: (job: string) => wake(job) };
  const settings = {
    dataDir: config.dataDir,
    assets: assetsFolder,
    npmPackage: { find: async (name: string) => (await packages()).find(name) },
    publicUrl: urlOf(config, 'gateway'),
    vendors: vendorOrigins(config),
    vendorDeadline: 20_000,
    webhookAllow: config.webhookAllow,
    trustedProxies: config.trustedProxies,
    acceptLoss: config.acceptLoss,
    admin: config.admin,
  };
  const { app, jobs, verbs, close } = await compose(settings, { masterKey }, edges);
  const running = await serve(app, jobs, config, 'gateway', () => close().then(release));
  wake = running.wake;
  return { url: settings.publicUrl, verbs, close: running.close };
}

export async function runPlatform(config: Config, key: Uint8Array, demo: boolean): Promise<Running> {
  const release = own(config.dataDir, 'platform');
  const { compose } = await import('./platform/compose.ts');
  const { isCutOff } = await import('./platform/documents/intake/confinement.ts');
  const log = createLog('platform');
  let wake: (job: string) => void = () => {};
  const settings = {
    dataDir: config.dataDir,
    assets: assetsFolder,
    publicUrl: urlOf(config, 'platform'),
    demo,
    smtpUrl: config.smtpUrl,
    vaulting: config.vaulting,
    webhookAllow: config.webhookAllow,
    trustedProxies: config.trustedProxies,
    acceptLoss: config.acceptLoss,
    pkcs12: config.pkcs12 && { bytes: await readFile(config.pkcs12.file), password: config.pkcs12.password },
  };
  const { app, jobs, verbs, close } = await compose(
    settings,
    { key },
    { now: Date.now, elapsed: () => performance.now(), report: log.error, reached: () => {}, wake: (job) => wake(job) },
  );
  if (!isCutOff()) log.info('Readers of uploads are not kept from the network: "unshare -rn" does not work here.');
  const running = await serve(app, jobs, config, 'platform', () => close().then(release));
  wake = running.wake;
  return { url: settings.publicUrl, verbs, close: running.close };
}

export async function runPortal(config: Config, partnerKey: string): Promise<Running> {
  const { portal } = await import('./portal/portal.ts');
  const running = await serve(
    portal({ gatewayUrl: urlOf(config, 'gateway'), platformUrl: urlOf(config, 'platform'), partnerKey }),
    [],
    config,
    'portal',
    async () => {},
  );
  return { url: `http://127.0.0.1:${running.port}`, verbs: {}, close: running.close };
}

/** Listens and lets the jobs run; closing stops both, then what they stand on. */
async function serve(app: Koa, jobs: readonly Job[], config: Config, part: PartName, close: () => Promise<void>) {
  const log = createLog(part);
  const listening: Listening = await listen(app, config.ports[part], config.bind);
  const running = startJobs(jobs, log.error);
  return {
    port: listening.port,
    wake: running.wake,
    async close() {
      await Promise.all([listening.close(1_500), running.stop()]);
      await close();
    },
  };
}
