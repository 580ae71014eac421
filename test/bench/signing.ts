import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTokenKeys } from '../../server/gateway/domain/records/token-keys.ts';
import { createEmbedTokens } from '../../server/gateway/domain/session/embed-tokens.ts';
import { migrations } from '../../server/gateway/stores/migrations.ts';
import { storageIn } from '../../server/gateway/stores/stores.ts';
import type { FileTables } from '../../server/gateway/stores/tables.ts';
import { openDatabase } from '../../server/storage/database.ts';
import { secretBox } from '../../server/storage/secret-box.ts';
import { compare, type Row, rate } from './world/harness.ts';

/** Embed tokens signed per second, 32 asked for at once, beside a JWT made by hand with node:crypto. */
export async function signing(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const database = await openDatabase<FileTables>(join(folder, 'gateway.db'), migrations);
  const tools = { storage: storageIn(database), box: secretBox(randomBytes(32)) };
  const keys = await openTokenKeys({ ...tools, purpose: 'embed', longest: 1, at: Date.now() });
  const publicUrl = 'https://inlay.example';
  const tokens = createEmbedTokens({
    ...tools,
    keys,
    publicUrl,
    callers: { originsOf: async () => [] },
    signers: { assertSigner: async () => {} },
    vaults: { assertVaulted: async () => {} },
    now: Date.now,
  });
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    jti: randomBytes(15).toString('base64url'),
    sub: 'usr_0123456789abcdefghjkmnpq',
    partner: 'prt_0123456789abcdefghjkmnpq',
    widget: 'onboarding' as const,
    customer: 'cus_0123456789abcdefghjkmnpq',
    origins: ['https://portal.harbor.example'],
    iat,
    exp: iat + 900,
    scope: 'onboarding:write',
  };

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const byHand = (): string => {
    const said = `${part({ alg: 'ES256', typ: 'embed+jwt', kid: 'a-key' })}.${part({ ...claims, iss: publicUrl, aud: `${publicUrl}/embed` })}`;
    return `${said}.${sign('sha256', Buffer.from(said), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };

  const many = Array.from({ length: 32 });
  const rows = await compare({
    what: 'Embed tokens signed, 32 at once',
    unit: '/s',
    rounds: 7,
    ours: () => rate(800, () => Promise.all(many.map(() => tokens.sign(claims))), 32),
    yardsticks: [
      { name: 'ES256 JWT by hand, node:crypto', measure: () => rate(800, () => many.map(byHand), 32), target: { atLeast: 0.7 } },
    ],
  });
  await database.close();
  await rm(folder, { recursive: true });
  return rows;
}
