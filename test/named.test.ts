import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const file = `
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
before(async () => {
  for (let turns = 0; turns < 50; turns += 1) await setImmediate();
  console.log('opened');
});
after(() => console.log('closed'));
test('one', () => console.log('ran one'));
test('other', () => console.log('ran other'));
`;

test('a run by name opens and closes each file in order, though the name leaves it no test', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-named-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'file.mjs');
  await writeFile(path, file);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = (name: string) => {
    const named = new URL('named.ts', import.meta.url).href;
    const { stdout, status } = spawnSync(process.execPath, ['--import', named, `--test-name-pattern=${name}`, path], {
      encoding: 'utf8',
      env,
    });
    return [status, ...(stdout.match(/^(?:opened|closed|ran .*)$/gm) ?? [])];
  };
  assert.deepEqual(run('^other$'), [0, 'opened', 'ran other', 'closed']);
  assert.deepEqual(run('^nobody$'), [0, 'opened', 'closed']);
});
