import type { VendorName } from '../../../shared/onboarding/flow.ts';
import type { Scope } from '../../../shared/registry.ts';
import { loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { subscribrPaths } from '../../../shared/vendors/subscribr.ts';
import type { Rebuild } from '../domain/proxy/call.ts';

/** One row of the proxy: the vendor's own method and path, and what is ours to say about it. */
export interface ProxyRow {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly vendor: VendorName;
  readonly scope: Scope;
  /** Bytes of request body that are read at most, and held until they are sent. */
  readonly bodyCap: number;
  /** Bytes of a form that are passed on at most, while they come in; without it forms are refused. */
  readonly formCap?: number;
  /** Milliseconds for the whole of it: body sent, repeats, answer read. Every answer is short, and is read before it is passed on. */
  readonly deadline: number;
  readonly rebuild?: Rebuild;
  /** A GET by which the vendor makes a link or a certificate. */
  readonly makes?: boolean;
  /** The vendor makes sure that asking twice does it once. */
  readonly repeatable?: boolean;
}

export type Rebuilds = Readonly<Record<'scribelessTeam' | 'kelviqOpened' | 'kelviqRead' | 'kelviqList', Rebuild>>;

const kilobytes = 1024;
const reading = { method: 'GET', bodyCap: 0, deadline: 10_000 } as const;
const acting = { method: 'POST', bodyCap: 64 * kilobytes, deadline: 30_000 } as const;
/** The vendor reads and writes whole files before it answers. */
const working = { ...acting, deadline: 60_000 } as const;
/** A document travels in it: base64 in JSON, or as it is in a form of 20 MB and what stands around it. */
const sending = { method: 'POST', bodyCap: 10_240 * kilobytes, formCap: 22_000_000, deadline: 120_000 } as const;
const deleting = { method: 'DELETE', bodyCap: 0, deadline: 30_000 } as const;

const organizations = '/api/v1/partner/organizations';
const { envelopes, templates } = loyvaPaths;
const envelope = `${envelopes}/:id`;
const template = `${templates}/:id`;
const { team, credits, tokens } = subscribrPaths;
const kelviq = { vendor: 'kelviq' } as const;
const loyva = { vendor: 'loyva' } as const;
const subscribr = { vendor: 'subscribr' } as const;

/** Every path that is passed on. What is not here is 404. */
export const proxyTable = (rebuilds: Rebuilds): readonly ProxyRow[] => [
  { ...acting, path: '/api/partner/teams', vendor: 'scribeless', scope: 'provision:write', rebuild: rebuilds.scribelessTeam },
  { ...reading, path: '/api/account/status', vendor: 'scribeless', scope: 'provision:read' },

  { ...reading, ...kelviq, path: `${organizations}{/}`, scope: 'provision:read', rebuild: rebuilds.kelviqList },
  { ...acting, ...kelviq, path: `${organizations}{/}`, scope: 'provision:write', rebuild: rebuilds.kelviqOpened },
  {
    ...reading,
    ...kelviq,
    path: `${organizations}/by-external-id/:externalId{/}`,
    scope: 'provision:read',
    rebuild: rebuilds.kelviqRead,
  },
  { ...reading, ...kelviq, path: `${organizations}/:identifier{/}`, scope: 'provision:read', rebuild: rebuilds.kelviqRead },

  { ...reading, ...loyva, path: envelopes, scope: 'envelopes:read' },
  { ...sending, ...loyva, path: envelopes, scope: 'envelopes:write' },
  { ...reading, ...loyva, path: envelope, scope: 'envelopes:read' },
  { ...reading, ...loyva, path: `${envelope}/status`, scope: 'envelopes:read' },
  { ...reading, ...loyva, path: `${envelope}/signing-links`, scope: 'envelopes:read', makes: true },
  { ...sending, ...loyva, path: `${envelope}/upload`, scope: 'envelopes:write' },
  { ...acting, ...loyva, path: `${envelope}/remind`, scope: 'envelopes:write' },
  { ...acting, ...loyva, path: `${envelope}/void`, scope: 'envelopes:write', repeatable: true },
  { ...working, ...loyva, path: `${envelope}/vault-in-signed`, scope: 'vault:write', repeatable: true },
  { ...working, ...loyva, path: `${envelope}/vault-in-upload`, scope: 'vault:write', repeatable: true },
  { ...reading, ...loyva, path: `${envelope}/vault/signed-url`, scope: 'vault:read', makes: true },
  { ...reading, ...loyva, path: `${envelope}/vault/copy/signed-url`, scope: 'vault:read', makes: true },
  { ...reading, ...loyva, path: `${envelope}/vault/certificate`, scope: 'compliance:read', deadline: 30_000, makes: true },
  { ...reading, ...loyva, path: `${envelope}/compliance`, scope: 'compliance:read', deadline: 30_000 },
  { ...working, ...loyva, path: `${envelope}/vault-out`, scope: 'vault:release' },
  { ...working, ...loyva, path: `${envelope}/vault-out/acknowledge`, scope: 'vault:release', repeatable: true },
  { ...reading, ...loyva, path: templates, scope: 'envelopes:read' },
  { ...sending, ...loyva, path: templates, scope: 'envelopes:write' },
  { ...reading, ...loyva, path: template, scope: 'envelopes:read' },
  { ...deleting, ...loyva, path: template, scope: 'envelopes:write' },

  { ...reading, ...subscribr, path: team, scope: 'team:read' },
  { ...reading, ...subscribr, path: credits, scope: 'team:read' },
  { ...reading, ...subscribr, path: tokens, scope: 'team:read' },
  // The secret of a new token passes as the vendor sends it, once: it is made for whoever asks, and the gateway has no use for it.
  { ...acting, ...subscribr, path: tokens, scope: 'team:write' },
  { ...deleting, ...subscribr, path: `${tokens}/:token`, scope: 'team:write' },
];
