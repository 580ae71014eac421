import { Failure } from '../../../shared/problem.ts';
import { KelviqError, KelviqOrganization, kelviqPaths } from '../../../shared/vendors/kelviq.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import type { Opening, ProvisioningVendor } from '../domain/onboarding/vendor.ts';
import type { Credential } from '../domain/records/ports.ts';
import { RefusedForGood } from '../domain/records/refusal.ts';
import { createCall, type VendorAnswer, type VendorOptions } from './call.ts';
import { outcomeOf, outcomeOfFailure, refusalIn } from './outcomes.ts';
import { json } from './read.ts';
import { fieldsIn } from './scribeless.ts';

/** Kelviq is repeated safely by `externalId`: whatever happened, a look by that id tells. */
export function kelviq(options: VendorOptions): ProvisioningVendor {
  const call = createCall({ ...options, vendor: 'kelviq', locked: 'vendor-unavailable' });

  /** What the vendor says of an organization; nothing when it cannot be read, or says our key. */
  const organizationIn = (answer: VendorAnswer): KelviqOrganization | undefined =>
    answer.status >= 200 && answer.status < 300 && answer.keyless ? json(answer, KelviqOrganization) : undefined;

  const opened = (organization: KelviqOrganization | undefined): Opening | undefined =>
    organization?.serverKey ? { kind: 'opened', ref: organization.organizationIdentifier, secret: organization.serverKey } : undefined;

  /** What the vendor has under this external id; `undefined` when it has nothing. Throws when it cannot be asked. */
  async function find(key: Credential, path: string): Promise<KelviqOrganization | undefined> {
    const answer = await call(key, { method: 'GET', path: kelviqPaths.organizations + path });
    if (answer.status === 404) return undefined;
    const outcome = outcomeOf('kelviq look', answer);
    const told = `Kelviq answered ${answer.status} to a look-up.`;
    if (outcome === 'refused') throw new RefusedForGood(told, refusalIn(answer, wordsIn));
    const organization = outcome === 'done' ? organizationIn(answer) : undefined;
    if (!organization) throw new Failure('vendor-unavailable', told);
    return organization;
  }

  /** What is wrong with a request whose external id nothing is known of. */
  function refused(answer: VendorAnswer, fields: readonly string[]): Opening {
    const refusal = refusalIn(answer, wordsIn);
    if (answer.status === 409)
      return { kind: 'refused', refusal: { ...refusal, reason: 'answers' }, fields: [{ field: 'email', code: 'email-taken' }] };
    const named = refusal.reason === 'answers' ? fieldsIn(refusal.said, fields) : [];
    return { kind: 'refused', refusal, fields: named.map((field) => ({ field, code: 'vendor-refused' })) };
  }

  return {
    name: 'kelviq',
    repeatable: true,

    async open(partnerKey, externalId, fields) {
      let answer: VendorAnswer | undefined;
      let cause: unknown;
      try {
        answer = await call(partnerKey, { method: 'POST', path: kelviqPaths.organizations, body: { externalId, ...fields } });
      } catch (error) {
        if (outcomeOfFailure('kelviq open', error) === 'later') return { kind: 'later', cause: error };
        cause = error;
      }
      const outcome = answer && outcomeOf('kelviq open', answer);
      if (answer && outcome === 'refused') return refused(answer, Object.keys(fields));
      if (outcome === 'later') return { kind: 'later', cause: new Failure('vendor-unavailable', `Kelviq answered ${answer?.status}.`) };
      const direct = answer && opened(organizationIn(answer));
      if (direct) return direct;
      try {
        const found = opened(await find(partnerKey, `by-external-id/${encodeURIComponent(externalId)}/`));
        if (found) return found;
      } catch (error) {
        if (error instanceof RefusedForGood) return { kind: 'refused', refusal: error.refusal, fields: [] };
        return { kind: 'later', cause: error };
      }
      if (answer?.status === 409 || answer?.status === 400) return refused(answer, Object.keys(fields));
      // Nothing is there and the vendor did not say why: it can be asked again, the id makes that safe.
      return { kind: 'later', cause: cause ?? new Failure('vendor-unavailable', `Kelviq answered ${answer?.status}.`) };
    },

    async recover(partnerKey, ref) {
      const found = await find(partnerKey, `${encodeURIComponent(ref)}/`);
      return found && { secret: found.serverKey ?? undefined, externalId: found.partnerExternalId ?? undefined };
    },
  };
}

/** `detail` is a sentence, or sentences by the fields they are about. */
function wordsIn(answer: OutboundAnswer): string | undefined {
  const detail = json(answer, KelviqError)?.detail ?? '';
  if (typeof detail !== 'object' || detail === null) return String(detail);
  return Object.entries(detail)
    .map(
      ([field, said]) =>
        `${field}: ${[said]
          .flat()
          .filter((each) => typeof each === 'string')
          .join(' ')}`,
    )
    .join(' ');
}
