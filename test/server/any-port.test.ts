import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../start-gateway.ts';
import { killStarted, start } from './start.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'inlay-port-'));
after(() => {
  killStarted();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a part that runs alone on any free port says which, and answers there', async () => {
  const key = () => randomBytes(32).toString('base64url');
  for (const [part, path] of [
    ['gateway', '/.well-known/jwks.json'],
    ['platform', '/.well-known/inlay-ceremony'],
  ] as const) {
    const { said } = start([part], { INLAY_DATA_DIR: dataDir, INLAY_MASTER_KEY: key(), INLAY_PLATFORM_KEY: key() });
    await eventually(async () => said().includes('listens at'));
    const [, url] = /listens at (\S+)/.exec(said()) ?? [];
    assert.equal((await fetch(`${url}${path}`)).status, 200, said());
  }
});
