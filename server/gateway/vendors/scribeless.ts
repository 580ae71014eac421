import { Failure } from '../../../shared/problem.ts';
import {
  ScribelessError,
  ScribelessStatus,
  ScribelessTeam,
  scribelessKeyHeader,
  scribelessPaths,
} from '../../../shared/vendors/scribeless.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import type { Request } from '../../outbound/request.ts';
import type { Opening, ProvisioningVendor } from '../domain/onboarding/vendor.ts';
import type { CredentialRow } from '../domain/records/ports.ts';
import { RefusedForGood } from '../domain/records/refusal.ts';
import { isKeyless } from './key-guard.ts';
import { vendorLink } from './links.ts';
import { outcomeOf, outcomeOfFailure, refusalIn } from './outcomes.ts';
import { json } from './read.ts';

export interface VendorOptions {
  readonly origin: string;
  readonly request: Request;
  /** Opens a credential; called only while a request is built. */
  readonly keyOf: (credential: CredentialRow) => string;
  /** Milliseconds for one call. */
  readonly deadline: number;
}

/** The names of these fields that the vendor's words have; one they do not name is left alone. */
export const fieldsIn = (words: string, fields: readonly string[]): string[] =>
  fields.filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(words));

const wordsIn = (answer: OutboundAnswer): string | undefined => json(answer, ScribelessError)?.message;

/** Scribeless has no idempotency and no way to look a team up: an answer that was lost is lost. */
export function scribeless({ origin, request, keyOf, deadline }: VendorOptions): ProvisioningVendor {
  const call = (method: 'GET' | 'POST', path: string, key: CredentialRow, body?: object): Promise<OutboundAnswer> =>
    request({
      origin,
      path,
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), [scribelessKeyHeader]: keyOf(key) },
      body: body && JSON.stringify(body),
      deadline,
    });

  return {
    name: 'scribeless',
    repeatable: false,

    async open(partnerKey, _externalId, fields): Promise<Opening> {
      let answer: OutboundAnswer;
      try {
        answer = await call('POST', scribelessPaths.teams, partnerKey, fields);
      } catch (cause) {
        return { kind: outcomeOfFailure('scribeless open', cause) === 'later' ? 'later' : 'unknown', cause };
      }
      const outcome = outcomeOf('scribeless open', answer);
      const key = keyOf(partnerKey);
      if (outcome === 'refused') {
        const refusal = refusalIn(answer, key, wordsIn);
        const named = refusal.reason === 'answers' ? fieldsIn(refusal.said, Object.keys(fields)) : [];
        return { kind: 'refused', refusal, fields: named.map((field) => ({ field, code: 'vendor-refused' })) };
      }
      const team = outcome === 'done' && isKeyless(answer, key) ? json(answer, ScribelessTeam) : undefined;
      if (team) return { kind: 'opened', ref: team.teamId, secret: team.apiKey.key };
      const cause = new Failure(outcome === 'done' ? 'vendor-unreadable' : 'vendor-unavailable', `Scribeless answered ${answer.status}.`);
      return { kind: outcome === 'later' ? 'later' : 'unknown', cause };
    },

    async readiness(customerKey) {
      const answer = await call('GET', scribelessPaths.status, customerKey);
      const outcome = outcomeOf('scribeless status', answer);
      const told = `Scribeless answered ${answer.status} to a status.`;
      if (outcome === 'refused') throw new RefusedForGood(told, refusalIn(answer, keyOf(customerKey), wordsIn));
      if (outcome !== 'done') throw new Failure('vendor-unavailable', told);
      const status = isKeyless(answer, keyOf(customerKey)) ? json(answer, ScribelessStatus) : undefined;
      if (!status) throw new Failure('vendor-unreadable', told);
      const { billingSetupUrl } = status;
      return {
        ref: status.teamId,
        ready: status.templatesReady,
        billingUrl: billingSetupUrl === undefined ? null : vendorLink(billingSetupUrl, origin),
      };
    },
  };
}
