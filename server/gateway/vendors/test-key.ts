import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { kelviqPaths } from '../../../shared/vendors/kelviq.ts';
import { scribelessPaths } from '../../../shared/vendors/scribeless.ts';
import type { Request } from '../../outbound/request.ts';
import type { Credential } from '../domain/records/ports.ts';
import type { TestKey } from '../domain/registry/credentials.ts';
import { keyHeaders } from './call.ts';

/** A harmless read at each vendor, and what it says of a key. A Scribeless partner key opens no read: an empty order, refused as 400, tells. */
const probes: Record<VendorName, { method: 'GET' | 'POST'; path: string; works: (status: number) => boolean }> = {
  scribeless: { method: 'GET', path: scribelessPaths.status, works: (status) => status === 200 },
  kelviq: { method: 'GET', path: `${kelviqPaths.organizations}?external_id=inlay-key-test`, works: (status) => status === 200 },
  loyva: { method: 'GET', path: '/api/v2/partner/envelopes?limit=1', works: (status) => status === 200 },
  subscribr: { method: 'GET', path: '/api/v1/team', works: (status) => status === 200 },
};

export function keyTester({
  origins,
  request,
  keyOf,
}: {
  origins: Readonly<Record<VendorName, string>>;
  request: Request;
  keyOf: (credential: Credential) => string;
}): TestKey {
  return async (credential) => {
    const { vendor } = credential;
    const own = vendor === 'scribeless' && credential.customerId === '';
    const probe = own
      ? { method: 'POST' as const, path: scribelessPaths.teams, works: (status: number) => status === 400 }
      : probes[vendor];
    const headers = { accept: 'application/json', 'content-type': 'application/json', ...keyHeaders[vendor](keyOf(credential)) };
    try {
      const { status } = await request({
        origin: origins[vendor],
        path: probe.path,
        method: probe.method,
        headers,
        body: own ? '{}' : undefined,
        deadline: 10_000,
      });
      return { works: probe.works(status), detail: `${vendor} answered ${status}.` };
    } catch {
      // The reason may quote an address or a header; "did not answer" is all an administrator needs.
      return { works: false, detail: `${vendor} did not answer.` };
    }
  };
}
