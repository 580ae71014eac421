import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, test } from 'node:test';
import { eventually, freePort, movableClock } from '../start-gateway.ts';
import { type Standin, startStandin } from './standin.ts';

/** The stand-in is judged by what Loyva documents, and where it says nothing, by the reading that asks most of a client. */
let loyva: Standin;
const clock = movableClock();
before(async () => {
  loyva = await startStandin({ rpm: 1_000, clock, vaultDelay: 30 });
});
after(() => loyva.close());

async function ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown, key = loyva.key) {
  const json = body !== undefined && !(body instanceof FormData);
  const answer = await fetch(`${loyva.url}/api/v2${path}`, {
    method,
    headers: { 'x-api-key': key, ...(json && { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as FormData) }),
  });
  const { status, headers } = answer;
  const { data, error, details } = (await answer.json()) as { data: T; error?: string; details?: string[] };
  return { status, headers, data, error, details };
}
const customer = { customer_email: 'ada@nordin.example', customer_name: 'Ada Nordin' };
const create = async (more: object = {}) =>
  String((await ask('POST', '/partner/envelopes', { ...customer, template_id: loyva.templateId, ...more })).data.envelope_id);
const statusOf = async (id: string) => (await ask('GET', `/partner/envelopes/${id}/status`)).data;

test('an e-sign envelope is made from a template only: a document inside the JSON is not read, nor is an external id', async () => {
  const body = { ...customer, external_id: 'deal-7', document: { filename: 'a.pdf', content_base64: 'JVBERi0=' } };
  const refused = await ask('POST', '/partner/envelopes', body);
  assert.deepEqual([refused.status, refused.details], [422, ['template_id: is required']]);
  const made = await ask('POST', '/partner/envelopes', { ...body, template_id: loyva.templateId });
  assert.deepEqual([made.status, made.data.status, made.data.external_id, made.data.signers], [200, 'sent', null, undefined]);
  assert.deepEqual(await statusOf(String(made.data.envelope_id)), {
    envelope_id: made.data.envelope_id,
    status: 'sent',
    vaulted: false,
  });
  const missing = await ask('POST', '/partner/envelopes', { template_id: loyva.templateId, signers: [{ email: 'x' }] });
  assert.equal(missing.details?.length, 5);
});

test('there is no ceremony, and every other path is not there', async () => {
  for (const path of ['/.well-known/inlay-ceremony', '/api/v2/embed/ceremony'])
    assert.ok([401, 404].includes((await fetch(loyva.url + path)).status), path);
  assert.equal((await ask('GET', '/partner/templates')).status, 404);
  assert.equal((await ask('POST', '/partner/envelopes/env_x/vault-out/acknowledge', {})).status, 404);
});

test('keys: unknown is 401, a missing scope 403, an envelope of somebody else 404', async () => {
  const id = await create();
  assert.equal((await ask('GET', '/partner/envelopes', undefined, 'lk_none')).status, 401);
  const reader = loyva.issue({ scopes: ['envelopes:read'] });
  assert.equal((await ask('POST', '/partner/envelopes', customer, reader.secret)).status, 403);
  assert.equal((await ask('GET', `/partner/envelopes/${id}`, undefined, reader.secret)).status, 404);
});

test('a key has so many calls a minute; every answer says what is left, and the first beyond says how long to wait', async () => {
  const { secret } = loyva.issue({ rpm: 2 });
  const left = async () => (await ask('GET', '/partner/envelopes', undefined, secret)).headers.get('x-ratelimit-remaining');
  assert.deepEqual([await left(), await left()], ['1', '0']);
  const refused = await ask('GET', '/partner/envelopes', undefined, secret);
  assert.equal(refused.status, 429);
  const wait = Number(refused.headers.get('retry-after'));
  assert.ok(wait > 0 && wait <= 60);
  clock.advance(wait * 1000);
  assert.equal(await left(), '1');
});

test('a page has 20 rows unless told, and never more than 100', async () => {
  for (let n = 0; n < 21; n += 1) await create();
  assert.equal((await ask<unknown[]>('GET', '/partner/envelopes')).data.length, 20);
  assert.equal((await ask('GET', '/partner/envelopes?limit=101')).status, 422);
  assert.equal((await ask('GET', '/partner/envelopes?status=nope')).status, 422);
});

