import { type Config, type Role, readEnvironment, type Secrets, SettingsError } from './config.ts';
import { serveParent } from './demo/child.ts';
import { masterKeyOf, readDemoFile } from './demo/files.ts';
import { portFor } from './demo/ports.ts';
import { whenNpmIsGone } from './npm-gone.ts';
import { type PartName, partNames, type Running, runGateway, runPlatform, runPortal } from './parts.ts';
import { StartRefused } from './storage/refused.ts';

/**
 * `node server/main.ts` runs the demo: three children under this process. With a part's name it runs that part alone. `--accept-loss` begins on a
 * database that is new or older than its files.
 */
async function main(args: readonly string[]): Promise<void> {
  const acceptLoss = args.includes('--accept-loss');
  const [part, ...more] = args.filter((each) => each !== '--accept-loss');
  if (more.length > 0) throw new SettingsError([`"${more[0]}" is not known here: a part, and --accept-loss`]);
  // Under the demo's parent the secrets come by message, never by environment or argument.
  const { config, secrets } = readEnvironment(process.env, process.send ? undefined : ((part ?? 'demo') as Role), acceptLoss);
  if (part === undefined) {
    const { runDemo } = await import('./demo/parent.ts');
    return runDemo(config, secrets);
  }
  if (!(partNames as readonly string[]).includes(part)) throw new SettingsError([`"${part}" is no part: ${partNames.join(', ')}`]);
  if (process.send) return serveParent(part as PartName, config);
  const starting = runAlone(part as PartName, config, secrets);
  // Asked for before it listens, its end waits until it does; a start that fails is told below.
  const stop = () =>
    void starting.then(
      (running) => running.close().then(() => process.exit(0)),
      () => {},
    );
  process.once('SIGINT', stop).once('SIGTERM', stop);
  whenNpmIsGone(stop);
  process.stdout.write(`${part} listens at ${(await starting).url}\n`);
}

async function runAlone(part: PartName, { ports, ...given }: Config, secrets: Secrets): Promise<Running> {
  // Its addresses, in tokens and links too, name the port that it listens on.
  const config = { ...given, ports: ports[part] === 0 ? { ...ports, [part]: await portFor(part, 0) } : ports };
  if (part !== 'portal') {
    const { buildWhatIsMissing } = await import('./build.ts');
    await buildWhatIsMissing((line) => process.stdout.write(`${line}\n`));
  }
  if (part === 'gateway') return runGateway(config, await masterKeyOf(secrets));
  if (part === 'platform' && secrets.platformKey) return runPlatform(config, secrets.platformKey, false);
  const demo = await readDemoFile(config.dataDir);
  if (!demo) throw new SettingsError(['INLAY_DATA_DIR holds no demo.json: run "npm start" once']);
  return runPortal({ ...config, gatewayUrl: config.gatewayUrl ?? demo.gatewayUrl }, demo.partnerKey);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof SettingsError || error instanceof StartRefused ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
