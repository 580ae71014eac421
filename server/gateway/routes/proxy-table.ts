import type { VendorName } from '../../../shared/onboarding.ts';
import type { Scope } from '../../../shared/registry.ts';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import type { Rebuild } from '../domain/proxied.ts';

/** One row of the proxy: the vendor's own method and path, and what is ours to say about it. */
export interface ProxyRow {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly vendor: VendorName;
  readonly scope: Scope;
  /** Bytes of request body that are read at most. */
  readonly bodyCap: number;
  /** Milliseconds for the vendor's answer. */
  readonly deadline: number;
  readonly rebuild?: Rebuild;
}

export type Rebuilds = Readonly<Record<'scribelessTeam' | 'kelviqOpened' | 'kelviqRead' | 'kelviqList', Rebuild>>;

const kilobytes = 1024;
const reading = { method: 'GET', bodyCap: 0, deadline: 10_000 } as const;
const opening = { method: 'POST', bodyCap: 64 * kilobytes, deadline: 30_000 } as const;

const organizations = '/api/v1/partner/organizations';
const { envelopes } = loyvaPaths;
const envelope = `${envelopes}/:id`;
const loyva = { vendor: 'loyva' } as const;

/** Every path that is passed on. What is not here is 404. */
export const proxyTable = (rebuilds: Rebuilds): readonly ProxyRow[] => [
  { ...opening, path: '/api/partner/teams', vendor: 'scribeless', scope: 'provision:write', rebuild: rebuilds.scribelessTeam },
  { ...reading, path: '/api/account/status', vendor: 'scribeless', scope: 'provision:read' },
  { ...reading, path: `${organizations}{/}`, vendor: 'kelviq', scope: 'provision:read', rebuild: rebuilds.kelviqList },
  { ...opening, path: `${organizations}{/}`, vendor: 'kelviq', scope: 'provision:write', rebuild: rebuilds.kelviqOpened },
  {
    ...reading,
    path: `${organizations}/by-external-id/:externalId{/}`,
    vendor: 'kelviq',
    scope: 'provision:read',
    rebuild: rebuilds.kelviqRead,
  },
  { ...reading, path: `${organizations}/:identifier{/}`, vendor: 'kelviq', scope: 'provision:read', rebuild: rebuilds.kelviqRead },

  { ...reading, ...loyva, path: envelopes, scope: 'envelopes:read' },
  // A document travels in it, as base64; the vendor reads and rewrites the document before it answers.
  { ...loyva, method: 'POST', path: envelopes, scope: 'envelopes:write', bodyCap: 10_240 * kilobytes, deadline: 60_000 },
  { ...reading, ...loyva, path: envelope, scope: 'envelopes:read' },
  { ...reading, ...loyva, path: `${envelope}/status`, scope: 'envelopes:read' },
  { ...reading, ...loyva, path: `${envelope}/signing-links`, scope: 'envelopes:read' },
  { ...opening, ...loyva, path: `${envelope}/void`, scope: 'envelopes:write' },
  { ...opening, ...loyva, path: `${envelope}/vault-in-signed`, scope: 'vault:write', deadline: 60_000 },
  { ...reading, ...loyva, path: `${envelope}/vault/signed-url`, scope: 'vault:read' },
  { ...reading, ...loyva, path: `${envelope}/vault/copy/signed-url`, scope: 'vault:read' },
];
