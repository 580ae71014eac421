import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Call, commands, UsageError } from './commands.ts';
import { readEnvironment, type Secrets, SettingsError } from './config.ts';
import { findKey, masterKeyOf, readDemoFile } from './demo/files.ts';
import { urlOf } from './parts.ts';

const usage = (): string =>
  [
    'inlay COMMAND [--url GATEWAY] [--token TOKEN]   (defaults from demo.json)',
    '',
    ...Object.entries(commands).map(([name, { usage: words, does }]) => `  ${`${name} ${words}`.padEnd(58)} ${does}`),
    `  ${'admin token'.padEnd(58)} make a token from the gateway's files`,
    `  ${'verify'.padEnd(58)} check both logs and every file in the data folder, while it runs or not`,
    '',
  ].join('\n');

const words = { type: 'string' } as const;
const yes = { type: 'boolean' } as const;
const flags = {
  url: words,
  token: words,
  search: words,
  scopes: words,
  expires: words,
  overlap: words,
  customer: words,
  status: words,
  vendor: words,
  test: yes,
  'with-key': yes,
  help: yes,
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: flags });
  const [first = '', second = '', ...args] = positionals;
  const { config, secrets } = readEnvironment(process.env);
  if (`${first} ${second}` === 'admin token') {
    const { issueAdminToken } = await import('./gateway/admin-token.ts');
    const file = join(config.dataDir, 'master.key');
    const masterKey = await masterKeyOf(secrets.masterKey || secrets.masterKeyFile ? secrets : { ...secrets, masterKeyFile: file });
    const demo = await readDemoFile(config.dataDir);
    process.stdout.write(
      `${await issueAdminToken({ dataDir: config.dataDir, publicUrl: config.gatewayUrl ?? demo?.gatewayUrl ?? urlOf(config, 'gateway'), masterKey })}\n`,
    );
    return;
  }
  if (first === 'verify') return verify(config.dataDir, secrets);
  const command = commands[`${first} ${second}`];
  if (!command || values.help) throw new UsageError(values.help || !first ? '' : `there is no command "${first} ${second}"`);
  const demo = await readDemoFile(config.dataDir);
  const flagsGiven = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  const url = flagsGiven.url ?? config.gatewayUrl ?? demo?.gatewayUrl ?? urlOf(config, 'gateway');
  const token = flagsGiven.token ?? demo?.adminToken;
  if (!token) throw new UsageError('--token is missing, and there is no demo.json');
  await ask(url, token, await command.call(args, flagsGiven));
}

/** Reads only, and takes no lock. */
async function verify(dataDir: string, secrets: Secrets): Promise<void> {
  const { verifyGateway } = await import('./gateway/verify.ts');
  const { verifyPlatform } = await import('./platform/verify.ts');
  const masterKey = secrets.masterKey || secrets.masterKeyFile ? await masterKeyOf(secrets) : await findKey(dataDir, 'master');
  const platformKey = secrets.platformKey ?? (await findKey(dataDir, 'platform'));
  for (const { said, faults } of [await verifyGateway(dataDir, masterKey), await verifyPlatform(dataDir, platformKey)]) {
    for (const line of said) process.stdout.write(`${line}\n`);
    for (const line of faults) process.stderr.write(`${line}\n`);
    if (faults.length > 0) process.exitCode = 1;
  }
}

async function ask(url: string, token: string, { method, path, body, pdf }: Call): Promise<void> {
  const sent = pdf ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = pdf ? 'application/pdf' : 'application/json';
  const headers = { authorization: `Bearer ${token}`, ...(sent === undefined ? {} : { 'content-type': type }) };
  const answer = await fetch(new URL(path, url), { method, headers, ...(sent === undefined ? {} : { body: sent }) }).catch(() => {
    throw new UsageError(`no gateway answers at ${url}`);
  });
  const said = await answer.text();
  const shown = said ? JSON.stringify(JSON.parse(said), null, 2) : 'done';
  (answer.ok ? process.stdout : process.stderr).write(`${shown}\n`);
  if (!answer.ok) process.exitCode = 1;
}

main().catch((error: unknown) => {
  const asked = error instanceof UsageError || error instanceof SettingsError || (error instanceof TypeError && 'code' in error);
  const why = asked ? `${error.message || usage()}\n` : `${error instanceof Error ? error.stack : String(error)}\n`;
  process.stderr.write(asked && error.message ? `${why}"npm run inlay" lists every command.\n` : why);
  process.exit(2);
});