test('signed on the vendor’s page, vaulted a moment later, downloaded once', async () => {
  const id = await create();
  const at = `/partner/envelopes/${id}`;
  const minted = await ask('POST', '/embed/token', { envelope_id: id, user_email: customer.customer_email, widget_type: 'sign' });
  const { embed_url, token } = minted.data as { embed_url: string; token: string };
  assert.deepEqual([minted.status, embed_url], [200, `${loyva.url}/sign/${id}#token=${token}`]);
  assert.equal((await ask('POST', `${at}/vault-in-signed`)).status, 409);
  const act = (name: string) => fetch(`${loyva.url}/sign/${id}/${name}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  await act('view');
  assert.equal((await statusOf(id)).status, 'viewed');
  await act('sign');
  assert.equal((await statusOf(id)).status, 'completed');
  assert.equal((await ask('GET', `${at}/vault/signed-url`)).status, 404);
  const asked = await ask('POST', `${at}/vault-in-signed`);
  assert.deepEqual([asked.status, asked.data.status], [200, 'completed']);
  await eventually(async () => (await statusOf(id)).vaulted);
  assert.equal((await ask('POST', `${at}/vault-in-signed`)).status, 200);
  assert.equal((await ask('GET', `${at}/vault/signed-url?expires=59`)).status, 422);
  const { signed_url, filename } = (await ask<Record<string, string>>('GET', `${at}/vault/signed-url`)).data;
  assert.equal(filename, `${id}_authoritative.pdf`);
  const download = async () => (await fetch(String(signed_url))).status;
  assert.deepEqual([await download(), await download()], [200, 403]);
  const { data } = await ask('GET', `${at}/compliance`);
  assert.deepEqual([data.compliant, (data.checks as unknown[]).length], [true, 8]);
  assert.equal((await ask('GET', `${at}/vault/certificate`)).data.certificate_version, '1.0');
  assert.equal((await ask('POST', `${at}/vault-out`)).status, 200);
  assert.equal((await ask('GET', `${at}/vault/signed-url`)).status, 404);
});

test('paper is uploaded and vaulted; it is never signed', async () => {
  const id = await create({ envelope_kind: 'paper', template_id: undefined });
  const form = new FormData();
  form.set('whatever', new Blob(['%PDF-1.4']), 'paper.pdf');
  assert.equal((await ask('POST', `/partner/envelopes/${id}/upload`, form)).data.status, 'uploaded');
  assert.equal((await ask('POST', `/partner/envelopes/${id}/upload`, form)).status, 409);
  assert.equal((await ask('POST', `/partner/envelopes/${id}/remind`)).status, 409);
  await ask('POST', `/partner/envelopes/${id}/vault-in-upload`);
  await eventually(async () => (await statusOf(id)).vaulted);
});

test('an event is signed over its raw body, and says nothing of when it was sent outside of it', async () => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    received.push({ headers: request.headers, body });
    response.end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => receiver.listen(port, '127.0.0.1', resolve));
  const webhook = { webhook_url: `http://127.0.0.1:${port}/`, webhook_secret: 'sixteen-letters-' };
  assert.equal((await ask('PATCH', '/partner/webhook', { webhook_secret: 'short' })).status, 422);
  assert.equal((await ask('PATCH', '/partner/webhook', webhook)).status, 200);
  const id = await create();
  const envelope = loyva.envelopes.get(id);
  assert.ok(envelope);
  loyva.move.sign(envelope, customer.customer_email);
  await ask('POST', `/partner/envelopes/${id}/vault-in-signed`);
  await eventually(async () => received.length === 2);
  receiver.close();
  const types = received.map(({ headers }) => headers['x-loyva-event']);
  assert.deepEqual(types.sort(), ['vault.compliance.passed', 'vault.stored']);
  for (const { headers, body } of received) {
    const digest = createHmac('sha256', webhook.webhook_secret).update(body).digest('hex');
    assert.equal(headers['x-loyva-signature'], `sha256=${digest}`);
    assert.ok(!Object.keys(headers).some((name) => name.startsWith('webhook-') || name.includes('timestamp')));
  }
});
