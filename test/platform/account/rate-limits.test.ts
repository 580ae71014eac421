import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

type Dialect = keyof StartedPlatform['keys'];
type Answer = Awaited<ReturnType<typeof call>>;
interface Door {
  readonly header: (key: string) => Record<string, string>;
  /** Four calls that end in different ways, none of which does anything. */
  readonly calls: readonly (readonly [method: string, path: string, body: unknown, status: number])[];
  /** Whether this is the vendor's shape of a refusal. */
  readonly refusal: (json: Record<string, unknown>) => void;
}
const sentence = 'At most 4 calls a minute are answered.';

const doors: Record<Dialect, Door> = {
  scribeless: {
    header: (key) => ({ 'X-API-Key': key }),
    calls: [
      ['POST', '/api/partner/teams', {}, 400],
      ['POST', '/api/partner/teams', '{"email":', 400],
      ['POST', '/api/partner/teams', { email: 'x'.repeat(70_000) }, 413],
      ['POST', '/api/partner/teams', undefined, 400],
    ],
    refusal: (json) =>
      assert.deepEqual(json, {
        error: true,
        url: '/api/partner/teams',
        statusCode: 429,
        statusMessage: 'Server Error',
        message: sentence,
      }),
  },
  kelviq: {
    header: (key) => ({ 'X-Kelviq-Partner-Key': key }),
    calls: [
      ['GET', '/api/v1/partner/organizations/', undefined, 200],
      ['GET', '/api/v1/partner/organizations/by-external-id/none/', undefined, 404],
      ['POST', '/api/v1/partner/organizations/', {}, 400],
      ['POST', '/api/v1/partner/organizations/', '{"email":', 400],
    ],
    refusal: (json) => assert.deepEqual(json, { detail: sentence }),
  },
  loyva: {
    header: (key) => ({ 'X-API-Key': key }),
    calls: [
      ['GET', '/api/v2/partner/envelopes', undefined, 200],
      ['GET', '/api/v2/partner/envelopes/env_none', undefined, 404],
      ['POST', '/api/v2/partner/envelopes/env_none/void', {}, 403],
      ['GET', '/api/v2/partner/envelopes?limit=x', undefined, 422],
    ],
    refusal: (json) => assert.deepEqual(json, { error: sentence }),
  },
  subscribr: {
    header: (key) => ({ Authorization: `Bearer ${key}` }),
    calls: [
      ['GET', '/api/v1/team', undefined, 200],
      ['POST', '/api/v1/team/tokens', {}, 422],
      ['DELETE', '/api/v1/team/tokens/1', undefined, 404],
      ['POST', '/api/v1/team/tokens', '{"name":', 400],
    ],
    refusal: (json) => assert.deepEqual(json, { message: sentence }),
  },
};

const standOf = ({ headers }: Answer) =>
  ['limit', 'remaining', 'reset'].map((name) => {
    const text = headers.get(`x-ratelimit-${name}`);
    return text === null ? null : Number(text);
  });

for (const [dialect, { header, calls, refusal }] of Object.entries(doors) as [Dialect, Door][])
  test(`${dialect}: every answer to a known key says what is left; the call beyond is 429 in the vendor’s shape, until a minute after the first`, async () => {
    const keys = await platform.seed(`Limited at ${dialect}`, {}, { rateLimit: 4, scopes: ['envelopes:read'] });
    const minute = Math.ceil(platform.clock.now / 60_000) * 60_000 + 60_000;
    const ask = ([method, path, body]: Door['calls'][number]) => call(platform, method, path, header(keys[dialect]), body);
    const [first = assert.fail()] = calls;
    for (const start of [minute, minute + 60_000]) {
      platform.clock.now = start + 19_001;
      for (const [i, each] of calls.entries()) {
        const answer = await ask(each);
        assert.equal(answer.status, each[3], `${each[0]} ${each[1]} ${answer.text}`);
        assert.deepEqual(standOf(answer), [4, 3 - i, (start + 80_000) / 1000]);
        assert.equal(answer.headers.get('retry-after'), null);
      }
      for (const [at, seconds] of [
        [start + 20_000, 60],
        [start + 60_000, 20],
        [start + 79_000, 1],
      ] as const) {
        platform.clock.now = at;
        const refused = await ask(first);
        assert.equal(refused.status, 429);
        refusal(refused.json);
        assert.deepEqual(standOf(refused), [4, 0, (start + 80_000) / 1000]);
        assert.equal(refused.headers.get('retry-after'), String(seconds));
      }
    }
  });

test('a call beyond the minute does nothing', async () => {
  const keys = await platform.seed('Nothing done', {}, { rateLimit: 1 });
  const ask = (email: string) =>
    call(platform, 'POST', '/api/v1/partner/organizations/', doors.kelviq.header(keys.kelviq), { externalId: email, email });
  const before = platform.counts();
  assert.deepEqual([(await ask('one@limit.example')).status, (await ask('two@limit.example')).status], [201, 429]);
  assert.equal(platform.counts().kelviq, before.kelviq + 1);
});

test('each key has a minute of its own, and a customer’s keys may make as many calls as the account’s', async () => {
  const keys = await platform.seed('Own minutes', {}, { rateLimit: 2 });
  const body = { firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin Tryck' };
  const open = async (email: string) => {
    const opened = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': keys.scribeless }, { ...body, email });
    return (opened.json.apiKey as { key: string }).key;
  };
  const [one, two] = [await open('one@own.example'), await open('two@own.example')];
  const status = (key: string) => call(platform, 'GET', '/api/account/status', { 'X-API-Key': key });
  for (const key of [one, two]) {
    const answers = [await status(key), await status(key), await status(key)];
    assert.deepEqual(
      answers.map((answer) => [answer.status, standOf(answer).slice(0, 2)]),
      [
        [200, [2, 1]],
        [200, [2, 0]],
        [429, [2, 0]],
      ],
    );
    assert.deepEqual([answers[2]?.json.statusCode, answers[2]?.json.url], [429, '/api/account/status']);
  }
  platform.clock.now += 60_000;
  const team = () => call(platform, 'GET', '/api/v1/team', doors.subscribr.header(one));
  assert.deepEqual([(await team()).status, (await team()).status, (await team()).status], [200, 200, 429]);
});

test('an unknown key learns nothing of limits', async () => {
  for (const { header, calls } of Object.values(doors))
    for (const [method, path] of calls) {
      const answer = await call(platform, method, path, header('unknown'));
      assert.deepEqual([answer.status, standOf(answer)], [401, [null, null, null]]);
    }
  assert.deepEqual(platform.reported, []);
});
