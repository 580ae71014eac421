import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { readRuns } from '../../shared/partner.ts';
import { newDataFolder } from '../data-folder.ts';
import { freePort } from '../start-gateway.ts';
import { type StartedPlatform, startPlatform } from '../start-platform.ts';
import { ada, createVisitor, mintedToken } from '../visitor.ts';
import type { Alive, Born, Death } from './crash-gateway.ts';

const origin = 'https://portal.harbor.example';

export interface Life {
  readonly child: ChildProcess;
  readonly adminToken: string;
  /** The signal that ended it. */
  readonly gone: Promise<NodeJS.Signals | null>;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** One partner whose gateway dies and is started again on the same data, and the platform, which does not. */
export async function openWorld(
  between: (platform: StartedPlatform) => Promise<{ url: string; close(): void } | undefined> = async () => undefined,
) {
  const platform = await startPlatform();
  // The platform's days pass quickly, so that a new team is ready at the first look.
  const days = setInterval(() => {
    platform.clock.now += 5_000;
  }, 1);
  const line = await between(platform);
  const dataDir = await newDataFolder('inlay-crash-');
  const masterKey = randomBytes(32);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const born = { dataDir, masterKey: masterKey.toString('hex'), vendorUrl: line?.url ?? platform.url, port };
  let life: Life | undefined;
  let partner = { id: '', key: '' };

  function give(birth: Born, env: NodeJS.ProcessEnv = {}) {
    const child = fork(new URL('./crash-gateway.ts', import.meta.url), [JSON.stringify(birth)], { env: { ...process.env, ...env } });
    const gone = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
    const alive = once(child, 'message').then(([said]) => said as Alive);
    return { child, gone, alive };
  }

  /** The first start makes the partner. */
  async function start(die?: Death, env?: NodeJS.ProcessEnv): Promise<Life> {
    const { alive, ...rest } = give({ ...born, die, ...(!partner.id && { partner: { origin, vendorKeys: platform.keys } }) }, env);
    const said = await Promise.race([alive, rest.gone.then((signal) => assert.fail(`The gateway ended at its start: ${signal}`))]);
    partner = said.partner ?? partner;
    life = { ...rest, adminToken: said.adminToken };
    return life;
  }

  return {
    url,
    dataDir,
    masterKey,
    platform,
    start,
    /** The process that is, or was last, alive. */
    get life(): Life {
      assert.ok(life);
      return life;
    },
    /** Starts and ends it again at that moment, which may be before it listens: so many milliseconds after its birth. */
    async startAndKill(after: number): Promise<void> {
      const { child, gone } = give(born);
      setTimeout(() => child.kill('SIGKILL'), after);
      await gone;
    },
    /** A customer's browser, with an open session. */
    async enter(external_id: string, ahead = 0) {
      const visitor = await createVisitor(url, origin, () => Date.now() + ahead);
      const opened = await visitor.open(await mintedToken(url, partner.key, { customer: { external_id } }));
      assert.equal(opened.status, 201, await opened.text());
      return visitor;
    },
    /** The partner's own server calls a vendor through the gateway. */
    call: (path: string, key: string, body: object): Promise<Response> =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'x-api-key': partner.key, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      }),
    runs: () => readRuns({ gateway: url, key: partner.key, fetch: globalThis.fetch }, 100_000),
    /** What the partner decides about a run. */
    decide: (runId: string, verb: 'retry' | 'adopt', body: object = {}): Promise<Response> =>
      fetch(`${url}/partner/runs/${runId}/${verb}`, {
        method: 'POST',
        headers: { 'x-api-key': partner.key, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async checkpoint(): Promise<string> {
      const path = `/api/v1/admin/partners/${partner.id}/audit`;
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${life?.adminToken}` } });
      return ((await answer.json()) as { checkpoint: string }).checkpoint;
    },
    async close(): Promise<void> {
      life?.child.kill('SIGKILL');
      await life?.gone;
      clearInterval(days);
      line?.close();
      await platform.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export const emailOf = (external_id: string): string => `owner@${external_id}.example`;
export const answersOf = (external_id: string) => ({ ...ada, email: emailOf(external_id) });
