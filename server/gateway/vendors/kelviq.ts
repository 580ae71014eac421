import { Failure } from '../../../shared/problem.ts';
import { KelviqError, KelviqOrganization, kelviqKeyHeader, kelviqPaths } from '../../../shared/vendors/kelviq.ts';
import { type OutboundAnswer, OutboundFailure } from '../../outbound/request.ts';
import type { CredentialRow } from '../domain/ports.ts';
import type { Opening, ProvisioningVendor, Refusal } from '../domain/vendor.ts';
import { isKeyless } from './echo.ts';
import { json } from './read.ts';
import type { VendorOptions } from './scribeless.ts';

/** Kelviq is repeated safely by `externalId`: whatever happened, a look by that id tells. */
export function kelviq({ origin, request, keyOf, deadline }: VendorOptions): ProvisioningVendor {
  const call = (method: 'GET' | 'POST', path: string, key: CredentialRow, body?: object): Promise<OutboundAnswer> =>
    request({
      origin,
      path: kelviqPaths.organizations + path,
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), [kelviqKeyHeader]: keyOf(key) },
      body: body && JSON.stringify(body),
      deadline,
    });

  /** What the vendor says of an organization; nothing when it cannot be read, or says our key. */
  const organizationIn = (answer: OutboundAnswer, key: CredentialRow): KelviqOrganization | undefined =>
    answer.status >= 200 && answer.status < 300 && isKeyless(answer, keyOf(key)) ? json(answer, KelviqOrganization) : undefined;

  const opened = (organization: KelviqOrganization | undefined): Opening | undefined =>
    organization?.serverKey ? { kind: 'opened', ref: organization.organizationIdentifier, secret: organization.serverKey } : undefined;

  /** What the vendor has under this external id; `undefined` when it has nothing. Throws when it cannot be asked. */
  async function find(key: CredentialRow, path: string): Promise<KelviqOrganization | undefined> {
    const answer = await call('GET', path, key);
    if (answer.status === 404) return undefined;
    const organization = organizationIn(answer, key);
    if (!organization) throw new Failure('vendor-unavailable', `Kelviq answered ${answer.status} to a look-up.`);
    return organization;
  }

  return {
    name: 'kelviq',
    repeatable: true,

    async open(partnerKey, externalId, fields) {
      let answer: OutboundAnswer | undefined;
      let cause: unknown;
      try {
        answer = await call('POST', '', partnerKey, { externalId, ...fields });
      } catch (error) {
        if (error instanceof OutboundFailure && !error.sent) return { kind: 'later', cause: error };
        cause = error;
      }
      const direct = answer && opened(organizationIn(answer, partnerKey));
      if (direct) return direct;
      if (answer && [401, 403, 404, 429].includes(answer.status))
        return { kind: 'later', cause: new Failure('vendor-unavailable', `Kelviq answered ${answer.status}.`) };
      try {
        const found = opened(await find(partnerKey, `by-external-id/${encodeURIComponent(externalId)}/`));
        if (found) return found;
      } catch (error) {
        return { kind: 'later', cause: error };
      }
      if (answer?.status === 409) return { kind: 'refused', faults: [{ field: 'email', code: 'email-taken' }] };
      if (answer?.status === 400 || answer?.status === 422) return { kind: 'refused', faults: refusals(answer, Object.keys(fields)) };
      // Nothing is there and the vendor did not say why: it can be asked again, the id makes that safe.
      return { kind: 'later', cause: cause ?? new Failure('vendor-unavailable', `Kelviq answered ${answer?.status}.`) };
    },

    async recover(partnerKey, ref) {
      const found = await find(partnerKey, `${encodeURIComponent(ref)}/`);
      return found && { secret: found.serverKey ?? undefined, externalId: found.partnerExternalId ?? undefined };
    },
  };
}

/** `detail` names the fields at fault as keys, or in a sentence. */
function refusals(answer: OutboundAnswer, fields: readonly string[]): Refusal[] {
  const detail = json(answer, KelviqError)?.detail ?? '';
  const text = typeof detail === 'string' ? detail : Object.keys(detail as object).join(' ');
  const named = fields.filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(text));
  return (named.length > 0 ? named : [null]).map((field) => ({ field, code: 'vendor-refused' }));
}
