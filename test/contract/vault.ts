import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ask, assertGuarded, assertRefused, becomes, type Envelope, release, sent, standing, vaulted } from './envelopes.ts';
import { both, everywhere, type Row } from './world/row.ts';
import { assertLike } from './world/shape.ts';
import { data, send, type Target } from './world/targets.ts';

/** Loyva's page, the vault and the embed token: https://docs.stg.loyva.net/api-reference/vault and …/embed; then what is ours beside them. */

const moment = '2026-04-11T10:00:00.000Z';

function row(endpoint: string, good: Row['good'], bad: Row['bad']): Row {
  return { page: 'loyva', endpoint, at: everywhere, good, bad };
}

const inSigned = row(
  'POST /partner/envelopes/:id/vault-in-signed',
  async (target) => {
    const id = await sent(target);
    await target.complete(id);
    await data(ask(target, 'POST', `${id}/vault-in-signed`, {}), 200);
    await becomes(target, id, 'vaulted');
    // What is vaulted already is left as it is.
    const again = await data<Envelope>(ask(target, 'POST', `${id}/vault-in-signed`, {}), 200);
    assert.deepEqual([again.status, again.vaulted], ['vaulted', true]);
  },
  async (target) => {
    for (const state of ['sent', 'uploaded'] as const)
      assertRefused(await ask(target, 'POST', `${await standing(target, state)}/vault-in-signed`, {}), 409);
    await assertGuarded(target, 'POST', (id) => `${id}/vault-in-signed`, {});
  },
);

const inUpload = row(
  'POST /partner/envelopes/:id/vault-in-upload',
  async (target) => {
    // It was made by this very call; again it is left as it is.
    const id = await standing(target, 'vaulted');
    const again = await data<Envelope>(ask(target, 'POST', `${id}/vault-in-upload`, {}), 200);
    assert.deepEqual([again.status, again.vaulted], ['vaulted', true]);
  },
  async (target) => {
    for (const id of [await standing(target, 'sent'), await standing(target, 'paper')])
      assertRefused(await ask(target, 'POST', `${id}/vault-in-upload`, {}), 409);
    await assertGuarded(target, 'POST', (id) => `${id}/vault-in-upload`, {});
  },
);

/** An address of a file: the answer's shape, the limits of `expires`, and what the address gives. */
function linkRow(endpoint: string, path: string, kind: 'authoritative' | 'copy'): Row {
  return row(
    endpoint,
    async (target) => {
      const id = await standing(target, 'vaulted');
      const answer = await data(ask(target, 'GET', `${id}/${path}`), 200);
      const shown = { signed_url: 'x', filename: `${id}_${kind}.pdf`, expires_in: 300, expires_at: moment };
      assertLike(answer, shown, { more: true });
      assert.deepEqual([answer.filename, answer.expires_in], [shown.filename, 300]);
      const file = await fetch(String(answer.signed_url));
      assert.deepEqual([file.status, (await file.text()).slice(0, 5)], [200, '%PDF-']);
      assert.equal(file.headers.get('content-disposition'), `attachment; filename="${id}_${kind}.pdf"`);
      for (const expires of [60, 86_400])
        assert.equal((await data(ask(target, 'GET', `${id}/${path}?expires=${expires}`))).expires_in, expires);
      if (target.name !== 'stand-in') await assertOnce(target, `${id}/${path}?single_use=true`);
    },
    async (target) => {
      assertRefused(await ask(target, 'GET', `${await standing(target, 'sent')}/${path}`), 404);
      const id = await standing(target, 'vaulted');
      for (const expires of ['59', '86401', 'x', '60.5', ''])
        assertRefused(await ask(target, 'GET', `${id}/${path}?expires=${expires}`), 422);
      await assertGuarded(target, 'GET', (each) => `${each}/${path}`);
    },
  );
}

async function assertOnce(target: Target, path: string): Promise<void> {
  const { single_use, signed_url } = await data(ask(target, 'GET', path));
  assert.equal(single_use, true);
  assert.equal((await send(String(signed_url), 'HEAD', {})).status, 200);
  assert.equal((await send(String(signed_url), 'GET', {})).status, 200);
  assert.equal((await send(String(signed_url), 'GET', {})).status, 410);
}

