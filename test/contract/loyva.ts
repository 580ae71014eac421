import assert from 'node:assert/strict';
import { pdfOf } from '../platform/world/envelopes.ts';
import { ask, assertGuarded, assertRefused, type Envelope, formOf, made, order, paper, places, sent, standing } from './envelopes.ts';
import { everywhere, type Row } from './world/row.ts';
import { assertLike } from './world/shape.ts';
import { data } from './world/targets.ts';

/** Loyva's page, e-sign and configuration: https://docs.stg.loyva.net/partner-integration/partner-endpoints. It prints no bodies; these are of the pages beside it. */

const moment = '2026-04-11T10:00:00.000Z';
const item = {
  envelope_id: 'env_0a1b2c3d4e5f',
  envelope_name: 'Lease 7',
  status: 'sent',
  customer_id: 'cust_0a1b2c3d4e5f',
  external_id: null,
  created_at: moment,
  updated_at: moment,
};
const whole = { ...item, template_id: null, vaulted: false, compliant: false, metadata: {} };

/** What the documentation shows is there; at the stand-in and where the page leaves it open there may be more. */
const assertEnvelope = (answer: Envelope, status: string): void => {
  assertLike({ ...answer, metadata: {} }, whole, { more: true });
  assert.equal(answer.status, status);
};

function row(endpoint: string, good: Row['good'], bad: Row['bad']): Row {
  return { page: 'loyva', endpoint, at: everywhere, good, bad };
}

/** Every answer to a known key says what is left of its minute. */
function assertMetered({ headers }: { headers: Headers }): void {
  for (const name of ['limit', 'remaining', 'reset']) assert.match(headers.get(`x-ratelimit-${name}`) ?? '', /^\d+$/, name);
}

const list = row(
  'GET /partner/envelopes',
  async (target) => {
    const envelope_id = await standing(target, 'sent');
    const { customer_id } = await data<Envelope>(ask(target, 'GET', envelope_id));
    const answer = await ask(target, 'GET', '?page=1&limit=100');
    assertMetered(answer);
    assertLike(answer.json, { data: [item], meta: { page: 1, limit: 100, total: 2 } }, { more: true });
    const { data: items, meta } = answer.json as { data: Envelope[]; meta: { total: number; page: number; limit: number } };
    assert.deepEqual([meta.total, meta.page, meta.limit], [items.length, 1, 100]);
    const mine = await ask(target, 'GET', `?customer_id=${customer_id}&status=sent`);
    assert.ok((mine.json.data as Envelope[]).some((each) => each.envelope_id === envelope_id));
    const first = await ask(target, 'GET', '?limit=1');
    assert.equal((first.json.data as Envelope[]).length, 1);
    assert.deepEqual((await ask(target, 'GET', '?page=9999')).json.data, []);
    assert.equal(((await ask(target, 'GET', '')).json.meta as { limit: number }).limit, 20);
  },
  async (target) => {
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?page=0', '?status=asleep'])
      assertRefused(await ask(target, 'GET', query), 422);
    await assertGuarded(target, 'GET', () => '');
  },
);

const one = row(
  'GET /partner/envelopes/:id',
  async (target) => {
    assertEnvelope(await data(ask(target, 'GET', await standing(target, 'sent'))), 'sent');
  },
  async (target) => {
    await assertGuarded(target, 'GET', (id) => id);
    assert.equal((await ask(target, 'GET', 'env_a/b/c')).status, 404);
  },
);

const status = row(
  'GET /partner/envelopes/:id/status',
  async (target) => {
    const id = await standing(target, 'sent');
    const signers = { signers: [{ email: 'a@b.example', status: 'asked' }] };
    const { status: state, vaulted, envelope_id, ...rest } = await data(ask(target, 'GET', `${id}/status`));
    assert.deepEqual([envelope_id, state, vaulted], [id, 'sent', false]);
    if (target.name !== 'stand-in') assertLike(rest, signers);
  },
  (target) => assertGuarded(target, 'GET', (id) => `${id}/status`),
);

const create = row(
  'POST /partner/envelopes',
  async (target) => {
    const answer = await ask(target, 'POST', '', await order(target, { unknown_field: 7 }));
    assert.ok(target.name === 'stand-in' ? answer.status === 200 : answer.status === 201, answer.text);
    assertMetered(answer);
    assertEnvelope(answer.json.data as Envelope, 'sent');
    assertEnvelope(await made(target, { envelope_kind: 'paper' }), 'pending');
    assertEnvelope(await made(target, { signers: [{ email: 'kim@shop.example', name: 'Kim', role: 'Buyer' }] }), 'sent');
    if (target.name === 'stand-in') return;
    const form = formOf('document', await pdfOf('Lease of berth 7'));
    for (const [name, value] of Object.entries({ customer_email: 'ada@shop.example', customer_name: 'Ada', envelope_name: 'Lease 8' }))
      form.set(name, value);
    form.set('signers', JSON.stringify([{ email: 'kim@shop.example', name: 'Kim', role: 'Buyer' }]));
    const { envelope_name, signers } = await data(ask(target, 'POST', '', form), 201);
    assert.deepEqual([envelope_name, (signers as { email: string }[])[0]?.email], ['Lease 8', 'kim@shop.example']);
  },
  async (target) => {
    // Both are "required, always", whoever signs.
    for (const name of ['customer_email', 'customer_name'])
      assertRefused(await ask(target, 'POST', '', await order(target, { [name]: undefined })), 422, ...places(target, `/${name}`));
    assertRefused(
      await ask(target, 'POST', '', await order(target, { customer_email: 'nobody' })),
      422,
      ...places(target, '/customer_email'),
    );
    assertRefused(await ask(target, 'POST', '', { customer_email: 'a@b.example', customer_name: 'A' }), 422);
    assertRefused(await ask(target, 'POST', '', await order(target, { template_id: 'tmpl_aaaaaaaaaaaa', document: undefined })), 422);
    if (target.name !== 'stand-in') assertRefused(await ask(target, 'POST', '', '{'), 400);
    await assertGuarded(target, 'POST', () => '', {});
  },
);

