import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import Koa from 'koa';
import { answerFailures, problemDialect } from '../../server/http/answer/problem.ts';
import { type Form, readForm } from '../../server/http/body/multipart.ts';
import { type Listening, listen } from '../../server/http/listen.ts';
import type { Problem } from '../../shared/problem.ts';
import { eventually } from '../start-gateway.ts';

const cap = 100_000;
const rule = { name: 'document', cap, types: ['application/pdf', 'application/octet-stream', 'text/plain'] };
let server: Listening;
const reported: unknown[] = [];

before(async () => {
  const app = new Koa();
  app.use(answerFailures(problemDialect('https://x.example/problems/'), (error) => reported.push(error)));
  app.use(async (ctx) => {
    const form = await readForm(ctx, rule);
    ctx.body = shown(form);
  });
  // Koa would print that somebody left.
  app.silent = true;
  server = await listen(app, 0, '127.0.0.1');
});
after(async () => {
  await server.close(0);
  assert.deepEqual(reported, []);
});

const shown = ({ texts, file }: Form) => ({
  texts: Object.fromEntries(texts),
  file: file && { filename: file.filename, bytes: file.bytes.toString('latin1') },
});

const post = async (body: BodyInit, headers: Record<string, string> = {}) => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', body, headers });
  return { status: answer.status, json: (await answer.json()) as Problem & ReturnType<typeof shown> };
};

const boundary = 'x7';
const typed = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
const part = (disposition: string, content: string, ...headers: readonly string[]) =>
  `--${boundary}\r\n${[`Content-Disposition: form-data; ${disposition}`, ...headers].join('\r\n')}\r\n\r\n${content}\r\n`;
const close = `--${boundary}--\r\n`;
const pdf = (content = '%PDF-1.7', filename = 'lease.pdf', ...headers: readonly string[]) =>
  part(`name="document"; filename="${filename}"`, content, 'Content-Type: application/pdf', ...headers);
const text = (name: string, content: string, ...headers: readonly string[]) => part(`name="${name}"`, content, ...headers);

const faultsOf = async (body: string | Buffer<ArrayBuffer>) => {
  const { status, json } = await post(body, typed);
  return [status, ...(json.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)];
};

test('texts and the file of a form come as they were sent, by whatever client', async () => {
  const form = new FormData();
  form.set('name', 'Ådas Löve\r\nsecond line');
  form.set('document', new Blob([Uint8Array.of(0, 255, 13, 10, 45, 45)], { type: 'application/pdf' }), 'ålder.pdf');
  assert.deepEqual((await post(form)).json, {
    texts: { name: 'Ådas Löve\r\nsecond line' },
    file: { filename: 'ålder.pdf', bytes: '\x00\xff\r\n--' },
  });
  const typeless = new FormData();
  typeless.set('document', new Blob(['x']), 'x.pdf');
  assert.equal((await post(typeless)).json.file?.bytes, 'x');
  const none = new FormData();
  none.set('name', '');
  assert.deepEqual((await post(none)).json, { texts: { name: '' } });
  assert.deepEqual((await post(`${pdf()}${close}and an epilogue`, typed)).json.file, { filename: 'lease.pdf', bytes: '%PDF-1.7' });
  assert.deepEqual((await post(close, typed)).json, { texts: {} });
});

test('a filename has no folders, and one of a name that means something to JavaScript is just a name', async () => {
  const { json } = await post(`${pdf('x', 'C:\\\\secret\\\\a.pdf')}${text('__proto__', 'y')}${close}`, typed);
  assert.equal(json.file?.filename, 'a.pdf');
  assert.ok(Object.hasOwn(json.texts, '__proto__'));
});

test('quotes and backslashes of a filename come as they are, however the client writes them', async () => {
  const names: readonly (readonly [sent: string, read: string | null])[] = [
    ['the %22big%22 one.pdf', 'the "big" one.pdf'],
    ['the \\"big\\" one.pdf', 'the "big" one.pdf'],
    ['100%25 sure%2F.pdf', '100%25 sure%2F.pdf'],
    ['a\\b.pdf', 'a\\b.pdf'],
    ['a\\\\b.pdf', 'a\\b.pdf'],
    ['\\\\\\\\server\\\\share\\\\a.pdf', 'a.pdf'],
    ['C:\\fakepath\\a.pdf', 'a.pdf'],
    ['/tmp/a.pdf', 'a.pdf'],
    ['Größe Ω.pdf', 'Größe Ω.pdf'],
    ['..', null],
    ['../..', null],
  ];
  for (const [sent, read] of names) {
    const { json } = await post(pdf('x', sent) + close, typed);
    assert.equal(json.file?.filename, read, sent);
  }
  const form = new FormData();
  form.set('a "name"', 'x');
  form.set('document', new File(['x'], 'say "hi".pdf', { type: 'application/pdf' }));
  const { json } = await post(form);
  assert.deepEqual([json.file?.filename, Object.keys(json.texts)], ['say "hi".pdf', ['a "name"']]);
});

test('a filename in Latin-1 is refused at its part: what it says could only be guessed', async () => {
  const body = Buffer.from(pdf('x', 'M\u00fcller.pdf') + close, 'latin1');
  assert.deepEqual(await faultsOf(body), [422, '/document encoding']);
});

test('a form in a content encoding is 415', async () => {
  const { status, json } = await post(pdf() + close, { ...typed, 'Content-Encoding': 'gzip' });
  assert.deepEqual([status, json.code], [415, 'encoding-refused']);
});

