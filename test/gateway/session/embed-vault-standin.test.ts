import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CertificateView, VaultView } from '../../../shared/vault.ts';
import { type Standin, startStandin } from '../../standin/standin.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintToken } from '../../visitor.ts';
import { answered } from '../world/answers.ts';

const origin = 'https://portal.harbor.example';
const user_email = 'mira@harbor.example';
let loyva: Standin;
let gateway: StartedGateway;
let key: string;
before(async () => {
  loyva = await startStandin({ rpm: 1_000 });
  gateway = await startGateway({ vendorUrl: loyva.url });
  ({ key } = await gateway.partner({ origins: [origin], vendorKeys: { loyva: loyva.key } }));
});
after(async () => {
  await gateway.close();
  await loyva.close();
});

const call = (method: string, path: string, body?: object) =>
  answered<{ data: { envelope_id: string; status: string } }>(
    fetch(`${gateway.url}/api/v2/partner/envelopes${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );

test('of a vendor that does and says only what its documentation has, the vault is shown as far as it tells', async () => {
  const order = { customer_email: 'ada@nordin.example', customer_name: 'Ada Nordin', template_id: loyva.templateId };
  const { envelope_id: id } = (await call('POST', '', order)).data;
  const mint = () => mintToken(gateway.url, key, { widget_type: 'vault', customer: undefined, envelope_id: id, user_email });
  assert.equal((await mint()).status, 409);
  const envelope = loyva.envelopes.get(id);
  assert.ok(envelope);
  loyva.move.sign(envelope, 'ada@nordin.example');
  await call('POST', `/${id}/vault-in-signed`, {});
  const { data } = await eventually(async () => {
    const answer = await mint();
    return answer.ok && ((await answer.json()) as { data: { token: string } });
  });
  const reader = await createVisitor(gateway.url, origin, gateway.clock.now);
  await answered(reader.open(data.token), 201);

  const view = await answered<VaultView>(reader.call('GET', '/embed/vault'));
  assert.deepEqual([view.envelope_id, view.status, view.score, view.compliant, view.checks.length], [id, 'vaulted', 100, true, 8]);
  assert.deepEqual([view.controller, view.access_log, view.released], [{ id: null, name: 'Harbor Leasing AB' }, null, null]);
  const certificate = await answered<CertificateView>(reader.call('GET', '/embed/vault/certificate'));
  assert.equal(certificate.subject.envelope_id, id);
  assert.deepEqual([certificate.checks.length, certificate.jws, certificate.log, certificate.custody_record], [8, null, null, null]);
  // Each address of this vendor's opens once: a second reading asks for another.
  for (let times = 0; times < 2; times += 1) {
    const copy = await reader.call('GET', '/embed/vault/copy');
    assert.equal(copy.status, 200);
    assert.match(Buffer.from(await copy.arrayBuffer()).toString('latin1'), new RegExp(`^%PDF-[^]*COPY of ${id}`));
  }
});
