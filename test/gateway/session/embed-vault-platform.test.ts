import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { CertificateView, VaultView } from '../../../shared/vault.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { createVisitor, mintedToken, mintToken } from '../../visitor.ts';
import { pdfWith, sign } from '../world/agreement.ts';
import { answered, refused } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const user_email = 'ada@nordin.example';
let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
before(async () => {
  platform = await startPlatform({ now: Date.now() });
  gateway = await startGateway({ vendorUrl: platform.url });
  partner = await gateway.partner({ origins: [origin], vendorKeys: { loyva: platform.keys.loyva } });
});
after(async () => {
  await gateway.close();
  await platform.close();
});

interface Data<T> {
  readonly data: T;
}
const loyva = <T>(method: string, path: string, body?: object, status = 200): Promise<Data<T>> =>
  answered<Data<T>>(
    fetch(`${gateway.url}/api/v2/partner/envelopes${path}`, {
      method,
      headers: { 'x-api-key': partner.key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }),
    status,
  );
async function entered(widget_type: string, envelope_id: string) {
  const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
  const token = await mintedToken(gateway.url, partner.key, { widget_type, customer: undefined, envelope_id, user_email });
  await answered(visitor.open(token), 201);
  return visitor;
}

async function vaulted(): Promise<string> {
  const content_base64 = Buffer.from(await pdfWith('A lease of a crane')).toString('base64');
  const order = { customer_email: user_email, customer_name: 'Ada Nordin', document: { filename: 'lease.pdf', content_base64 } };
  const { data } = await loyva<{ envelope_id: string }>('POST', '', order, 201);
  const id = data.envelope_id;
  const unready = await mintToken(gateway.url, partner.key, { widget_type: 'vault', customer: undefined, envelope_id: id, user_email });
  assert.equal(unready.status, 409, 'nothing is in the vault yet');
  await sign(await entered('sign', id));
  await eventually(async () => {
    await platform.runJobs();
    return (await loyva<{ status: string }>('GET', `/${id}/status`)).data.status === 'completed';
  }, 60_000);
  await loyva('POST', `/${id}/vault-in-signed`, {});
  return id;
}

test('an envelope is signed, vaulted and shown; released, it says so to the reader who has it open', async () => {
  const id = await vaulted();
  const reader = await entered('vault', id);
  const see = (path = '') => reader.call('GET', `/embed/vault${path}`);
  const view = await answered<VaultView>(see());
  assert.deepEqual([view.envelope_id, view.status, view.released], [id, 'vaulted', null]);
  assert.match(view.document_hash ?? '', /^[0-9a-f]{64}$/);
  assert.ok(view.stored_at && view.controller?.name && view.access_log);
  assert.deepEqual([view.signers.length, view.checks.length, view.score, view.compliant], [1, 8, 100, true]);

  const certificate = await answered<CertificateView>(see('/certificate'));
  assert.equal(certificate.certificate_type, 'ucc_9105_electronic_chattel_paper');
  assert.equal(certificate.document_hash, view.document_hash);
  assert.match(certificate.jws ?? '', /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.ok(certificate.log?.checkpoint && certificate.custody_record?.sha256);
  assert.doesNotMatch(JSON.stringify(certificate), /signed_url|https?:\/\//);

  const copy = await see('/copy');
  assert.equal(copy.headers.get('content-disposition'), `attachment; filename="${id}_copy.pdf"`);
  const bytes = Buffer.from(await copy.arrayBuffer());
  assert.ok(bytes.subarray(0, 5).equals(Buffer.from('%PDF-')));
  assert.notEqual(createHash('sha256').update(bytes).digest('hex'), view.document_hash, 'it is the copy, not what is authoritative');

  const out = await loyva<{ export_url: string }>('POST', `/${id}/vault-out`, { reason: 'Assigned', recipient: 'North Bank' });
  assert.equal((await see('/copy')).status, 200, 'while it is frozen the copy is there');
  const exported = Buffer.from(await (await fetch(out.data.export_url)).arrayBuffer());
  const sha256 = createHash('sha256').update(exported).digest('hex');
  await loyva('POST', `/${id}/vault-out/acknowledge`, { sha256 });
  const released = await answered<VaultView>(see());
  assert.deepEqual([released.status, released.document_hash], ['released', view.document_hash]);
  assert.ok(released.released?.at);
  await refused(see('/copy'), 410, 'copy-released');
  await refused(see('/certificate'), 410, 'copy-released');
  const late = await mintToken(gateway.url, partner.key, { widget_type: 'vault', customer: undefined, envelope_id: id, user_email });
  assert.equal(late.status, 409);
});
