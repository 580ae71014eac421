import type { VendorName } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Box, Credential, Edges, Storage } from '../records/ports.ts';
import type { Caller, Callers } from '../registry/callers.ts';
import { assertRoomForCustomer, customerOpened, storeSecret } from '../registry/credentials.ts';
import { type FoundSecret, isElsewhere, type ProxiedAnswer, type ProxiedCall, type ProxiedRow, type Rebuild } from './call.ts';
import type { KeptCalls } from './kept-calls.ts';

/** Forwards a call with a vendor key; implemented by `vendors/`. */
export type Forward = (vendor: VendorName, key: Credential, call: ProxiedCall) => Promise<ProxiedAnswer>;

interface Options {
  storage: Storage;
  box: Box;
  callers: Callers;
  forward: Forward;
  calls: KeptCalls;
  /** Read once a vendor has answered: what is written has that instant. */
  now: Edges['now'];
}

export function createProxied({ storage, box, callers, forward, calls, now }: Options) {
  /** The partner's own key, or the customer's that the caller names. */
  async function keyFor({ partner, mode }: Caller, vendor: VendorName, named: string): Promise<Credential> {
    if (!named) return callers.credential(partner.id, vendor, mode);
    const row = await storage.read.credentials.find(partner.id, named);
    if (!row || row.vendor !== vendor) throw new Failure('not-found', 'X-Inlay-Credential names no credential of this partner and vendor.');
    if (row.mode !== mode) throw new Failure('wrong-mode');
    return row;
  }

  /** Keeps what a call opened; names what is kept already. */
  async function referencesTo({ partner, mode, keyId }: Caller, vendor: VendorName, found: readonly FoundSecret[], opens: boolean) {
    const references = new Map<string, string>();
    if (opens)
      await storage.transact(async (stores) => {
        const at = now();
        for (const { externalId, ref, secret } of found) {
          const customerId = await customerOpened(stores, box, partner.id, mode, externalId, at);
          const row = await storeSecret(stores, box, { partnerId: partner.id, customerId, vendor, mode, secret, ref }, at);
          references.set(ref, row.id);
          const about = { vendor, ref, credential: row.id };
          await stores.record({ kind: 'provisioning.proxied', at, partner: partner.id, actor: keyId, about });
        }
      });
    else
      for (const { ref } of found) {
        const row = await storage.read.credentials.findByRef(partner.id, vendor, mode, ref);
        if (row) references.set(ref, row.id);
      }
    return references;
  }

  async function rebuilt(caller: Caller, vendor: VendorName, answer: ProxiedAnswer, rebuild: Rebuild): Promise<ProxiedAnswer> {
    if (answer.status >= 400 || isElsewhere(answer.status)) return { ...answer, body: rebuild.refusal(answer.body) };
    try {
      const found = rebuild.find(answer.body);
      const references = await referencesTo(caller, vendor, found, rebuild.opens);
      const body = rebuild.write(answer.body, ({ ref }) => references.get(ref) ?? null);
      if (found.some(({ secret }) => body.includes(secret))) throw new Error('The answer holds its secret in a second place.');
      return { ...answer, body };
    } catch (cause) {
      const code = rebuild.opens ? 'outcome-unknown' : 'vendor-unreadable';
      throw new Failure(code, 'The answer could not be taken in, so it is not passed on.', { cause });
    }
  }

  return {
    /** Passes the call on; `named` is the credential that the caller names, or empty. */
    async call(caller: Caller, row: ProxiedRow, named: string, call: ProxiedCall, at: number): Promise<ProxiedAnswer> {
      const { vendor, rebuild } = row;
      const key = await keyFor(caller, vendor, named);
      const ask = async () => {
        if (rebuild?.opens) await assertRoomForCustomer(storage.read, caller.partner.id);
        const answer = await forward(vendor, key, call);
        return rebuild ? rebuilt(caller, vendor, answer, rebuild) : answer;
      };
      if (call.method === 'GET') return ask();
      const act = {
        vendor,
        row: row.row,
        repeatable: row.repeatable,
        body: row.body,
        partnerId: caller.partner.id,
        keyId: caller.keyId,
        credentialId: key.id,
        target: `${call.method} ${plainly(call.path)}`,
        key: row.idempotencyKey,
      };
      return calls.once(act, ask, at);
    },
  };
}
export type Proxied = ReturnType<typeof createProxied>;

/** One address is written with a slash at the end of its path or without; a retry that writes it the other way is the same call. */
const plainly = (path: string): string => path.replace(/^([^?]*)\/(?=\?|$)/, '$1');
