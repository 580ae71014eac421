import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { magics } from '../../../server/platform/domain/sandbox/magic.ts';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.close());

let made = 0;
const bodies = {
  scribeless: (email: string) => ({ email, firstName: 'Ada', lastName: 'Nordin', companyName: 'Magic Co' }),
  kelviq: (email: string) => ({ email, externalId: `magic-${++made}`, businessName: 'Magic Co' }),
};
type Vendor = keyof typeof bodies;
const paths = { scribeless: '/api/partner/teams', kelviq: '/api/v1/partner/organizations/' };
const headersOf = (vendor: Vendor, keys = platform.keys) => ({
  [vendor === 'scribeless' ? 'X-API-Key' : 'X-Kelviq-Partner-Key']: keys[vendor],
});
const provision = (vendor: Vendor, email: string, keys = platform.keys) =>
  call(platform, 'POST', paths[vendor], headersOf(vendor, keys), bodies[vendor](email));
const rows = (vendor: Vendor) => platform.counts()[vendor === 'scribeless' ? 'teams' : 'kelviq'];

/** Sends the call, waits until the platform has the whole of it and `done` holds, and leaves without an answer. */
async function leaveUnanswered(vendor: Vendor, email: string, done: () => boolean): Promise<void> {
  let answered = false;
  const body = JSON.stringify(bodies[vendor](email));
  const sent = httpRequest(platform.url + paths[vendor], {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headersOf(vendor) },
  });
  sent.on('response', () => {
    answered = true;
  });
  sent.on('error', () => undefined);
  sent.end(body);
  // Other calls that come in later are answered, so by then this one has been worked on.
  do await call(platform, 'GET', '/', {});
  while (!done());
  assert.equal(answered, false);
  sent.destroy();
}

for (const vendor of ['scribeless', 'kelviq'] as const) {
  const success = vendor === 'scribeless' ? 200 : 201;

  test(`${vendor}: +400, +401, +500 and +rubbish do nothing, every time`, async () => {
    const before = platform.counts();
    for (const _ of [1, 2]) {
      const refused = await provision(vendor, 'a+400@magic.example');
      assert.equal(refused.status, 400);
      assert.match(refused.text, /email/);
      assert.equal((await provision(vendor, 'a+401@magic.example')).status, 401);
      const failed = await provision(vendor, 'a+500@magic.example');
      assert.equal(failed.status, 500);
      assert.ok(vendor === 'scribeless' ? failed.json.error === true : typeof failed.json.detail === 'string');
      const rubbish = await provision(vendor, 'a+rubbish@magic.example');
      assert.equal(rubbish.status, 200);
      assert.match(rubbish.headers.get('content-type') ?? '', /^text\/html/);
    }
    assert.deepEqual(platform.counts(), before);
  });

  test(`${vendor}: +500-after does the work and answers 500, on the first call only`, async () => {
    const email = `b+500-after@${vendor}.example`;
    const before = rows(vendor);
    assert.equal((await provision(vendor, email)).status, 500);
    assert.equal(rows(vendor), before + 1);
    const again = await provision(vendor, email.toUpperCase());
    assert.equal(again.status, vendor === 'scribeless' ? 200 : 409);
  });

  test(`${vendor}: +timeout does nothing and never answers; the platform stays answerable`, async () => {
    const before = platform.counts();
    let turns = 0;
    await leaveUnanswered(vendor, 'c+timeout@magic.example', () => ++turns > 5);
    assert.deepEqual(platform.counts(), before);
  });

  test(`${vendor}: +timeout-after does the work and never answers, on the first call only`, async () => {
    const email = `d+timeout-after@${vendor}.example`;
    const before = rows(vendor);
    await leaveUnanswered(vendor, email, () => rows(vendor) > before);
    assert.equal(rows(vendor), before + 1);
    assert.equal((await provision(vendor, email)).status, vendor === 'scribeless' ? 200 : 409);
  });

  test(`${vendor}: an ending that is no magic is an ordinary address`, async () => {
    for (const name of ['newsletter', 'constructor', '5000', ''])
      assert.equal((await provision(vendor, `e+${name}@${vendor}.example`)).status, success);
  });
}

test('Kelviq: +409 says the e-mail is taken, but a repeated external id comes first', async () => {
  assert.equal((await provision('kelviq', 'f+409@magic.example')).status, 409);
  const taken = { externalId: 'f-1', email: 'f@magic.example' };
  assert.equal((await call(platform, 'POST', paths.kelviq, headersOf('kelviq'), taken)).status, 201);
  const both = await call(platform, 'POST', paths.kelviq, headersOf('kelviq'), { ...taken, email: 'f+409@magic.example' });
  assert.equal(both.status, 400);
  assert.equal((await provision('scribeless', 'f+409@magic.example')).status, 200);
});

test('-after magic is counted by account and vendor, and survives a restart', async (t) => {
  const first = await startPlatform();
  t.after(() => first.close());
  const email = 'g+500-after@magic.example';
  const others = await first.seed('Another partner');
  const ask = (where: StartedPlatform, vendor: Vendor, keys: StartedPlatform['keys']) =>
    call(where, 'POST', paths[vendor], headersOf(vendor, keys), bodies[vendor](email));
  assert.equal((await ask(first, 'scribeless', first.keys)).status, 500);
  assert.equal((await ask(first, 'kelviq', first.keys)).status, 500);
  assert.equal((await ask(first, 'scribeless', others)).status, 500);
  const second = await startPlatform({ dataDir: first.dataDir, key: first.key });
  assert.equal((await ask(second, 'scribeless', second.keys)).status, 200);
  await second.close();
});

test('the platform’s own page lists every magic', async () => {
  const { text } = await call(platform, 'GET', '/', {});
  for (const name of Object.keys(magics)) assert.ok(text.includes(`<code>+${name}</code>`), name);
  assert.deepEqual(platform.reported, []);
});
