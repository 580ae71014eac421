import type { VendorName } from '../../../shared/onboarding.ts';
import { Failure } from '../../../shared/problem.ts';
import { kelviqKeyHeader } from '../../../shared/vendors/kelviq.ts';
import { scribelessKeyHeader } from '../../../shared/vendors/scribeless.ts';
import { OutboundFailure, type Request } from '../../outbound/request.ts';
import type { CredentialRow } from '../domain/ports.ts';
import type { Forward } from '../domain/proxied.ts';

/** How each vendor takes its key. */
export const keyHeaders: Record<VendorName, (key: string) => Record<string, string>> = {
  scribeless: (key) => ({ [scribelessKeyHeader]: key }),
  kelviq: (key) => ({ [kelviqKeyHeader]: key }),
  loyva: (key) => ({ 'x-api-key': key }),
  subscribr: (key) => ({ authorization: `Bearer ${key}` }),
};

/** Answer headers that pass; everything else a vendor sends stops here. */
const passing = [
  'content-type',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'retry-after',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
] as const;

interface Options {
  origins: Readonly<Record<VendorName, string>>;
  request: Request;
  keyOf: (credential: CredentialRow) => string;
}

/** Sends a partner's call to the vendor: host and key are ours, path and body are the caller's, headers are built anew. */
export function forwarder({ origins, request, keyOf }: Options): Forward {
  return async (vendor, key, { method, path, accept, body, deadline }) => {
    const headers: Record<string, string> = {
      accept: accept || 'application/json',
      'user-agent': 'Inlay',
      ...keyHeaders[vendor](keyOf(key)),
    };
    if (body) headers['content-type'] = 'application/json';
    try {
      const answer = await request({ origin: origins[vendor], path, method, headers, body, deadline, cap: 4 * 1024 * 1024 });
      const kept: Record<string, string> = {};
      for (const name of passing) {
        const value = answer.headers[name];
        if (typeof value === 'string') kept[name] = value;
      }
      return { status: answer.status, headers: kept, body: answer.body };
    } catch (cause) {
      if (!(cause instanceof OutboundFailure)) throw cause;
      const lost = cause.sent && method !== 'GET';
      throw new Failure(
        lost ? 'outcome-unknown' : 'vendor-unavailable',
        lost ? 'The vendor did not answer after the call was sent; look before you ask again.' : undefined,
        { cause },
      );
    }
  };
}
