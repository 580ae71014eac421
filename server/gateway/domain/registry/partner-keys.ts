import { randomBytes } from 'node:crypto';
import { newId } from '../../../../shared/ids.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { IssueKey, Mode } from '../../../../shared/registry.ts';
import { hashOf, sha256Of } from '../records/ids.ts';
import type { PartnerKey, Storage, Stores } from '../records/ports.ts';
import { findPartner } from './partners.ts';

/**
 * `lk_` + 40 hex digits. The first says the mode (0–7 live, 8–f test); the last eight are the first eight of SHA-256 over the 32 before
 * them, so that a typo is refused without a look into the database.
 */
export function makePartnerKey(mode: Mode): string {
  const digits = randomBytes(16).toString('hex');
  const first = (Number.parseInt(digits.charAt(0), 16) & 7) | (mode === 'test' ? 8 : 0);
  const body = first.toString(16) + digits.slice(1);
  return `lk_${body}${checksum(body)}`;
}

/** Has it the shape of a key? Loyva's own have it too (docs.stg.loyva.net/partner-integration/api-keys). */
export const isKeyShaped = (text: string): boolean => /^lk_[0-9a-f]{40}$/.test(text);

export const isPartnerKey = (text: string): boolean => isKeyShaped(text) && checksum(text.slice(3, 35)) === text.slice(35);

const checksum = (digits: string): string => sha256Of(digits).slice(0, 8);

export function createPartnerKeys({ storage }: { storage: Storage }) {
  async function issueIn(
    stores: Stores,
    partnerId: string,
    input: IssueKey,
    actor: string,
    at: number,
  ): Promise<{ row: PartnerKey; key: string }> {
    const partner = await findPartner(stores, partnerId);
    const limit = partner.maxApplicationsPerTenant;
    if (limit !== null && (await stores.keys.countActive(partnerId, at)) >= limit)
      throw new Failure('limit-reached', `max_applications_per_tenant is ${limit}: that many keys are active.`);
    const key = makePartnerKey(input.mode);
    const row: PartnerKey = {
      id: newId('key'),
      partnerId,
      hash: hashOf(key),
      mode: input.mode,
      scopes: [...new Set(input.scopes)],
      lastFour: key.slice(-4),
      createdAt: at,
      expiresAt: input.expires_at === null ? null : Date.parse(input.expires_at),
      revokedAt: null,
    };
    await stores.keys.insert(row);
    await stores.record({ kind: 'key.issued', at, partner: partnerId, actor, about: { key: row.id, mode: row.mode } });
    return { row, key };
  }

  async function findKey(stores: Stores, partnerId: string, id: string): Promise<PartnerKey> {
    const row = await stores.keys.find(partnerId, id);
    if (!row) throw new Failure('not-found', 'This partner has no such key.');
    return row;
  }

  return {
    issue: (partnerId: string, input: IssueKey, actor: string, at: number) =>
      storage.transact((stores) => issueIn(stores, partnerId, input, actor, at)),

    async list(partnerId: string): Promise<PartnerKey[]> {
      await findPartner(storage.read, partnerId);
      return storage.read.keys.list(partnerId);
    },

    /** Revoked at once; revoking again changes nothing. */
    revoke: (partnerId: string, id: string, actor: string, at: number) =>
      storage.transact(async (stores) => {
        const row = await findKey(stores, partnerId, id);
        if (row.revokedAt !== null) return;
        await stores.keys.update(partnerId, id, { revokedAt: at });
        await stores.record({ kind: 'key.revoked', at, partner: partnerId, actor, about: { key: id } });
      }),

    /** A new key with the old one's scopes, mode and expiry; the old one works for `overlap` seconds more. The two count as one for no limit: it is not asked. */
    rotate: (partnerId: string, id: string, overlap: number, actor: string, at: number) =>
      storage.transact(async (stores) => {
        const old = await findKey(stores, partnerId, id);
        if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= at))
          throw new Failure('run-wrong-state', 'The key no longer works.');
        const until = Math.min(at + overlap * 1000, old.expiresAt ?? Number.POSITIVE_INFINITY);
        await stores.keys.update(partnerId, id, overlap === 0 ? { revokedAt: at } : { expiresAt: until });
        const key = makePartnerKey(old.mode);
        const row: PartnerKey = { ...old, id: newId('key'), hash: hashOf(key), lastFour: key.slice(-4), createdAt: at };
        await stores.keys.insert(row);
        await stores.record({ kind: 'key.rotated', at, partner: partnerId, actor, about: { key: id, successor: row.id } });
        return { row, key };
      }),
  };
}
