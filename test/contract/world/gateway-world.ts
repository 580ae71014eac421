import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makePartnerKey } from '../../../server/gateway/domain/registry/partner-keys.ts';
import { scopes } from '../../../shared/registry.ts';
import { answered } from '../../gateway/world/answers.ts';
import { freePort, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { startPlatform } from '../../start-platform.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { belongingsOf, clientOf, signer, vendorSecretsOf } from './belongings.ts';
import { registeredWhile } from './routes.ts';
import { keyHeaders, send } from './targets.ts';

/** Everybody who might knock at the gateway, and what there is of theirs. */

export const origin = 'https://portal.harbor.example';
export type Visitor = Awaited<ReturnType<typeof createVisitor>>;

const adminPartners = '/api/v1/admin/partners';

/** An issuer of administrators' tokens other than our own, so that there are tokens with one right only. */
async function openIssuer(now: () => number) {
  const pair = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'theirs', alg: 'ES256', use: 'sig' }];
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys })));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const settings = { issuer: 'https://scaikey.example', audience: 'inlay-admin', jwksUrl: `http://127.0.0.1:${port}/keys` };
  return {
    settings,
    token: (claims: object, audience = settings.audience): Promise<string> =>
      new SignJWT({ sub: 'usr_1', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'theirs' })
        .setIssuer(settings.issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(now() / 1000))
        .setExpirationTime(Math.floor(now() / 1000) + 600)
        .sign(pair.privateKey),
    close: () => server.close().closeAllConnections(),
  };
}

export async function openGatewayWorld() {
  const platform = await startPlatform();
  let now = Date.now;
  const issuer = await openIssuer(() => now());
  const { started: gateway, routes } = await registeredWhile(() => startGateway({ vendorUrl: platform.url, admin: issuer.settings }));
  now = gateway.clock.now;
  const mine = await gateway.partner({ origins: [origin], vendorKeys: platform.keys, name: 'Mine' });
  const issue = async (body: object, id = mine.id): Promise<{ id: string; key: string }> =>
    answered(gateway.admin('POST', `${adminPartners}/${id}/keys`, body), 201);
  const enter = async (key: string, body: object): Promise<Visitor> => {
    const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
    await answered(visitor.open(await mintedToken(gateway.url, key, body)), 201);
    return visitor;
  };
  const past = await thePast(gateway, mine.key, issue, enter);
  const own = await belongingsOf(clientOf(gateway.url, () => mine.key));
  const about = {
    onboarding: { customer: { external_id: 'c-1' } },
    sign: { widget_type: 'sign', customer: undefined, envelope_id: own.sent, user_email: signer },
    vault: { widget_type: 'vault', customer: undefined, envelope_id: own.vaulted, user_email: signer },
  };
  const sessions = {
    onboarding: await enter(mine.key, about.onboarding),
    sign: await enter(mine.key, about.sign),
    vault: await enter(mine.key, about.vault),
  };
  await sessions.onboarding.run();
  const runs = (await send(`${gateway.url}/partner/runs`, 'GET', keyHeaders.loyva(mine.key))).json.items as { run_id: string }[];
  const others = await gateway.partner({ origins: [origin], vendorKeys: await platform.seed('Another'), name: 'Another' });
  const tester = await gateway.partner({
    vendorKeys: await platform.seed('Tester'),
    key: { mode: 'test' },
    name: 'Tester',
    origins: [origin],
  });
  const suspended = await suspendedPartner(gateway, enter);
  const without = new Map<string, string>();
  const only = new Map<string, string>();
  for (const scope of scopes) {
    without.set(scope, (await issue({ scopes: scopes.filter((each) => each !== scope) })).key);
    only.set(scope, (await issue({ scopes: [scope] })).key);
  }
  const gone = await enter(mine.key, about.onboarding);
  await gone.call('DELETE', '/embed/session');
  return {
    gateway,
    routes,
    own: { ...own, run: runs[0]?.run_id ?? '' },
    about,
    keys: {
      mine: mine.key,
      other: others.key,
      suspended: suspended.key,
      /** Of a partner that has live keys only. */
      test: (await issue({ mode: 'test' })).key,
      /** Of a partner that has test keys only. */
      live: (await issue({ mode: 'live' }, tester.id)).key,
      without,
      only,
    },
    sessions: { ...sessions, expired: past.session, ended: gone, suspended: suspended.session },
    tokens: { ...past, suspended: suspended.token, mint: (body: object = about.onboarding) => mintedToken(gateway.url, mine.key, body) },
    enter: (widget: keyof typeof about) => enter(mine.key, about[widget]),
    admins: {
      reads: await issuer.token({ scope: 'openid admin:read' }),
      writes: await issuer.token({ scope: 'admin:write' }),
      neither: await issuer.token({ scope: 'openid profile' }),
      'for another audience': await issuer.token({ role: 'super_admin' }, 'somebody else'),
    },
    /** What opens no door but its own kind's. */
    strangers: {
      nobody: '',
      'a garbled key': 'x',
      'an unknown key': makePartnerKey('live'),
      'an expired key': past.key,
      'a revoked key': past.revoked,
      ...Object.fromEntries(Object.entries(platform.keys).map(([vendor, key]) => [`the partner’s own ${vendor} key`, key])),
      ...(await vendorSecretsOf(clientOf(platform.url, (vendor) => platform.keys[vendor]))),
    } as Readonly<Record<string, string>>,
    async close() {
      issuer.close();
      await gateway.close();
      await platform.close();
    },
  };
}
export type GatewayWorld = Awaited<ReturnType<typeof openGatewayWorld>>;

type Issue = (body: object, id?: string) => Promise<{ id: string; key: string }>;
type Enter = (key: string, body: object) => Promise<Visitor>;

/** What was good a quarter of an hour ago. */
async function thePast(gateway: StartedGateway, key: string, issue: Issue, enter: Enter) {
  const soon = new Date(gateway.clock.now() + 60_000).toISOString();
  const expiring = await issue({ expires_at: soon });
  const session = await enter(key, { customer: { external_id: 'c-past' } });
  const token = await mintedToken(gateway.url, key);
  const admin = await gateway.verbs.issueAdminToken(600);
  gateway.clock.advance(16 * 60_000);
  const revoked = await issue({});
  const orphan = await mintedToken(gateway.url, revoked.key);
  const [{ id }] = (await (await gateway.admin('GET', `${adminPartners}/?search=Mine`)).json()).items;
  assert.equal((await gateway.admin('DELETE', `${adminPartners}/${id}/keys/${revoked.id}`)).status, 204);
  return { key: expiring.key, revoked: revoked.key, session, token, orphan, admin };
}

async function suspendedPartner(gateway: StartedGateway, enter: Enter) {
  const { id, key } = await gateway.partner({ origins: [origin], name: 'Suspended' });
  const session = await enter(key, { customer: { external_id: 'c-1' } });
  const token = await mintedToken(gateway.url, key);
  assert.equal((await gateway.admin('PATCH', `${adminPartners}/${id}`, { status: 'SUSPENDED' })).status, 200);
  return { key, session, token };
}