const check = { requirement: 'x', ucc_reference: '9-105(b)(1)', satisfied: true, detail: 'x' };

const certificate = row(
  'GET /partner/envelopes/:id/vault/certificate',
  async (target) => {
    const id = await standing(target, 'vaulted');
    const answer = await data(ask(target, 'GET', `${id}/vault/certificate`), 200);
    assert.deepEqual([answer.certificate_type, answer.certificate_version], ['ucc_9105_electronic_chattel_paper', '1.0']);
    const { envelope_name, customer_id } = await data<Envelope>(ask(target, 'GET', id));
    assert.deepEqual(answer.subject, { envelope_id: id, envelope_name, customer_id, status: 'vaulted' });
    assertLike(answer, { issued_at: moment, secured_party: { name: 'x' } }, { more: true });
    if (target.name === 'stand-in') return;
    assert.equal((answer.checks as unknown[]).length, 8);
    const own = { checks: [check], legal_notices: ['x'], document_hash: 'x', log: { origin: 'x', leaf: 1, size: 2, checkpoint: 'x' } };
    assertLike(
      answer,
      { ...own, custody_record: { filename: 'x', sha256: 'x', signed_url: 'x', expires_at: moment }, jws: 'x' },
      { more: true },
    );
  },
  async (target) => {
    assertRefused(await ask(target, 'GET', `${await standing(target, 'sent')}/vault/certificate`), 404);
    await assertGuarded(target, 'GET', (id) => `${id}/vault/certificate`);
  },
);

const compliance = row(
  'GET /partner/envelopes/:id/compliance',
  async (target) => {
    const before = await data(ask(target, 'GET', `${await standing(target, 'sent')}/compliance`), 200);
    const after = await data(ask(target, 'GET', `${await standing(target, 'vaulted')}/compliance`), 200);
    // "Only a score of 100 counts as compliant."
    assert.deepEqual([before.compliant, after.compliant, after.score], [false, true, 100]);
    assert.ok(Number(before.score) < 100);
    for (const answer of [before, after]) {
      assert.equal((answer.checks as unknown[]).length, 8);
      assertLike(answer, { envelope_id: 'env_0a1b2c3d4e5f', checks: [check] }, { more: true });
    }
  },
  (target) => assertGuarded(target, 'GET', (id) => `${id}/compliance`),
);

const out = row(
  'POST /partner/envelopes/:id/vault-out',
  async (target) => {
    const id = await standing(target, 'released');
    if (target.name === 'stand-in') return;
    // The same request again gives the same release.
    const answer = await data(ask(target, 'POST', `${id}/vault-out`, release), 200);
    assertLike(answer, { envelope_id: 'env_0a1b2c3d4e5f', status: 'released', export_url: 'x', acknowledge_by: moment });
    assert.equal(answer.status, 'released');
    const again = await data(ask(target, 'POST', `${id}/vault-out`, release), 200);
    assert.equal(again.acknowledge_by, answer.acknowledge_by);
    assertRefused(await ask(target, 'GET', `${id}/vault/signed-url`), 409);
    assert.equal((await ask(target, 'GET', `${id}/vault/copy/signed-url`)).status, 200);
  },
  async (target) => {
    for (const state of ['sent', 'uploaded'] as const)
      assertRefused(await ask(target, 'POST', `${await standing(target, state)}/vault-out`, release), 409);
    await assertGuarded(target, 'POST', (id) => `${id}/vault-out`, release);
    if (target.name === 'stand-in') return;
    const id = await standing(target, 'released');
    assertRefused(await ask(target, 'POST', `${id}/vault-out`, {}), 422, '/reason', '/recipient');
    assertRefused(await ask(target, 'POST', `${id}/vault-out`, { ...release, recipient: 'Another bank' }), 409);
  },
);

const tokenPath = '/api/v2/embed/token';
const mint = (target: Target, over: Record<string, unknown>) =>
  ask(target, 'POST', tokenPath, { user_email: 'ada@shop.example', widget_type: 'sign', ...over });

