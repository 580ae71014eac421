import assert from 'node:assert/strict';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { inBase64, pdfOf } from '../../platform/world/envelopes.ts';
import { ask, release, sent, vaulted } from '../envelopes.ts';
import { data, keyHeaders, send, type Target } from './targets.ts';

/** What an account or a partner of the matrix has, made with its own keys. */

export const signer = 'ada@shop.example';

/** Calls as the vendors' clients make them, with the caller's key of each. */
export const clientOf = (url: string, keyOf: (vendor: VendorName) => string): Target => ({
  name: 'gateway',
  url,
  ask: (at, method, path, body, as = {}) => send(url + path, method, keyHeaders[at](as.key ?? keyOf(at)), body),
  admin: () => assert.fail(),
  teamOf: () => assert.fail(),
  agreement: async () => ({ document: inBase64(await pdfOf('Lease of berth 7')) }),
  complete: () => assert.fail(),
  close: async () => {},
});

/** A team at Scribeless and an organization at Kelviq, with what they answered as their keys. */
async function customersOf(target: Target, name: string) {
  const person = { email: `${name}@matrix.example`, firstName: 'Kim', lastName: 'Ek', companyName: 'Ek AB' };
  const team = (await target.ask('scribeless', 'POST', '/api/partner/teams', person)).json as { apiKey: { key: string } };
  const organization = { externalId: `${name}/1`, email: person.email };
  const opened = (await target.ask('kelviq', 'POST', '/api/v1/partner/organizations/', organization)).json;
  return { team: team.apiKey.key, server: String(opened.serverKey), organization: String(opened.organizationIdentifier) };
}

/** One of everything that a path can name. */
export async function belongingsOf(target: Target) {
  const released = await vaulted(target);
  await data(ask(target, 'POST', `${released}/vault-out`, release));
  const template = async () => {
    const fields = [{ type: 'signature', signer: 'Buyer', page: 1, x: 0.1, y: 0.7, width: 0.3, height: 0.08 }];
    const made = await data(
      ask(target, 'POST', '/api/v2/partner/templates', { name: 'Lease', ...(await target.agreement()), fields }),
      201,
    );
    return String(made.template_id);
  };
  return {
    ...(await customersOf(target, 'kim')),
    externalId: 'kim%2F1',
    sent: await sent(target),
    vaulted: await vaulted(target),
    released,
    template: await template(),
    anotherTemplate: template,
  };
}

/** Keys and tokens that a vendor's own customers and signers hold. */
export async function vendorSecretsOf(target: Target, vaultedId?: string) {
  const { team, server } = await customersOf(target, 'mo');
  const token = { name: 'A token', abilities: ['intel:read'] };
  const made = (await target.ask('subscribr', 'POST', '/api/v1/team/tokens', token, { key: team })).json.token as { token: string };
  const envelope_id = await sent(target);
  const links = (await ask(target, 'GET', `${envelope_id}/signing-links`)).json.data as { signing_url: string }[];
  const mint = async (body: object) =>
    (await data<{ token: string }>(ask(target, 'POST', '/api/v2/embed/token', { user_email: signer, ...body }))).token;
  return {
    'a customer’s Scribeless key': team,
    'a customer’s Kelviq key': server,
    'a token of a team': made.token,
    'a signing link': String(links[0]?.signing_url).split('#')[1] ?? '',
    'the vendor’s token for signing': await mint({ envelope_id, widget_type: 'sign' }),
    ...(vaultedId && { 'the vendor’s token for the vault': await mint({ envelope_id: vaultedId, widget_type: 'vault' }) }),
  };
}
