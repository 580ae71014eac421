import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { Alive, Born, Death } from '../../journey/crash-gateway.ts';
import { type Standin, startStandin } from '../../standin/standin.ts';
import { eventually, freePort } from '../../start-gateway.ts';
import { ada, createVisitor, mintedToken } from '../../visitor.ts';
import { actOn, frameOf, signByTemplate } from '../onboarding/template-flow.ts';
import { answered } from '../world/answers.ts';
import { passFor } from '../world/gateway-child.ts';

const origin = 'https://portal.harbor.example';
/** Longer than a vendor is given to finish what it may be in the middle of. */
const ahead = 100_000;
let loyva: Standin;
let dataDir: string;
before(async () => {
  loyva = await startStandin({ rpm: 6_000 });
  dataDir = await mkdtemp(join(tmpdir(), 'inlay-framed-'));
});
after(async () => {
  await loyva.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** A gateway in a process of its own, that dies where it is told to; each start goes on with the same data. */
async function openLife() {
  const port = await freePort();
  const born: Born = { dataDir, masterKey: randomBytes(32).toString('hex'), vendorUrl: loyva.url, port };
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let partner = { id: '', key: '' };
  return {
    async start(die?: Death) {
      const first = partner.id ? {} : { partner: { origin, vendorKeys: { loyva: loyva.key } } };
      const started = fork(new URL('../../journey/crash-gateway.ts', import.meta.url), [JSON.stringify({ ...born, ...first, die })]);
      child = started;
      const gone = once(started, 'exit');
      const [alive] = (await once(started, 'message')) as [Alive];
      partner = alive.partner ?? partner;
      const admin = (method: string, path: string, body?: unknown) =>
        fetch(url + path, {
          method,
          headers: { authorization: `Bearer ${alive.adminToken}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      return { gone, admin, pass: (ms: number) => passFor(started, ms) };
    },
    get partner() {
      return partner;
    },
    async enter(late = 0) {
      const visitor = await createVisitor(url, origin, () => Date.now() + late);
      await answered(visitor.open(await mintedToken(url, partner.key)), 201);
      return visitor;
    },
    adopt: (run: string, envelope_id: string | undefined) =>
      fetch(`${url}/partner/runs/${run}/adopt`, {
        method: 'POST',
        headers: { 'x-api-key': partner.key, 'content-type': 'application/json' },
        body: JSON.stringify({ envelope_id }),
      }),
    kill: () => child?.kill('SIGKILL'),
  };
}

test('a gateway killed between the vendor’s answer and its own books asks for nothing twice, says that it does not know, and is told', async () => {
  const life = await openLife();
  try {
    const first = await life.start();
    await signByTemplate(first, life.partner.id, loyva.templateId);
    life.kill();
    await first.gone;

    const dying = await life.start({ point: 'after-call', vendor: 'envelope' });
    const customer = await life.enter();
    await customer.submit(ada).catch(() => undefined);
    assert.equal((await dying.gone)[1], 'SIGKILL');
    assert.equal(loyva.envelopes.size, 1);

    const again = await life.start({ point: 'after-call', vendor: 'vault-in' });
    await again.pass(ahead);
    const back = await life.enter(ahead);
    const until = (wanted: (run: OnboardingView) => unknown) =>
      eventually(async () => {
        const run = await back.run();
        return wanted(run) ? run : undefined;
      });
    const { run_id } = await until(({ status }) => status === 'unknown');
    const [made] = [...loyva.envelopes.values()];
    await answered(life.adopt(run_id, made?.id));
    await actOn(await frameOf(back), 'view', 'sign');
    assert.equal((await again.gone)[1], 'SIGKILL');

    const last = await life.start();
    await last.pass(ahead);
    const end = await eventually(async () => {
      const run = await back.run();
      return run.sign?.vaulted_at ? run : undefined;
    });
    assert.deepEqual([end.status, end.sign?.envelope_id, loyva.envelopes.size, made?.status], ['done', made?.id, 1, 'vaulted']);
  } finally {
    life.kill();
  }
});
