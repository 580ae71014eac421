import { Failure } from '../../../shared/problem.ts';
import { ScribelessError, ScribelessStatus, ScribelessTeam, scribelessPaths } from '../../../shared/vendors/scribeless.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import type { Opening, ProvisioningVendor } from '../domain/onboarding/vendor.ts';
import { RefusedForGood } from '../domain/records/refusal.ts';
import { createCall, type VendorAnswer, type VendorOptions } from './call.ts';
import { vendorLink } from './links.ts';
import { outcomeOf, outcomeOfFailure, refusalIn } from './outcomes.ts';
import { json } from './read.ts';

/** The names of these fields that the vendor's words have; one they do not name is left alone. */
export const fieldsIn = (words: string, fields: readonly string[]): string[] =>
  fields.filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(words));

const wordsIn = (answer: OutboundAnswer): string | undefined => json(answer, ScribelessError)?.message;

/** Scribeless has no idempotency and no way to look a team up: an answer that was lost is lost. */
export function scribeless(options: VendorOptions): ProvisioningVendor {
  const call = createCall({ ...options, vendor: 'scribeless', locked: 'vendor-unavailable' });

  return {
    name: 'scribeless',
    repeatable: false,

    async open(partnerKey, _externalId, fields): Promise<Opening> {
      let answer: VendorAnswer;
      try {
        answer = await call(partnerKey, { method: 'POST', path: scribelessPaths.teams, body: fields });
      } catch (cause) {
        return { kind: outcomeOfFailure('scribeless open', cause) === 'later' ? 'later' : 'unknown', cause };
      }
      const outcome = outcomeOf('scribeless open', answer);
      if (outcome === 'refused') {
        const refusal = refusalIn(answer, wordsIn);
        const named = refusal.reason === 'answers' ? fieldsIn(refusal.said, Object.keys(fields)) : [];
        return { kind: 'refused', refusal, fields: named.map((field) => ({ field, code: 'vendor-refused' })) };
      }
      const team = outcome === 'done' && answer.keyless ? json(answer, ScribelessTeam) : undefined;
      if (team) return { kind: 'opened', ref: team.teamId, secret: team.apiKey.key };
      const cause = new Failure(outcome === 'done' ? 'vendor-unreadable' : 'vendor-unavailable', `Scribeless answered ${answer.status}.`);
      return { kind: outcome === 'later' ? 'later' : 'unknown', cause };
    },

    async readiness(customerKey) {
      const answer = await call(customerKey, { method: 'GET', path: scribelessPaths.status });
      const outcome = outcomeOf('scribeless status', answer);
      const told = `Scribeless answered ${answer.status} to a status.`;
      if (outcome === 'refused') throw new RefusedForGood(told, refusalIn(answer, wordsIn));
      if (outcome !== 'done') throw new Failure('vendor-unavailable', told);
      const status = answer.keyless ? json(answer, ScribelessStatus) : undefined;
      if (!status) throw new Failure('vendor-unreadable', told);
      const { billingSetupUrl } = status;
      return {
        ref: status.teamId,
        ready: status.templatesReady,
        billingUrl: billingSetupUrl === undefined ? null : vendorLink(billingSetupUrl, options.origin),
      };
    },
  };
}
