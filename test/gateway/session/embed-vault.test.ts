import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CertificateView, VaultView } from '../../../shared/vault.ts';
import { answered, refused } from '../world/answers.ts';
import { json } from '../world/stub-vendor.ts';
import { doors, origin, sends, signature, VaultStage, vendorKey } from './vault-stage.ts';

const stage = new VaultStage();
before(() => stage.open());
after(() => stage.close());

const check = (satisfied: boolean, more = {}) => ({
  requirement: 'Tamper evidence',
  ucc_reference: '9-105(b)(4)',
  satisfied,
  detail: 'Verified.',
  ...more,
});
const certificate = {
  certificate_type: 'ucc_9105_electronic_chattel_paper',
  certificate_version: '1.0',
  issued_at: '2026-11-21T09:00:00.000Z',
  subject: { envelope_id: 'env_1', envelope_name: 'Lease', customer_id: 'cust_1', status: 'vaulted' },
  secured_party: { id: 'org_1', name: 'Harbor Leasing AB' },
  document_hash: 'ab'.repeat(32),
  checks: [check(true), check(false)],
  legal_notices: ['This is not legal advice.'],
  log: { origin: 'vault.example/log', leaf: 7, leaf_text: '{}', leaf_hash: 'bGVhZg==', size: 9, checkpoint: 'note' },
  custody_record: {
    filename: 'custody.pdf',
    sha256: 'cd'.repeat(32),
    signed_url: `${'https://x.example/?'}${signature}`,
    expires_at: 'soon',
  },
  jws: 'a.b.c',
};

test('the record is told from all that the vendor says, in one picture', async () => {
  const { id, see } = await stage.reader();
  const entry = { at: '2026-11-21T09:00:00.000Z', kind: 'copy', detail: null, by: 'key_1' };
  const vault = {
    document_hash: 'ab'.repeat(32),
    stored_at: '2026-11-20T09:00:00.000Z',
    controller: { id: 'org_1', name: 'Harbor' },
    access_log: [entry],
  };
  const signer = { email: 'ada@nordin.example', name: 'Ada', role: null, status: 'signed' };
  const said = {
    envelope_id: id,
    envelope_name: 'Lease',
    status: 'vaulted',
    compliant: true,
    signers: [{ ...signer, more: 1 }],
    vault,
    metadata: { a: 'b' },
  };
  stage.loyva.at(doors.envelope, json({ data: said }));
  const { checks } = certificate;
  const checked_at = '2026-11-21T09:30:00.000Z';
  stage.loyva.at(doors.compliance, json({ data: { envelope_id: id, compliant: false, score: 49, checked_at, checks, engine: 3 } }));
  stage.loyva.calls.length = 0;
  stage.loyva.received.length = 0;
  const answer = await see('', { cookie: 'a=b', 'x-forwarded-for': '203.0.113.9', referer: origin, 'x-api-key': 'lk_guessed' });
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.deepEqual(await answered<VaultView>(answer), {
    envelope_id: id,
    name: 'Lease',
    status: 'vaulted',
    document_hash: vault.document_hash,
    stored_at: vault.stored_at,
    controller: vault.controller,
    signers: [signer],
    compliant: false,
    score: 49,
    checked_at,
    checks,
    access_log: [entry],
    released: null,
  });
  assert.deepEqual(stage.loyva.calls.toSorted(), [doors.envelope, doors.compliance], 'what was said is not asked for again');
  for (const { headers } of stage.loyva.received) {
    assert.deepEqual(Object.keys(headers).sort(), ['accept', 'connection', 'host', 'x-api-key']);
    assert.equal(headers['x-api-key'], vendorKey);
  }
});

test('of a vendor that says little the rest is null, and what it calls by other shapes is let be', async () => {
  const { id, see } = await stage.reader();
  const bare = { envelope_id: id, status: 'vaulted', compliant: 'yes', vault: [], signers: 'Ada', unknown: true };
  stage.loyva.at(doors.envelope, json({ data: bare, more: 1 }, 203));
  stage.loyva.at(doors.status, json({ data: { signers: [{ email: 'ada@nordin.example', status: 'signed' }] } }));
  for (const door of [doors.compliance, doors.certificate]) stage.loyva.at(door, json({ error: 'no scope' }, 403));
  const view = await answered<VaultView>(see());
  assert.deepEqual(view, {
    ...{ envelope_id: id, name: null, status: 'vaulted', document_hash: null, stored_at: null, controller: null, compliant: null },
    signers: [{ email: 'ada@nordin.example', name: null, role: null, status: 'signed' }],
    ...{ score: null, checked_at: null, checks: [], access_log: null, released: null },
  });
  const nested = {
    ...certificate,
    checks: undefined,
    document_hash: undefined,
    compliance: { score: 100, compliant: true, checks: [check(true, { detail: 5 })] },
  };
  stage.loyva.at(doors.certificate, json({ data: nested }));
  stage.loyva.at(doors.compliance, json({ data: { other: 'words' } }));
  const { score, compliant, controller, checks } = await answered<VaultView>(see());
  assert.deepEqual([score, compliant, controller], [100, true, certificate.secured_party]);
  assert.deepEqual(checks, [check(true, { detail: null })]);
  stage.loyva.at(doors.certificate, json({ data: { ...certificate, document_hash: 7 } }));
  const plain = await answered<VaultView>(see());
  assert.deepEqual([plain.score, plain.compliant, plain.checked_at, plain.document_hash], [50, null, certificate.issued_at, null]);
});

