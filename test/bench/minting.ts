import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alive, Born } from '../journey/crash-gateway.ts';
import { freePort } from '../start-gateway.ts';
import { compare, type Row } from './world/harness.ts';
import { begin } from './world/servers.ts';

/** How long one mint takes while a platform on the same machine seals without pause, beside the same mint when it rests. */
export async function minting(say: (line: string) => void): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inlay-bench-'));
  const port = await freePort();
  const born: Born = {
    dataDir,
    masterKey: randomBytes(32).toString('hex'),
    vendorUrl: 'http://127.0.0.1:9',
    port,
    partner: { origin: 'https://portal.harbor.example', vendorKeys: { kelviq: 'kq_bench', scribeless: 'sk_bench' } },
  };
  const gateway = await begin<Alive>('../journey/crash-gateway.ts', [JSON.stringify(born)], 0);
  const sealer = await begin('./world/sealing.child.ts', [], 1);
  const agent = new Agent({ keepAlive: true });
  const mint = () => timed(`http://127.0.0.1:${port}/embed/token`, gateway.said.partner?.key ?? '', agent);
  for (let i = 0; i < 200; i++) await mint();

  /** Both figures of a round come from the same mints, sorted by how long each took. */
  const latest: { busy: number[]; idle: number[] } = { busy: [], idle: [] };
  const mints = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < 300; i++) times.push(await mint());
    return times.sort((a, b) => a - b);
  };
  const measure = async (state: 'busy' | 'idle'): Promise<void> => {
    if (state === 'busy') sealer.child.send('seal');
    latest[state] = await mints();
    if (state === 'idle') return;
    sealer.child.send('rest');
    const [said] = (await once(sealer.child, 'message')) as [{ sealed: number }];
    sealed = said.sealed;
  };
  let sealed = 0;
  const rows: Row[] = [];
  for (const [share, atMost] of [
    [0.5, 2],
    [0.99, 5],
  ] as const) {
    const at = (state: 'busy' | 'idle') => async () => {
      await measure(state);
      return latest[state][Math.floor(latest[state].length * share)] ?? Number.NaN;
    };
    rows.push(
      ...(await compare({
        what: `Mint while sealing without pause, p${share * 100}`,
        unit: 'ms',
        rounds: 5,
        ours: at('busy'),
        yardsticks: [{ name: 'the same when nothing is sealed', measure: at('idle'), target: { atMost } }],
      })),
    );
  }
  say(`${sealed} files of 10 pages were sealed meanwhile.`);
  agent.destroy();
  gateway.child.kill();
  sealer.child.kill();
  await rm(dataDir, { recursive: true, force: true });
  return rows;
}

const body = JSON.stringify({ widget_type: 'onboarding', user_email: 'mira@harbor.example', customer: { external_id: 'c-1' } });

function timed(url: string, key: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(url, { method: 'POST', headers, agent }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - start);
        else reject(new Error(`The mint was answered ${answer.statusCode}.`));
      });
    })
      .once('error', reject)
      .end(body);
  });
}
