import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SessionAnswer } from '../shared/embed.ts';
import type { OnboardingView } from '../shared/onboarding/onboarding.ts';

export type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export interface ProofOptions {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  /** Seconds since 1970. */
  readonly iat?: number;
  readonly jti?: string;
  readonly pair: Pair;
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** A proof as RFC 9449 section 4.2 describes it, written here from the text and independently of the widget's. */
export async function proof({
  method,
  url,
  token,
  iat,
  jti = randomUUID(),
  pair,
  claims = {},
  header = {},
}: ProofOptions): Promise<string> {
  const jwk = await exportJWK(pair.publicKey);
  const ath = createHash('sha256').update(token).digest('base64url');
  return new SignJWT({ htm: method, htu: url, jti, ath, iat: iat ?? Math.floor(Date.now() / 1000), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(pair.privateKey);
}

/** A browser without a browser: one key, and calls as the widget makes them. */
export async function createVisitor(gateway: string, origin: string, now: () => number = Date.now) {
  const pair = await generateKeyPair('ES256');
  let token = '';
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    bearer = token,
  ): Promise<Response> =>
    fetch(gateway + path, {
      method,
      headers: {
        authorization: `DPoP ${bearer}`,
        dpop: await proof({ method, url: gateway + path, token: bearer, pair, iat: Math.floor(now() / 1000) }),
        origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    pair,
    get token() {
      return token;
    },
    call,
    /** Presents an embed token and goes on with the session it opens. */
    async open(embedToken: string): Promise<Response> {
      const response = await call('POST', '/embed/session', {}, {}, embedToken);
      if (response.ok) token = ((await response.clone().json()) as SessionAnswer).session_token;
      return response;
    },
    async run(): Promise<OnboardingView> {
      const response = await call('GET', '/embed/onboarding');
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as OnboardingView;
    },
    submit: (values: object, step = 'details', key: string = randomUUID()) =>
      call('POST', `/embed/onboarding/steps/${step}`, { values }, { 'idempotency-key': key }),
  };
}

/** Mints as a partner's server does. */
export const mintToken = (gateway: string, key: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway}/embed/token`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ widget_type: 'onboarding', user_email: 'mira@harbor.example', customer: { external_id: 'c-1' }, ...body }),
  });

export async function mintedToken(gateway: string, key: string, body: object = {}): Promise<string> {
  const response = await mintToken(gateway, key, body);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: { token: string } }).data.token;
}

/** Answers that pass every rule of the default flow. */
export const ada = {
  company_name: 'Nordin Tryck & Papper AB',
  country: 'SE',
  registration_number: '556912-4471',
  vat_number: 'SE556912447101',
  city: 'Göteborg',
  first_name: 'Ada',
  last_name: 'Nordin',
  email: 'ada@nordintryck.example',
  phone: '',
  may_sign: true,
};
