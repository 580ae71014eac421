import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildWhatIsMissing } from '../build.ts';
import type { Config, Secrets } from '../config.ts';
import type { Seed } from '../gateway/seed.ts';
import { whenNpmIsGone } from '../npm-gone.ts';
import type { PartName } from '../parts.ts';
import { demoCustomers } from '../portal/customers.ts';
import { StartRefused } from '../storage/refused.ts';
import type { ToChild, ToParent } from './child.ts';
import { type DemoFile, keptKey, masterKeyOf, readDemoFile, writeDemoFile } from './files.ts';
import { portFor } from './ports.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const renewal = 30 * 60_000;
const mostDeaths = 5;

/** `npm start`: platform, gateway and portal, each in a process of its own; one that dies is started again. */
export async function runDemo(config: Config, secrets: Secrets): Promise<void> {
  const masterKey = secrets.masterKey || secrets.masterKeyFile ? await masterKeyOf(secrets) : await keptKey(config.dataDir, 'master', say);
  const platformKey = secrets.platformKey ?? (await keptKey(config.dataDir, 'platform', say));
  await buildWhatIsMissing(say);
  const ports = {
    gateway: await portFor('gateway', config.ports.gateway),
    platform: await portFor('platform', config.ports.platform),
    portal: await portFor('portal', config.ports.portal),
  };
  const env = Object.fromEntries(Object.entries(ports).map(([part, port]) => [`INLAY_${part.toUpperCase()}_PORT`, String(port)]));
  const base = (part: PartName) => `http://127.0.0.1:${ports[part]}`;
  const urls = {
    gatewayUrl: config.gatewayUrl ?? base('gateway'),
    platformUrl: config.platformUrl ?? base('platform'),
    portalUrl: base('portal'),
  };

  let demo: Partial<DemoFile> = (await readDemoFile(config.dataDir)) ?? {};
  const part = (name: PartName, secret: () => string, ready: (child: Child) => Promise<void>) =>
    keepAlive(name, { env: { ...process.env, ...env }, args: config.acceptLoss ? ['--accept-loss'] : [] }, secret, ready, () => {
      say(`The ${name} ended ${mostDeaths} times within a minute; Inlay ends, for starting it again would not help.`);
      stop(1);
    });
  const text = (key: Uint8Array) => Buffer.from(key).toString('base64url');

  const platform = part(
    'platform',
    () => text(platformKey),
    async (child) => {
      demo.vendorKeys = await child.ask<DemoFile['vendorKeys']>('seed', {
        name: 'Harbor Leasing',
        keys: demo.vendorKeys,
        limits: { rateLimit: 6_000 },
      });
    },
  );
  const parts = [platform];
  const stop = (code = 0) => void stopAll(parts).then(() => process.exit(code));
  process.once('SIGINT', () => stop()).once('SIGTERM', () => stop());
  whenNpmIsGone(stop);
  // Drawing takes as long as the platform takes to start.
  const drawing = Promise.all([import('./agreement.ts').then(({ makeAgreement }) => makeAgreement()), import('./seed.ts')]);
  await platform.ready;
  const [agreement, { seedOf }] = await drawing;

  let seed: Seed | undefined;
  const gateway = part(
    'gateway',
    () => text(masterKey),
    async (child) => {
      const { vendorKeys, partnerKey } = demo;
      if (!vendorKeys) throw new Error('The platform has given no keys.');
      seed = seedOf({ portalOrigin: urls.portalUrl, vendorKeys, partnerKey, agreement, customers: demoCustomers });
      const made = await child.ask<{ partnerId: string; partnerKey: string }>('seed', seed);
      demo = { ...demo, ...made, adminToken: await child.ask<string>('issueAdminToken', 3600) };
    },
  );
  parts.push(gateway);
  await gateway.ready;
  const portal = part(
    'portal',
    () => demo.partnerKey ?? '',
    async () => {},
  );
  parts.push(portal);
  await portal.ready;

  const save = () => writeDemoFile(config.dataDir, { ...(demo as DemoFile), ...urls });
  await save();
  const renew = async () => {
    // A gateway that is just being started again gives a new token when it is ready.
    const token = await gateway.ask<string>('issueAdminToken', 3600).catch(() => undefined);
    if (token !== undefined) demo.adminToken = token;
    await save();
  };
  // Customers who sign do so while others look around already. A gateway that dies meanwhile is told of where it is started again, and whoever is
  // left over signs at the next start.
  gateway.ask('sign', seed).catch(() => {});
  setInterval(() => {
    renew().catch((error: Error) => say(`demo.json could not be renewed: ${error.message}`));
  }, renewal);
  say(
    `\n  Portal    ${urls.portalUrl}   a partner's site: begin here\n  Gateway   ${urls.gatewayUrl}\n  Platform  ${urls.platformUrl}   the vendors, and the mail they send\n\n  Keys for trying things by hand are in demo.json in the data folder. Ctrl-C ends everything.\n`,
  );
}

interface Child {
  ask<T>(verb: string, input: unknown): Promise<T>;
}

interface Kept extends Child {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** A child that is started again when it dies, after a pause that grows while it keeps dying; given up when it dies five times within a minute. */
function keepAlive(
  name: PartName,
  { env, args }: { env: NodeJS.ProcessEnv; args: string[] },
  secret: () => string,
  becomeReady: (child: Child) => Promise<void>,
  giveUp: () => void,
): Kept {
  let child: ChildProcess;
  let stopping = false;
  let deaths: number[] = [];
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  const ready = Promise.withResolvers<void>();

  /** A child that has just died takes no message; its end is noticed and told elsewhere. */
  const tell = (message: ToChild, failed: (error: Error) => void = () => {}) => void child.send(message, (error) => error && failed(error));
  const ask = <T>(verb: string, input: unknown): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      nextId += 1;
      waiting.set(nextId, { resolve, reject });
      tell({ kind: 'verb', id: nextId, verb, input }, reject);
    });

  async function onMessage(message: ToParent): Promise<void> {
    if (message.kind === 'answer') {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) asked?.reject(new Error(message.error));
      else asked?.resolve(message.result as never);
      return;
    }
    if (message.kind === 'refused') return ready.reject(new StartRefused(message.why));
    await becomeReady({ ask });
    ready.resolve();
  }

  function launch(): void {
    // What is accepted is accepted once: not again where it dies and is started anew.
    const started = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [name, ...args.splice(0)], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = started;
    started.on('message', (message: ToParent) =>
      onMessage(message).catch((error: Error) => {
        if (stopping) return;
        say(`The ${name} could not be made ready: ${error.message}`);
        ready.reject(error);
      }),
    );
    started.on('error', (error) => say(`The ${name}: ${error.message}`));
    started.once('exit', async (code) => {
      for (const asked of waiting.values()) asked.reject(new Error(`The ${name} ended.`));
      waiting.clear();
      if (stopping) return;
      const now = performance.now();
      deaths = [...deaths, now].filter((at) => at > now - 60_000);
      if (deaths.length >= mostDeaths) return giveUp();
      say(`The ${name} ended (${code ?? 'killed'}); starting it again.`);
      await delay(250 * 2 ** deaths.length);
      if (!stopping) launch();
    });
    tell({ kind: 'start', secret: secret() });
  }
  launch();

  return {
    ready: ready.promise,
    ask,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 4_000);
      await ended;
      clearTimeout(killer);
    },
  };
}

const stopAll = async (parts: readonly Kept[]): Promise<void> => void (await Promise.all(parts.map((part) => part.stop())));
