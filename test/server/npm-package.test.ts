import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request } from 'undici';
import { type StartedGateway, startGateway } from '../start-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const file = `inlay-${version}.tgz`;
const most = 300 * 1024;
const run = promisify(execFile);

let gateway: StartedGateway;
let folder: string;
let installed: string;
before(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), 'inlay-npm-'));
  installed = join(folder, 'node_modules/inlay-embed');
  const answer = await fetch(`${gateway.url}/inlay/${version}/${file}`);
  assert.equal(answer.status, 200);
  await writeFile(join(folder, file), Buffer.from(await answer.arrayBuffer()));
  // An empty cache: what npm does not find in the file it could only fetch.
  const env = { ...process.env, npm_config_cache: join(folder, 'cache') };
  const install = ['install', '--offline', '--ignore-scripts', `./${file}`];
  const npm = process.env.npm_execpath;
  await (npm ? run(process.execPath, [npm, ...install], { cwd: folder, env }) : run('npm', install, { cwd: folder, env }));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
  await gateway.close();
});

test('the gateway gives the package of its own version and no other; whoever has it is told so', async () => {
  const address = `${gateway.url}/inlay/${version}/${file}`;
  const { headers, body } = await request(address);
  await body.dump();
  assert.equal(headers['content-type'], 'application/gzip');
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  const again = await request(address, { headers: { 'if-none-match': String(headers.etag) } });
  assert.equal(again.statusCode, 304);
  await again.body.dump();
  for (const path of [
    `0.0.1/${file}`,
    `${version}/inlay-0.0.1.tgz`,
    `${version}/`,
    file,
    `${version}/package.json`,
    `${version}/..%2finlay.js`,
  ])
    assert.equal((await fetch(`${gateway.url}/inlay/${path}`)).status, 404, path);
  assert.equal((await fetch(`${gateway.url}/npm/package.json`)).status, 404);
});