const token = row(
  'POST /embed/token',
  async (target) => {
    for (const [widget_type, envelope_id] of [
      ['sign', await standing(target, 'sent')],
      ['vault', await standing(target, 'vaulted')],
    ]) {
      const answer = await data<Record<string, string>>(mint(target, { widget_type, envelope_id }), 200);
      assertLike(answer, { token: 'x', expires_at: moment, embed_url: 'x', widget_type, envelope_id });
      assert.deepEqual([answer.widget_type, answer.envelope_id], [widget_type, envelope_id]);
      // The token travels in the fragment, so that no server's log has it.
      assert.ok(answer.embed_url?.split('#')[1]?.endsWith(answer.token ?? ''), answer.embed_url);
      assert.equal(answer.token?.split('.').length, 3);
    }
  },
  async (target) => {
    const envelope_id = await standing(target, 'sent');
    assertRefused(await mint(target, { envelope_id: 'env_aaaaaaaaaaaa' }), 404);
    assertRefused(await mint(target, { envelope_id: await standing(target, 'paper') }), 409);
    assertRefused(await mint(target, { envelope_id, widget_type: 'vault' }), 409);
    assertRefused(await mint(target, { envelope_id, user_email: 'nobody' }), 422, '/user_email');
    assertRefused(await mint(target, { envelope_id, widget_type: 'team spirit' }), 422, '/widget_type');
    assertRefused(await mint(target, {}), 422, '/envelope_id');
    await assertGuarded(target, 'POST', () => tokenPath, { envelope_id, user_email: 'ada@shop.example', widget_type: 'sign' });
  },
);

const sha256Of = async (address: unknown): Promise<string> => {
  const file = await fetch(String(address));
  assert.equal(file.status, 200);
  return createHash('sha256')
    .update(Buffer.from(await file.arrayBuffer()))
    .digest('hex');
};

const acknowledge: Row = {
  endpoint: 'POST /partner/envelopes/:id/vault-out/acknowledge',
  at: both,
  async good(target) {
    const id = await vaulted(target);
    const path = `${id}/vault-out/acknowledge`;
    const { signed_url } = await data(ask(target, 'GET', `${id}/vault/signed-url`));
    const { export_url } = await data(ask(target, 'POST', `${id}/vault-out`, release));
    const sha256 = await sha256Of(export_url);
    const answer = await data(ask(target, 'POST', path, { sha256 }), 200);
    const { acknowledged_at, destroyed, ...rest } = answer as { acknowledged_at: string; destroyed: { content_key: boolean } };
    assert.deepEqual(rest, { envelope_id: id, status: 'released', recipient: release.recipient, document_hash: sha256 });
    assertLike(answer, { acknowledged_at: moment, destroyed: { content_key: true, files: [{ kind: 'x', sha256: 'x' }] } }, { more: true });
    assert.ok(destroyed.content_key && acknowledged_at);
    assert.deepEqual(await data(ask(target, 'POST', path, { sha256 }), 200), answer);
    for (const gone of ['vault/signed-url', 'vault/copy/signed-url', 'vault/certificate'])
      assertRefused(await ask(target, 'GET', `${id}/${gone}`), 410);
    for (const address of [signed_url, export_url]) assert.equal((await send(String(address), 'GET', {})).status, 410);
    assert.equal((await data(ask(target, 'GET', id))).status, 'released');
  },
  async bad(target) {
    const path = (id: string) => `${id}/vault-out/acknowledge`;
    const sha256 = '0'.repeat(64);
    assertRefused(await ask(target, 'POST', path(await standing(target, 'vaulted')), { sha256 }), 409);
    const id = await standing(target, 'released');
    for (const sha256 of ['0'.repeat(64), 'x', 7, undefined])
      assertRefused(await ask(target, 'POST', path(id), { sha256 }), 422, '/sha256');
    await assertGuarded(target, 'POST', path, { sha256 });
  },
};

export const vaultRows: readonly Row[] = [
  inSigned,
  inUpload,
  linkRow('GET /partner/envelopes/:id/vault/signed-url', 'vault/signed-url', 'authoritative'),
  linkRow('GET /partner/envelopes/:id/vault/copy/signed-url', 'vault/copy/signed-url', 'copy'),
  certificate,
  compliance,
  out,
  token,
  acknowledge,
];