test('a released envelope says so to a session that is open, and its copy and certificate are gone', async () => {
  const { id, see } = await stage.reader();
  const released_at = '2026-11-21T10:00:00.000Z';
  stage.loyva.at(doors.envelope, json({ data: { envelope_id: id, status: 'released', signers: [], released_at } }));
  stage.loyva.at(doors.certificate, json({ error: 'gone' }, 410));
  stage.loyva.at(doors.copy, json({ error: 'gone' }, 410));
  const view = await answered<VaultView>(see());
  assert.deepEqual([view.status, view.released, view.checks], ['released', { at: released_at }, []]);
  const access_log = ['vault.acknowledged', 'vault.read', 'vault.released'].map((kind, n) => ({
    at: `2026-11-2${3 - n}T10:00:00.000Z`,
    kind,
  }));
  stage.loyva.at(doors.envelope, json({ data: { envelope_id: id, status: 'released', vault: { access_log } } }));
  assert.deepEqual((await answered<VaultView>(see())).released, { at: '2026-11-23T10:00:00.000Z' });
  await refused(see('/copy'), 410, 'copy-released');
  await refused(see('/certificate'), 410, 'copy-released');
  stage.loyva.at(doors.certificate);
  // The address was signed before the copy went.
  stage.given(sends('{"error":"gone"}', { 'content-type': 'application/json' }, 410));
  await refused(see('/copy'), 410, 'copy-released');
});

test('the certificate comes without the addresses in it, and before there is one it is 404', async () => {
  const { see } = await stage.reader();
  stage.loyva.at(doors.certificate, json({ data: certificate }));
  const answer = await see('/certificate');
  const text = await answer.clone().text();
  assert.ok(!text.includes('signed_url') && !text.includes(signature), text);
  const custody_record = { filename: 'custody.pdf', sha256: 'cd'.repeat(32) };
  assert.deepEqual(await answered<CertificateView>(answer), { ...certificate, custody_record });
  stage.loyva.at(doors.certificate);
  await refused(see('/certificate'), 404, 'not-found');
});

test('what the vendor says to a reading is refused by name: no bytes of its own pass', async () => {
  const { id, see } = await stage.reader();
  for (const [reply, status, code] of [
    [json('<html>'), 502, 'vendor-unreadable'],
    [json({ data: [] }), 502, 'vendor-unreadable'],
    [json({ data: { envelope_id: 'env_another', status: 'vaulted' } }), 502, 'vendor-unreadable'],
    [json({ data: { envelope_id: id, status: 'vaulted', envelope_name: `Lease ${vendorKey}` } }), 502, 'vendor-unreadable'],
    [json({ error: 'no' }, 401), 502, 'vendor-refused'],
    [json({ error: 'slower' }, 429, { 'retry-after': '7' }), 503, 'vendor-unavailable'],
    [json({ error: 'none' }, 404), 404, 'not-found'],
  ] as const) {
    stage.loyva.at(doors.envelope, reply);
    const answer = await see();
    if (code === 'vendor-unavailable') assert.equal(answer.headers.get('retry-after'), '7');
    const problem = await refused(answer, status, code);
    assert.ok(!JSON.stringify(problem).includes(vendorKey));
  }
  stage.loyva.at(doors.certificate, json('<html>'));
  await refused(see('/certificate'), 502, 'vendor-unreadable');
  stage.loyva.at(doors.certificate, json({ data: {} }));
  await refused(see('/certificate'), 502, 'vendor-unreadable');
  stage.loyva.at(doors.certificate);
});

test('a suspended partner’s readers see nothing more, and a partner whose vendor key was taken away is told so', async () => {
  const { id, see } = await stage.reader();
  stage.loyva.at(doors.envelope, json({ data: { envelope_id: id, status: 'vaulted', signers: [] } }));
  await answered(see());
  await stage.gateway.admin('PATCH', `/api/v1/admin/partners/${stage.partner.id}`, { status: 'SUSPENDED' });
  for (const path of ['', '/copy', '/certificate']) await refused(see(path), 403, 'partner-suspended');
  await stage.gateway.admin('PATCH', `/api/v1/admin/partners/${stage.partner.id}`, { status: 'ACTIVE' });
  const credentials = `/api/v1/admin/partners/${stage.partner.id}/credentials`;
  const { items } = await answered<{ items: { id: string }[] }>(stage.gateway.admin('GET', credentials));
  await stage.gateway.admin('DELETE', `${credentials}/${items[0]?.id}`);
  await refused(see(), 409, 'credential-missing');
});
