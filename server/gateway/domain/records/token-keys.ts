import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Box, Storage, TokenKey } from './ports.ts';

interface Signer {
  readonly kid: string;
  readonly key: CryptoKey;
}

const about = (kid: string): string[] => ['signing-key', kid];

/** ES256 keys of one purpose: the newest signs, a retired one verifies until the last token it signed has expired. */
export async function openTokenKeys({
  storage,
  box,
  purpose,
  longest,
  at: openedAt,
}: {
  storage: Storage;
  box: Box;
  purpose: 'embed' | 'admin';
  longest: number;
  at: number;
}) {
  let signer: Signer;
  let verifiers = new Map<string, CryptoKey>();
  let jwks: { keys: JWK[] };

  async function load(at: number): Promise<void> {
    const rows = await storage.read.tokenKeys.list(purpose);
    const current = rows.filter((row) => row.retiredAt === null || row.retiredAt + longest > at);
    const newest = current.find((row) => row.retiredAt === null);
    if (!newest) return rotate('system', at);
    signer = { kid: newest.kid, key: (await importJWK(JSON.parse(box.open(newest.box, about(newest.kid))), 'ES256')) as CryptoKey };
    const publics = current.map((row) => JSON.parse(row.publicJwk) as JWK);
    verifiers = new Map(
      await Promise.all(publics.map(async (jwk) => [jwk.kid ?? '', (await importJWK(jwk, 'ES256')) as CryptoKey] as const)),
    );
    jwks = { keys: publics };
  }

  /** A new key signs from now on. */
  async function rotate(actor: string, at: number): Promise<void> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const kid = randomBytes(9).toString('base64url');
    const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
    const row: TokenKey = {
      kid,
      purpose,
      box: box.seal(JSON.stringify(await exportJWK(pair.privateKey)), about(kid)),
      publicJwk: JSON.stringify(publicJwk),
      createdAt: at,
      retiredAt: null,
    };
    await storage.transact(async (stores) => {
      for (const old of await stores.tokenKeys.list(purpose)) {
        if (old.retiredAt === null) await stores.tokenKeys.retire(old.kid, at);
        else if (old.retiredAt + longest <= at) await stores.tokenKeys.delete(old.kid);
      }
      await stores.tokenKeys.insert(row);
      await stores.record({ kind: 'signing-key.rotated', at, actor, about: { kid, purpose } });
    });
    await load(at);
  }

  await load(openedAt);
  return {
    rotate,
    signer: (): Signer => signer,
    verifier: (kid: string | undefined): CryptoKey | undefined => verifiers.get(kid ?? ''),
    /** RFC 7517, public halves only. */
    jwks: () => jwks,
  };
}
export type TokenKeys = Awaited<ReturnType<typeof openTokenKeys>>;
