import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../browser.ts';
import { eventually, freePort, type StartedGateway, startGateway } from '../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let platform: StartedPlatform;
let gateway: StartedGateway;
let browser: Browser;

before(async () => {
  platform = await startPlatform();
  gateway = await startGateway({ vendorUrl: platform.url });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await gateway.close();
  await platform.close();
});

/** The block of the README that is marked as this file. */
async function example(name: string): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code] = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  assert.ok(code, `the README has an example ${name}`);
  return code;
}

test('the README starts Inlay, and tests it, with one line each, before anything else', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].slice(0, 2).map(([, block]) => block?.trimEnd());
  assert.deepEqual(lines, ['npm ci && npm start', 'npm ci && npm test']);
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  assert.ok(scripts.start && scripts.test);
});

test("the README's integration, pasted into an empty folder, shows the form with what the partner filled in", async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const { scribeless, kelviq } = platform.keys;
  const partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless, kelviq } });
  const folder = await mkdtemp(join(tmpdir(), 'inlay-example-'));
  await mkdir(join(folder, 'public'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'server.mjs'), await example('server.mjs'));
  // The one thing that differs from the README: this gateway's port.
  await writeFile(join(folder, 'public/index.html'), (await example('index.html')).replace('http://127.0.0.1:8080', gateway.url));
  const server = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { ...process.env, INLAY_URL: gateway.url, INLAY_KEY: partner.key, PORT: String(port) },
    stdio: 'inherit',
  });
  try {
    await eventually(async () => (await fetch(origin).catch(() => undefined))?.ok);
    const page = await browser.newPage();
    await page.goto(origin);
    const company = page.getByLabel('Registered name');
    await company.waitFor();
    assert.equal(await company.inputValue(), 'Example Co');
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
