import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { intakeProgram, readerFlags, unpackedProgram } from '../../../server/platform/documents/intake/intake-program.ts';
import { startLimitedChild } from '../../../server/platform/documents/intake/limited-child.ts';
import { onePage, pdf } from '../../fixtures/pdf/build.ts';

const limits = { heapMb: 384, memoryMb: 768, timeMs: 20_000 };
const upload = pdf(onePage('Pay 100'));
const question = { kind: 'take-in', signed: 'refused', fields: 'become', upload, maxPages: 1, maxBytes: 1_000_000 } as const;
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/pdf/${name}.pdf`, import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

let server: Server;
let connections = 0;
before(async () => {
  server = createServer((socket) => socket.destroy(void connections++));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => server.close());

/** What code says with `say` that runs where a file is read. */
async function said(code: string): Promise<string | undefined> {
  const script = `
    const say = (found) => process.send({ kind: 'refused', code: 'malformed', found });
    process.once('message', async () => { ${code} });
    process.send({ kind: 'ready' });`;
  const answer = await startLimitedChild(limits, ['--input-type=commonjs', '-e', script]).ask(question);
  assert.ok(answer.kind === 'refused', JSON.stringify(answer));
  return answer.found;
}

const reading = (path: string): Promise<string | undefined> =>
  said(`try { require('node:fs').readFileSync(${JSON.stringify(path)}); say('read'); } catch (error) { say(error.code); }`);

for (const path of [
  'data/master.key',
  'data/platform.db',
  'server/config.ts',
  'server/platform/compose.ts',
  'node_modules/koa/package.json',
  'test/start-platform.ts',
])
  test(`a reader of uploads cannot read ${path}`, async () => {
    assert.equal(await reading(`${root}${path}`), 'ERR_ACCESS_DENIED');
  });

test('nor anything outside, nor write, start a program or a thread', async () => {
  assert.equal(await reading(process.execPath), 'ERR_ACCESS_DENIED');
  const acts = [
    `require('node:fs').writeFileSync(${JSON.stringify(`${root}shared/written`)}, '')`,
    `require('node:child_process').spawnSync('true')`,
    `new (require('node:worker_threads').Worker)('0', { eval: true })`,
  ];
  for (const act of acts)
    assert.equal(await said(`try { ${act}; say('done'); } catch (error) { say(error.code); }`), 'ERR_ACCESS_DENIED', act);
});

const forbidden = spawnSync('unshare', ['-rn', 'true']).status === 0 ? false : 'this system cannot keep a program from the network';
test('a reader of uploads reaches no address', { skip: forbidden }, async () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const code = `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => say('connected')).on('error', (error) => say(error.code));`;
  assert.equal(await said(code), 'ENETUNREACH');
  assert.equal(connections, 0);
});

const programs = {
  'as it is run': intakeProgram(),
  'from the sources': unpackedProgram(),
  'from the sources, with its libraries as they are': [...readerFlags, join(root, 'server/platform/documents/intake/intake.child.ts')],
};
const files = {
  'a page': upload,
  'Japanese, by the tables of pdf.js': fixture('text-japanese'),
  'a picture in JBIG2': fixture('scan-jbig2'),
  'a picture in JPEG 2000': fixture('picture-jpeg2000'),
};
for (const [name, program] of Object.entries(programs))
  for (const [what, bytes] of Object.entries(files).slice(0, name === 'as it is run' ? undefined : 2))
    test(`what a reader may read is all that it needs, ${name}: ${what}`, async () => {
      const answer = await startLimitedChild(limits, program).ask({ ...question, upload: bytes });
      assert.equal(answer.kind, 'taken-in', JSON.stringify(answer));
    });
