import type { VendorName } from '../../../shared/onboarding.ts';
import { Failure } from '../../../shared/problem.ts';
import type { Caller, Callers } from './callers.ts';
import { assertRoomForCustomer, customerFor, storeSecret } from './credentials.ts';
import type { Box, CredentialRow, Edges, Keep } from './ports.ts';

/** A partner's call on a vendor's own path. */
export interface ProxiedCall {
  readonly method: 'GET' | 'POST';
  /** Path and query as they came, checked by the row's pattern. */
  readonly path: string;
  readonly accept: string | undefined;
  readonly body: Buffer | undefined;
  readonly deadline: number;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A secret found in a vendor's answer, and whose it is. */
export interface FoundSecret {
  /** The customer it is stored under: Kelviq's `externalId`, or `scribeless:<teamId>`. */
  readonly externalId: string;
  readonly ref: string;
  readonly secret: string;
}

/** A row whose answer can carry secrets: reads them out, and writes the answer again with what stands for them (null: nothing does). */
export interface Rebuild {
  /** The secrets in the answer; throws when it cannot be read, and then its bytes go nowhere. */
  find(body: Buffer): FoundSecret[];
  write(body: Buffer, reference: (found: FoundSecret) => string | null): Buffer;
  /** Does this call open something, so that its keys are ours to keep? A read only names keys that are kept already. */
  readonly opens: boolean;
}

/** Forwards a call with a vendor key; implemented by `vendors/`. */
export type Forward = (vendor: VendorName, key: CredentialRow, call: ProxiedCall) => Promise<ProxiedAnswer>;

interface Options {
  keep: Keep;
  box: Box;
  now: Edges['now'];
  callers: Callers;
  forward: Forward;
}

export function createProxied({ keep, box, now, callers, forward }: Options) {
  /** The partner's own key, or the customer's that the caller names. */
  async function keyFor({ partner, mode }: Caller, vendor: VendorName, named: string): Promise<CredentialRow> {
    if (!named) return callers.credential(partner.id, vendor, mode);
    const row = await keep.read.credentials.find(partner.id, named);
    if (!row || row.vendor !== vendor) throw new Failure('not-found', 'X-Inlay-Credential names no credential of this partner and vendor.');
    if (row.mode !== mode) throw new Failure('wrong-mode');
    return row;
  }

  async function rebuilt(
    { partner, mode, keyId }: Caller,
    vendor: VendorName,
    answer: ProxiedAnswer,
    rebuild: Rebuild,
  ): Promise<ProxiedAnswer> {
    let found: FoundSecret[];
    try {
      found = rebuild.find(answer.body);
    } catch (cause) {
      throw new Failure(rebuild.opens ? 'outcome-unknown' : 'vendor-unreadable', 'The answer could not be read, so it is not passed on.', {
        cause,
      });
    }
    const references = new Map<string, string>();
    if (rebuild.opens)
      await keep.transact(async (stores) => {
        const at = now();
        for (const { externalId, ref, secret } of found) {
          const customerId = await customerFor(stores, box, partner.id, mode, externalId, at);
          const row = await storeSecret(stores, box, { partnerId: partner.id, customerId, vendor, mode, secret, ref }, at);
          references.set(ref, row.id);
          await stores.record({
            kind: 'provisioning.proxied',
            at,
            partner: partner.id,
            actor: keyId,
            about: { vendor, ref, credential: row.id },
          });
        }
      });
    else
      for (const { ref } of found) {
        const row = await keep.read.credentials.findByRef(partner.id, vendor, mode, ref);
        if (row) references.set(ref, row.id);
      }
    return { ...answer, body: rebuild.write(answer.body, ({ ref }) => references.get(ref) ?? null) };
  }

  return {
    async call(caller: Caller, vendor: VendorName, named: string, call: ProxiedCall, rebuild: Rebuild | undefined): Promise<ProxiedAnswer> {
      const key = await keyFor(caller, vendor, named);
      if (rebuild?.opens) await assertRoomForCustomer(keep.read, caller.partner.id);
      const answer = await forward(vendor, key, call);
      const carries = rebuild && answer.status >= 200 && answer.status < 300;
      return carries ? rebuilt(caller, vendor, answer, rebuild) : answer;
    },
  };
}
export type Proxied = ReturnType<typeof createProxied>;
