import { makePartnerKey } from '../../../server/gateway/domain/registry/partner-keys.ts';
import { loyvaScopes } from '../../../shared/vendors/loyva.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { ask } from '../envelopes.ts';
import { belongingsOf, clientOf, signer, vendorSecretsOf } from './belongings.ts';
import { registeredWhile } from './routes.ts';
import { data } from './targets.ts';

/** Everybody who might knock at the platform, and what there is of theirs. */

const rateLimit = 6_000;
const account = 'Harbor Leasing';

export async function openPlatformWorld() {
  const { started: platform, routes } = await registeredWhile(() => startPlatform());
  const target = clientOf(platform.url, (vendor) => platform.keys[vendor]);
  const own = await belongingsOf(target);
  const { signed_url } = await data(ask(target, 'GET', `${own.vaulted}/vault/signed-url`));
  const secrets = await vendorSecretsOf(target, own.vaulted);
  const token = { name: 'Another token', abilities: ['intel:read'] };
  return {
    platform,
    routes,
    own: {
      ...own,
      address: String(signed_url),
      /** The number of a fresh token of that team. */
      anotherToken: async (key: string) => {
        const name = `${token.name} ${Math.random()}`;
        return String(
          ((await target.ask('subscribr', 'POST', '/api/v1/team/tokens', { ...token, name }, { key })).json.token as { id: number }).id,
        );
      },
    },
    secrets,
    other: await platform.seed('Another'),
    otherTeam: (await vendorSecretsOf(clientOf(platform.url, keysOf(await platform.seed('A third')))))['a customer’s Scribeless key'],
    /** Lets the account's Loyva key do only this, or everything but this, while `work` runs. */
    async scoped<T>(scopes: readonly string[], work: () => Promise<T>): Promise<T> {
      await platform.seed(account, platform.keys, { rateLimit, scopes: loyvaScopes.filter((scope) => scopes.includes(scope)) });
      const result = await work();
      await platform.seed(account, platform.keys, { rateLimit });
      return result;
    },
    about: {
      sign: { widget_type: 'sign', envelope_id: own.sent, user_email: signer },
      vault: { widget_type: 'vault', envelope_id: own.vaulted, user_email: signer },
    },
    strangers: {
      nobody: '',
      'a garbled key': 'x',
      'a key of the gateway': makePartnerKey('live'),
      ...(await rotated(platform)),
      ...secrets,
    } as Readonly<Record<string, string>>,
    close: () => platform.close(),
  };
}
export type PlatformWorld = Awaited<ReturnType<typeof openPlatformWorld>>;

const keysOf = (keys: StartedPlatform['keys']) => (vendor: keyof StartedPlatform['keys']) => keys[vendor];

/** Keys that were good until others took their place. */
async function rotated(platform: StartedPlatform): Promise<Record<string, string>> {
  const earlier = await platform.seed('Rotated');
  await platform.seed('Rotated');
  return Object.fromEntries(Object.entries(earlier).map(([vendor, key]) => [`a rotated ${vendor} key`, key]));
}
