import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { ceremonyPath } from '../../shared/signing/ceremony.ts';
import { onePage, pages, pdf } from '../fixtures/pdf/build.ts';
import { embedToken, linkToken, sendEnvelope } from '../platform/ceremony/ceremony-stage.ts';
import { envelopesPath } from '../platform/world/envelopes.ts';
import type { StartedPlatform } from '../start-platform.ts';
import { compare, type Row } from './world/harness.ts';

/** What one account feels of another that does as much as it can: A uploads without pause, and A's signer sends bodies of very many names. */
export async function parties(): Promise<Row[]> {
  const child = fork(new URL('../platform/vault/paused.child.ts', import.meta.url), ['2']);
  const [{ url, keys }] = (await once(child, 'message')) as [{ url: string; keys: StartedPlatform['keys'][] }];
  const [a, b] = keys.map((own) => ({ url, keys: own }) as StartedPlatform);
  if (!a || !b) throw new Error('There are not two accounts.');
  const small = pdf(onePage('One page'));
  const large = pages(150);
  const token = await linkToken(a, await sendEnvelope(a), 'ada@nordin.example');
  const envelope = await sendEnvelope(b);
  const besideNames = async (work: () => Promise<number>): Promise<number> => {
    const sender = fork(new URL('./world/names.child.ts', import.meta.url), [`${url}${ceremonyPath}/fields`, token]);
    await once(sender, 'message');
    try {
      return await work();
    } finally {
      sender.kill();
    }
  };
  const mint = () => embedToken(b, envelope, 'ada@nordin.example');
  for (let i = 0; i < 5; i++) await upload(b, small);
  for (let i = 0; i < 200; i++) await mint();
  try {
    return [
      ...(await compare({
        what: 'One page of B while A uploads 36 × 150 pages without pause, p99',
        unit: 'ms',
        rounds: 3,
        ours: () =>
          beside(
            36,
            () => upload(a, large),
            () => slowest(30, () => upload(b, small)),
          ),
        yardsticks: [
          { name: 'beside two busy loops', measure: () => busy(() => slowest(30, () => upload(b, small))), target: { atMost: 3 } },
        ],
      })),
      ...(await compare({
        what: "B's mint at the platform while A's signer sends 3 MB of names, p99",
        unit: 'ms',
        rounds: 3,
        ours: () => besideNames(() => slowest(300, mint)),
        yardsticks: [{ name: 'the same when idle', measure: () => slowest(300, mint), target: { atMost: 3 } }],
      })),
    ];
  } finally {
    child.kill();
  }
}

async function upload({ url, keys }: StartedPlatform, bytes: Buffer): Promise<void> {
  const form = new FormData();
  for (const [name, text] of Object.entries({ customer_email: 'ada@shop.example', customer_name: 'Ada' })) form.set(name, text);
  form.set('document', new Blob([new Uint8Array(bytes)]), 'a.pdf');
  const answer = await fetch(url + envelopesPath, { method: 'POST', headers: { 'X-API-Key': keys.loyva }, body: form });
  await answer.arrayBuffer();
  // A full queue refuses those who fill it, who soon come again.
  if (answer.status === 503 || answer.status === 429) await new Promise((resolve) => setTimeout(resolve, 500));
  else if (answer.status !== 201) throw new Error(`An upload was answered ${answer.status}.`);
}

/** The 99th of a hundred times, in milliseconds. */
async function slowest(often: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < often; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[Math.floor(often * 0.99)] ?? Number.NaN;
}

/** What is measured while so many do something again and again. */
async function beside(lanes: number, work: () => Promise<unknown>, measure: () => Promise<number>): Promise<number> {
  let over = false;
  const lane = async () => {
    while (!over) await work();
  };
  const all = Array.from({ length: lanes }, lane);
  const figure = await measure().finally(() => {
    over = true;
  });
  await Promise.all(all);
  return figure;
}

/** What is measured beside two programs that do nothing but compute, of the priority that files are read at. */
async function busy(measure: () => Promise<number>): Promise<number> {
  const loops: ChildProcess[] = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  for (const { pid } of loops) if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return measure().finally(() => {
    for (const loop of loops) loop.kill();
  });
}
