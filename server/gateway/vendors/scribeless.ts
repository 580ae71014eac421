import { Failure } from '../../../shared/problem.ts';
import {
  ScribelessError,
  ScribelessStatus,
  ScribelessTeam,
  scribelessKeyHeader,
  scribelessPaths,
} from '../../../shared/vendors/scribeless.ts';
import { type OutboundAnswer, OutboundFailure, type Request } from '../../outbound/request.ts';
import type { CredentialRow } from '../domain/ports.ts';
import type { Opening, ProvisioningVendor, Refusal } from '../domain/vendor.ts';
import { isKeyless } from './echo.ts';
import { vendorLink } from './links.ts';
import { json } from './read.ts';

export interface VendorOptions {
  readonly origin: string;
  readonly request: Request;
  /** Opens a credential; called only while a request is built. */
  readonly keyOf: (credential: CredentialRow) => string;
  /** Milliseconds for one call. */
  readonly deadline: number;
}

/** With these the vendor turned the call away before doing anything; 408 is not among them, it is a timeout. */
const turnedAway: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 413, 415, 429]);

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
        return { kind: cause instanceof OutboundFailure && cause.sent ? 'unknown' : 'later', cause };
      }
      const { status } = answer;
      if (status >= 200 && status < 300) {
        const team = isKeyless(answer, keyOf(partnerKey)) ? json(answer, ScribelessTeam) : undefined;
        return team
          ? { kind: 'opened', ref: team.teamId, secret: team.apiKey.key }
          : { kind: 'unknown', cause: new Failure('vendor-unreadable', 'Scribeless gave an answer that cannot be read.') };
      }
      if (status === 400 || status === 422) return { kind: 'refused', faults: refusals(answer, Object.keys(fields)) };
      const cause = new Failure('vendor-unavailable', `Scribeless answered ${status}.`);
      return { kind: turnedAway.has(status) ? 'later' : 'unknown', cause };
    },

    async readiness(customerKey) {
      const answer = await call('GET', scribelessPaths.status, customerKey);
      const status = answer.status === 200 && isKeyless(answer, keyOf(customerKey)) ? json(answer, ScribelessStatus) : undefined;
      if (!status)
        throw new Failure(answer.status === 401 ? 'vendor-refused' : 'vendor-unreadable', `Scribeless answered ${answer.status}.`);
      const { billingSetupUrl } = status;
      return {
        ref: status.teamId,
        ready: status.templatesReady,
        billingUrl: billingSetupUrl === undefined ? null : vendorLink(billingSetupUrl, origin),
      };
    },
  };
}

/** The message names the fields at fault in words; a field it does not name is left alone. */
function refusals(answer: OutboundAnswer, fields: readonly string[]): Refusal[] {
  const message = json(answer, ScribelessError)?.message ?? '';
  const named = fields.filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(message));
  return (named.length > 0 ? named : [null]).map((field) => ({ field, code: 'vendor-refused' }));
}