const refused: readonly [says: string, body: string, faults: readonly (string | number)[]][] = [
  ['a body that breaks off in the file', pdf('half').slice(0, -6), [422, ' broken-off']],
  ['a body that breaks off in a text', text('name', 'half').slice(0, -6), [422, ' broken-off']],
  ['a body that breaks off in a header', `${pdf()}--${boundary}\r\nContent-Dispo`, [422, ' broken-off']],
  ['a body without its closing boundary', pdf(), [422, ' broken-off']],
  ['a body that is no form', 'hello', [422, ' broken-off']],
  ['two files', `${pdf()}${pdf()}${close}`, [422, '/document duplicate']],
  ['a file of another name', `${part('name="file"; filename="a.pdf"', 'x')}${close}`, [422, '/file not-the-file']],
  ['a file without a name', `${part('filename="a.pdf"', 'x')}${close}`, [422, ' not-the-file']],
  ['the document as text', `${text('document', 'x')}${close}`, [422, '/document not-a-file']],
  ['a text twice', `${text('a/b', 'x')}${text('a/b', 'y')}${close}`, [422, '/a~1b duplicate']],
  ['a text that is not UTF-8', `${text('name', '\ufffd')}${close}`, [422, '/name encoding']],
  ['a picture', `${part('name="document"; filename="a.png"', 'x', 'Content-Type: image/png')}${close}`, [422, '/document media-type']],
  ['a file in base64', `${pdf('JVBERg==', 'a.pdf', 'Content-Transfer-Encoding: base64')}${close}`, [422, '/document encoding']],
  ['a file that is too large', `${pdf('x'.repeat(cap + 1))}${close}`, [413, '/document too-large']],
  ['a text that is too large', `${text('name', 'x'.repeat(1_000_001))}${close}`, [422, '/name too-large']],
  ['too many parts', `${text('a', '').repeat(41)}${close}`, [422, ' too-many-parts']],
  [
    'several faults',
    `${text('document', 'x')}${part('name="file"; filename="b"', 'x')}${close}`,
    [422, '/document not-a-file', '/file not-the-file'],
  ],
];

for (const [says, body, faults] of refused)
  test(`${says} is refused and its place named`, async () => assert.deepEqual(await faultsOf(body), faults));

test('a form without a boundary is refused', async () => {
  for (const type of ['multipart/form-data', `multipart/form-data; boundary=${'x'.repeat(300)}`])
    assert.equal((await post('x', { 'Content-Type': type })).json.errors?.[0]?.code, 'no-boundary', type);
});

const head = (length: number | string) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${typed['Content-Type']}\r\n${typeof length === 'number' ? `Content-Length: ${length}` : length}\r\n\r\n`;

/** The first words of the answer to these bytes, while the caller has not finished sending. */
async function answerTo(...parts: readonly string[]): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  for (const each of parts) socket.write(each);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString('latin1').split('\r\n')[0] ?? '';
}

test('what is too large is refused by its declared length before any of it is there, and while it is sent', async () => {
  assert.equal(await answerTo(head(3_000_000)), 'HTTP/1.1 413 Payload Too Large');
  const chunked = head('Transfer-Encoding: chunked');
  const piece = pdf('x'.repeat(cap + 100));
  assert.equal(await answerTo(chunked, `${piece.length.toString(16)}\r\n${piece}\r\n`), 'HTTP/1.1 413 Payload Too Large');
});

test('whoever leaves in the middle leaves nothing behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  for (let i = 0; i < 20; i += 1) {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(head(50_000) + pdf('y'.repeat(i * 1_000)), resolve));
    socket.destroy();
    await once(socket, 'close');
  }
  assert.equal((await post(`${pdf()}${close}`, typed)).status, 200);
  await eventually(async () => process.getActiveResourcesInfo().length <= before + 4);
});

test('a file that comes byte by byte takes the room of its bytes', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const opening = pdf('').slice(0, -2);
  socket.write(`${head('Transfer-Encoding: chunked')}${opening.length.toString(16)}\r\n${opening}\r\n`);
  collect();
  const before = process.memoryUsage().heapUsed;
  // Each byte in a chunk of its own, nearly as many as the file may have.
  for (let i = 0; i < 90; i += 1) await new Promise((resolve) => socket.write('1\r\nx\r\n'.repeat(1_000), resolve));
  // The server, which runs here too, has read all of it after as many turns; the form is not over yet.
  for (let i = 0; i < 500; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  socket.destroy();
  await once(socket, 'close');
  assert.ok(grown < 15_000_000, `${grown} bytes for 90,000`);
});

test('however a form is damaged, there is an answer', async () => {
  const whole = `${text('name', 'Ada')}${pdf('%PDF-1.7\r\n--x\r\n')}${text('signers', '[]')}${close}`;
  const pieces = ['\r\n', '--', boundary, `--${boundary}`, `--${boundary}--`, '\r\n\r\n', ':', ';', '"', 'filename="', '\x00'];
  const damage = fc.array(
    fc.record({ at: fc.nat(whole.length), cut: fc.nat(20), put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })) }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const body = changes.reduce((bytes, { at, cut, put }) => bytes.slice(0, at) + put + bytes.slice(at + cut), whole);
      const { status } = await post(Buffer.from(body, 'latin1'), typed);
      assert.ok([200, 413, 422].includes(status), `${status} ${JSON.stringify(body)}`);
    }),
    { numRuns: 300 },
  );
});