const upload = row(
  'POST /partner/envelopes/:id/upload',
  async (target) => {
    const id = await paper(target);
    const answer = await ask(target, 'POST', `${id}/upload`, formOf('file', await pdfOf('Signed on paper')));
    assertEnvelope(await data(Promise.resolve(answer), 200), 'uploaded');
  },
  async (target) => {
    const id = await standing(target, 'paper');
    assertRefused(await ask(target, 'POST', `${id}/upload`, formOf('file', Buffer.from('not a PDF'))), 422);
    if (target.name !== 'stand-in') {
      assertRefused(await ask(target, 'POST', `${id}/upload`, formOf('other', await pdfOf('x'))), 422);
      assertRefused(await ask(target, 'POST', `${id}/upload`, {}), 415);
    }
    const form = async () => formOf('file', await pdfOf('x'));
    for (const state of ['sent', 'uploaded'] as const)
      assertRefused(await ask(target, 'POST', `${await standing(target, state)}/upload`, await form()), 409);
    await assertGuarded(target, 'POST', (each) => `${each}/upload`, await form());
  },
);

const cancel = row(
  'POST /partner/envelopes/:id/void',
  async (target) => {
    for (const id of [await sent(target), await paper(target)])
      assertEnvelope(await data(ask(target, 'POST', `${id}/void`, { reason: 'A mistake' }), 200), 'voided');
  },
  async (target) => {
    const id = await paper(target);
    await data(ask(target, 'POST', `${id}/void`, {}));
    assertRefused(await ask(target, 'POST', `${id}/void`, { reason: 'Again' }), 409);
    await assertGuarded(target, 'POST', (each) => `${each}/void`, {});
  },
);

const remind = row(
  'POST /partner/envelopes/:id/remind',
  async (target) => {
    const id = await sent(target);
    const answer = await data(ask(target, 'POST', `${id}/remind`, {}), 200);
    if (target.name === 'stand-in') return;
    assert.deepEqual(answer, { envelope_id: id, reminded: ['ada@shop.example'], skipped: [] });
    const soon = await ask(target, 'POST', `${id}/remind`, {});
    assertRefused(soon, 429);
    assert.ok(Number(soon.headers.get('retry-after')) > 0);
  },
  async (target) => {
    assertRefused(await ask(target, 'POST', `${await standing(target, 'paper')}/remind`, {}), 409);
    await assertGuarded(target, 'POST', (id) => `${id}/remind`, {});
    if (target.name === 'stand-in') return;
    const stranger = { signer_email: 'x@y.example' };
    assertRefused(await ask(target, 'POST', `${await standing(target, 'sent')}/remind`, stranger), 422, '/signer_email');
  },
);

const links = row(
  'GET /partner/envelopes/:id/signing-links',
  async (target) => {
    const [link] = await data<Record<string, string>[]>(ask(target, 'GET', `${await standing(target, 'sent')}/signing-links`), 200);
    assert.equal(link?.email, 'ada@shop.example');
    assert.match(link?.signing_url ?? '', /^https?:\/\/\S+#\S+$/);
    const shown = { email: 'a@b.example', name: 'A', role: null, status: 'asked', signing_url: 'x', expires_at: moment };
    if (target.name !== 'stand-in') assertLike(link, shown);
  },
  async (target) => {
    assertRefused(await ask(target, 'GET', `${await standing(target, 'paper')}/signing-links`), 409);
    await assertGuarded(target, 'GET', (id) => `${id}/signing-links`);
  },
);

const webhookPath = '/api/v2/partner/webhook';
const webhook = row(
  'PATCH /partner/webhook',
  async (target) => {
    const secret = 'a-secret-of-at-least-16';
    const set = await ask(target, 'PATCH', webhookPath, { webhook_url: 'https://hooks.harbor.example/in', webhook_secret: secret });
    assert.deepEqual(set.json.data, { webhook_url: 'https://hooks.harbor.example/in', webhook_secret_set: true }, set.text);
    assert.ok(!set.text.includes(secret));
    // "Omitted field = unchanged; null = cleared."
    assert.deepEqual((await ask(target, 'PATCH', webhookPath, {})).json, set.json);
    const cleared = await ask(target, 'PATCH', webhookPath, { webhook_url: null, webhook_secret: null });
    assert.deepEqual([cleared.status, cleared.json.data], [200, { webhook_url: null, webhook_secret_set: false }]);
  },
  async (target) => {
    for (const url of ['http://hooks.harbor.example/in', 'https://127.0.0.1/', 'https://10.0.0.1/', 'ftp://x.example', 'x', 7])
      assertRefused(await ask(target, 'PATCH', webhookPath, { webhook_url: url }), 422, '/webhook_url');
    for (const secret of ['too short', 7, 'x'.repeat(257)])
      assertRefused(await ask(target, 'PATCH', webhookPath, { webhook_secret: secret }), 422, '/webhook_secret');
    assertRefused(await ask(target, 'PATCH', webhookPath, []), 422);
    await assertGuarded(target, 'PATCH', () => webhookPath, {});
    assert.equal((await ask(target, 'GET', webhookPath)).status, 405);
  },
);

export const loyvaRows: readonly Row[] = [list, one, status, create, upload, cancel, remind, links, webhook];
