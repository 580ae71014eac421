import type { VendorName } from '../../shared/onboarding/flow.ts';
import type { Assets } from '../http/answer/static.ts';

export interface GatewayConfig {
  readonly dataDir: string;
  /** Folder of the built script. */
  readonly assets: string;
  /** The package that partners install. */
  readonly npmPackage: Assets;
  readonly publicUrl: string;
  /** Origin of each vendor. */
  readonly vendors: Readonly<Record<VendorName, string>>;
  /** Milliseconds a vendor has to answer a provisioning call. */
  readonly vendorDeadline: number;
  /** Origins that a partner's events may be sent to although they are not public. */
  readonly webhookAllow: readonly string[];
  /** Proxies whose word on where a call comes from is believed. */
  readonly trustedProxies?: readonly string[];
  /** Begin on a database that is new or older than its files. */
  readonly acceptLoss?: boolean;
  readonly admin: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
}
