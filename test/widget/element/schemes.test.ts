import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('nothing but colours differs in the dark: no style or script asks whether it is', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const sources = ['widget', 'server/portal', 'server/platform/pages'].flatMap((room) =>
    readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(css|ts|html)$/.test(name))
      .map((name) => `${room}/${name}`),
  );
  assert.ok(sources.some((name) => name.endsWith('tokens.css')));
  assert.deepEqual(
    sources.filter((name) => readFileSync(root + name, 'utf8').includes('prefers-color-scheme')),
    [],
  );
});
