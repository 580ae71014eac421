import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildWhatIsMissing } from '../build.ts';
import { type Config, type Secrets, SettingsError } from '../config.ts';
import type { PartName } from '../parts.ts';
import { demoCustomers } from '../portal/customers.ts';
import { makeAgreement } from './agreement.ts';
import type { ToChild, ToParent } from './child.ts';
import { type DemoFile, keptKey, masterKeyOf, readDemoFile, writeDemoFile } from './files.ts';
import { seedOf } from './seed.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const renewal = 30 * 60_000;

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
    keepAlive(name, { ...process.env, ...env }, secret, ready);
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
  const stop = () => void stopAll(parts).then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  await platform.ready;

  const agreement = await makeAgreement();
  let seed: ReturnType<typeof seedOf> | undefined;
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
    demo.adminToken = (await gateway.ask<string>('issueAdminToken', 3600).catch(() => undefined)) ?? demo.adminToken;
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

/** A child that is started again when it dies, after a pause that grows while it keeps dying. */
function keepAlive(name: PartName, env: NodeJS.ProcessEnv, secret: () => string, becomeReady: (child: Child) => Promise<void>): Kept {
  let child: ChildProcess;
  let stopping = false;
  let failures = 0;
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
    await becomeReady({ ask });
    failures = 0;
    ready.resolve();
  }

  function launch(): void {
    const started = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [name], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = started;
    started.on('message', (message: ToParent) =>
      onMessage(message).catch((error: Error) => {
        say(`The ${name} could not be made ready: ${error.message}`);
        ready.reject(error);
      }),
    );
    started.on('error', (error) => say(`The ${name}: ${error.message}`));
    started.once('exit', async (code) => {
      for (const asked of waiting.values()) asked.reject(new Error(`The ${name} ended.`));
      waiting.clear();
      if (stopping) return;
      failures += 1;
      if (failures > 5) ready.reject(new Error(`The ${name} ended with ${code} again and again.`));
      say(`The ${name} ended (${code ?? 'killed'}); starting it again.`);
      await delay(Math.min(250 * 2 ** failures, 10_000));
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

/** The port that was asked for, or a free one for 0. A taken one is told of before anything is started on it. */
async function portFor(part: PartName, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new SettingsError([`INLAY_${part.toUpperCase()}_PORT: port ${port} is taken; perhaps by another Inlay`])),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : port;
}
