import { type Config, type Role, readEnvironment, type Secrets, SettingsError } from './config.ts';
import { serveParent } from './demo/child.ts';
import { masterKeyOf, readDemoFile } from './demo/files.ts';
import { type PartName, partNames, type Running, runGateway, runPlatform, runPortal } from './parts.ts';

/** `node server/main.ts` runs the demo: three children under this process. With a part's name it runs that part alone. */
async function main(part: string | undefined): Promise<void> {
  // Under the demo's parent the secrets come by message, never by environment or argument.
  const { config, secrets } = readEnvironment(process.env, process.send ? undefined : ((part ?? 'demo') as Role));
  if (part === undefined) {
    const { runDemo } = await import('./demo/parent.ts');
    return runDemo(config, secrets);
  }
  if (!(partNames as readonly string[]).includes(part)) throw new SettingsError([`"${part}" is no part: ${partNames.join(', ')}`]);
  if (process.send) return serveParent(part as PartName, config);
  const running = await runAlone(part as PartName, config, secrets);
  process.stdout.write(`${part} listens at ${running.url}\n`);
  const stop = () => void running.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

async function runAlone(part: PartName, config: Config, secrets: Secrets): Promise<Running> {
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

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof SettingsError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