test(`npm installs it alone, without the network and without scripts, in 300 KB at most`, async () => {
  const packages = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
  assert.deepEqual(packages, ['inlay-embed']);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  assert.equal(manifest.version, version);
  for (const name of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies', 'scripts'])
    assert.equal(manifest[name], undefined, name);
  const files = (await readdir(installed, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  const sum = sizes.reduce((total, size) => total + size, 0);
  assert.ok(sum <= most, `${sum} bytes`);
});

test('no page says to install anything of ours from a public registry', async () => {
  const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  for (const name of ['README.md', 'CHANGELOG.md', 'dist/npm/README.md', ...pages]) {
    const said = (await readFile(join(root, name), 'utf8')).match(
      /(?:npm (?:i|install|add)|npx|yarn add|pnpm add) +(?:-\S+ +)*@?inlay\S*/g,
    );
    assert.equal(said, null, name);
  }
});

/** What a partner writes, as it would be written: it is checked, and run. */
const server = `
import { type Minted, type RunSummary, GatewayError, mint, readRuns, verifyWebhook, WebhookError, type WebhookEvent } from 'inlay-embed/server';

const [gateway = '', key = '', signature = '', body = ''] = process.argv.slice(2);
const call = { gateway, key, fetch };
const minted: Minted = await mint({
  ...call,
  request: { widget_type: 'onboarding', user_email: 'sam@harbor.example', customer: { external_id: 'c-1', locked: ['email'] } },
});
const runs: RunSummary[] = await readRuns(call, 1);
const refused = await mint({ ...call, key: 'lk_wrong', request: { widget_type: 'sign', user_email: 'sam@harbor.example', envelope_id: 'env_1' } }).catch(
  (error: unknown) => (error instanceof GatewayError ? error.status : undefined),
);
const event: WebhookEvent = await verifyWebhook({ body, headers: { 'x-loyva-signature': signature }, secret: 'sixteen-letters-' });
const forged = await verifyWebhook({ body: body + ' ', headers: new Headers({ 'x-loyva-signature': signature }), secret: 'sixteen-letters-' }).catch(
  (error: unknown) => (error instanceof WebhookError ? error.code : undefined),
);
const status: RunSummary['status'] | undefined = runs[0]?.status;
process.stdout.write(JSON.stringify({ token: minted.token, status: status ?? null, refused, event: event.event_type, forged }));

// @ts-expect-error
void (() => mint({ ...call, request: { widget_type: 'onboarding', user_email: 'sam@harbor.example' } }));
// @ts-expect-error
void (() => mint({ ...call, request: { widget_type: 'sign', envelope_id: 1, user_email: 'sam@harbor.example' } }));
// @ts-expect-error
const wrong: 'finished' = runs[0]?.status;
// @ts-expect-error
const other: number = event.event_id;
void [wrong, other];
`;

const page = `
import { InlayWidget, type InlayErrorEvent } from 'inlay-embed';
import { InlayClient, LinkError } from 'inlay-embed/client';

const tag: InlayWidget = document.createElement('inlay-widget');
tag.server = 'https://inlay.example';
tag.fetchToken = async () => 'token';
tag.theme = 'dark';
tag.addEventListener('inlay-error', (event) => { const { code, retryable }: InlayErrorEvent = event; void [code, retryable]; });
void tag.reload().then(() => tag.remove());

const client = new InlayClient({ server: 'https://inlay.example', token: 'token' });
try {
  const { step, details } = await client.onboarding();
  await client.submitDetails(step, { ...details.values, email: 'ada@nordin.example' }, 1);
  const ceremony = await client.ceremony();
  const { fields, you } = await ceremony.state();
  for (const { id, value } of fields) if (you.turn && value?.kind === 'typed') await ceremony.fields({ [id]: { kind: 'text', text: value.text } });
} catch (error) {
  if (error instanceof LinkError && error.code === 'draft-changed') void error.detail;
}
// @ts-expect-error
tag.theme = 'blue';
// @ts-expect-error
tag.performUpdate();
// @ts-expect-error
new InlayClient({ token: 'token' });
// @ts-expect-error
void client.saveDraft({ email: 1 }, 1);
`;

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const)
  test(`programs that use it are checked strictly, found as ${moduleResolution} finds it`, async () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2024',
      module,
      moduleResolution,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
    };
    // A server's program, which knows no document, has Node's types from here; a page has none.
    const typeRoots = [join(root, 'node_modules/@types')];
    const programs = [
      { name: 'server', text: server, options: { lib: ['es2024'], types: ['node'], typeRoots } },
      { name: 'page', text: page, options: { lib: ['es2024', 'dom', 'dom.iterable'], types: [] } },
    ];
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    for (const { name, text, options } of programs) {
      await writeFile(join(folder, `${name}.ts`), text);
      const config = join(folder, `tsconfig.${name}.json`);
      await writeFile(config, JSON.stringify({ compilerOptions: { ...compilerOptions, ...options }, files: [`${name}.ts`] }));
      const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]).catch(
        (error: { stdout: string }) => error,
      );
      assert.equal(stdout, '', name);
    }
  });

test('on a server it mints at a real gateway, knows a refusal, and tells a signed event from a forged one', async () => {
  const { key } = await gateway.partner({});
  const body = JSON.stringify({
    event_type: 'vault.stored',
    event_id: 'evt_1',
    envelope_id: 'env_1',
    timestamp: '2026-05-01T08:00:00.000Z',
    data: {},
  });
  const signature = `sha256=${createHmac('sha256', 'sixteen-letters-').update(body).digest('hex')}`;
  await writeFile(join(folder, 'server.ts'), server);
  const { stdout } = await run(process.execPath, ['server.ts', gateway.url, key, signature, body], { cwd: folder });
  const { token, ...told } = JSON.parse(stdout) as Record<string, unknown>;
  assert.match(String(token), /^ey/);
  assert.deepEqual(told, { status: null, refused: 401, event: 'vault.stored', forged: 'forged' });
});

test('the tag, imported where there is no page, defines nothing, opens nothing and keeps nothing running', async () => {
  const program = `
    const before = new Set(Object.getOwnPropertyNames(globalThis));
    const { InlayWidget, InlayClient } = await import('inlay-embed');
    const { InlayClient: same } = await import('inlay-embed/client');
    const more = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
    process.stdout.write(JSON.stringify([typeof InlayWidget, InlayClient === same, more, process.getActiveResourcesInfo().filter((name) => /tcp|timeout/i.test(name))]));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  // Lit counts its own copies.
  assert.deepEqual(JSON.parse(stdout), ['function', true, ['litHtmlVersions'], []]);
});
