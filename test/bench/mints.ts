import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteFile from 'better-sqlite3';
import { defaultFlow } from '../../server/gateway/domain/registry/default-flow.ts';
import type { Before } from '../before.ts';
import type { Alive, Born } from '../journey/crash-gateway.ts';
import { freePort } from '../start-gateway.ts';
import { builtBefore } from './world/builds.ts';
import { compare, type Row } from './world/harness.ts';
import { load } from './world/load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const body = JSON.stringify({ widget_type: 'onboarding', user_email: 'mira@harbor.example', customer: { external_id: 'c-1' } });

/** Mints per second over HTTP, 32 at once: beside the build before, and beside itself with a disk that is never waited for. */
export async function mints(say: (line: string) => void): Promise<Row[]> {
  const before = await builtBefore(say);
  const here: Before = { folder: root, node: process.execPath };
  const ours = await minter(here);
  const unsynced = await minter(here, { BENCH_UNSYNCED: '1' });
  const earlier = before && (await minter(before));
  for (const each of [ours, unsynced, earlier]) await each?.mint();
  const rows = await compare({
    what: 'Mints over HTTP, 32 connections',
    unit: '/s',
    ours: ours.mint,
    yardsticks: [
      { name: 'the same at synchronous=OFF', measure: unsynced.mint, target: { atLeast: 0.8 } },
      ...(earlier ? [{ name: 'the build before', measure: earlier.mint, target: { atLeast: 3 } }] : []),
    ],
  });
  const shared = await compare({
    what: 'Commits of those mints',
    unit: 'in 1 s',
    ours: ours.commits,
    yardsticks: [{ name: 'the mints of that second', measure: async () => ours.made(), target: { atMost: 0.2 } }],
  });
  for (const each of [unsynced, earlier]) await each?.end();
  const beside = await besideLists(ours);
  await ours.end();
  return [...rows, ...shared, ...beside];
}

/** How long the slowest of a hundred mints takes while another partner reads its list of runs without pause, beside the same when it does not. */
async function besideLists(ours: Minter): Promise<Row[]> {
  const list = await ours.crowd(100_000);
  const slowest = async () => (await ours.times()).sort((a, b) => a - b).at(-3) ?? Number.NaN;
  const rows = await compare({
    what: 'Mint while another partner lists its 100,000 runs without pause, p99',
    unit: 'ms',
    ours: async () => {
      let lists = true;
      const listing = (async () => {
        while (lists) await list();
      })();
      const time = await slowest();
      lists = false;
      await listing;
      return time;
    },
    yardsticks: [{ name: 'the same when nobody lists', measure: slowest, target: { atMost: 2 } }],
  });
  return rows;
}

type Minter = Awaited<ReturnType<typeof minter>>;

/** A gateway of a build, in a process and a data folder of its own, that is asked for tokens. */
async function minter({ folder, node }: Before, env: NodeJS.ProcessEnv = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const port = await freePort();
  const partner = { origin: 'https://portal.harbor.example', vendorKeys: { kelviq: 'kq_bench' } };
  const born: Born = { dataDir, masterKey: randomBytes(32).toString('hex'), vendorUrl: 'http://127.0.0.1:9', port, partner };
  const child = fork(join(folder, 'test/journey/crash-gateway.ts'), [JSON.stringify(born)], {
    cwd: folder,
    execPath: node,
    execArgv: [
      '--import',
      join(folder, 'server/node.js'),
      ...(folder === root ? ['--import', fileURLToPath(import.meta.resolve('./world/commits.ts'))] : []),
    ],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The gateway in ${folder} ended.`)));
  ended.catch(() => {});
  const [alive] = (await Promise.race([once(child, 'message'), ended])) as [Alive];
  const headers = { 'x-api-key': alive.partner?.key ?? '', 'content-type': 'application/json' };
  let made = 0;
  const url = `http://127.0.0.1:${port}`;
  const mint = () => load(`${url}/embed/token`, { headers, body });
  return {
    mint,
    /** Commits during a second of mints. */
    async commits(): Promise<number> {
      const start = await commitsOf(child);
      made = await mint();
      return (await commitsOf(child)) - start;
    },
    made: () => made,
    /** Milliseconds that each of 300 mints takes, 32 at once. */
    async times(): Promise<number[]> {
      const times: number[] = [];
      const agent = new Agent({ keepAlive: true, maxSockets: 32 });
      await Promise.all(
        Array.from({ length: 32 }, async () => {
          while (times.length < 300) times.push(await timed(`${url}/embed/token`, headers, body, agent));
        }),
      );
      agent.destroy();
      return times;
    },
    /** Another partner with so many runs; what reads its newest hundred. */
    async crowd(runs: number): Promise<() => Promise<void>> {
      const admin = async (path: string, more: object) => {
        const authorization = `Bearer ${alive.adminToken}`;
        const init = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(more) };
        return (await (await fetch(`${url}/api/v1/admin/partners/${path}`, init)).json()) as { id: string; key: string };
      };
      const { id } = await admin('', { name: 'Quay Leasing', contact_email: 'ops@quay.example' });
      const { key } = await admin(`${id}/keys`, {});
      const db = new SqliteFile(join(dataDir, 'gateway.db'), { timeout: 10_000 });
      const flow = JSON.stringify(defaultFlow(['kelviq', 'scribeless']));
      const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${runs})`;
      db.exec(`${numbers} insert into customer (id, partner_id, mode, external_id, profile, created_at)
        select printf('cus_%024d', i), '${id}', 'live', 'c-' || i, x'', i from n`);
      db.prepare(
        `${numbers} insert into run (id, partner_id, customer_id, mode, flow, flow_version, revision, answers, faults, status, created_at, updated_at)
        select printf('run_%024d', i), ?, printf('cus_%024d', i), 'live', ?, 1, 1, x'', '[]', 'in_progress', i, i from n`,
      ).run(id, flow);
      db.prepare(
        `insert into account (run_id, partner_id, vendor, position, state, tries, unreachable)
        select id, partner_id, 'kelviq', 0, 'ready', 0, 0 from run where partner_id = ?`,
      ).run(id);
      db.close();
      return async () => {
        const answer = await fetch(`${url}/partner/runs?limit=100`, { headers: { 'x-api-key': key } });
        if (!answer.ok || !(await answer.text()).includes('"c-')) throw new Error(`The list was answered ${answer.status}.`);
      };
    },
    async end(): Promise<void> {
      child.kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function timed(url: string, headers: Record<string, string>, text: string, agent: Agent): Promise<number> {
  const start = performance.now();
  const asked = request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(text) }, agent });
  asked.end(text);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode !== 200) throw new Error(`The mint was answered ${answer.statusCode}.`);
  return performance.now() - start;
}

async function commitsOf(child: ChildProcess): Promise<number> {
  child.kill('SIGUSR2');
  const [{ commits }] = (await once(child, 'message')) as [{ commits: number }];
  return commits;
}
