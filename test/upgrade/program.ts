import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Before } from '../before.ts';
import { eventually, freePort } from '../start-gateway.ts';

/** This build, as what `Before` says of the one before. */
export const present: Before = { folder: fileURLToPath(new URL('../..', import.meta.url)), node: process.execPath };

/** What `demo.json` says, in every version. */
export interface Demo {
  readonly gatewayUrl: string;
  readonly platformUrl: string;
  readonly portalUrl: string;
  readonly partnerId: string;
  readonly partnerKey: string;
  readonly adminToken: string;
  readonly vendorKeys: { readonly scribeless: string; readonly kelviq: string; readonly loyva: string; readonly subscribr: string };
}

/** Longer than a busy machine takes for a first start, in milliseconds. */
const patience = 180_000;

export type House = Awaited<ReturnType<typeof houseIn>>;

/** A data folder and its addresses, which stay the same whichever build runs on it. */
export async function houseIn(dataDir: string) {
  const env = {
    INLAY_DATA_DIR: dataDir,
    INLAY_GATEWAY_PORT: String(await freePort()),
    INLAY_PLATFORM_PORT: String(await freePort()),
    INLAY_PORTAL_PORT: String(await freePort()),
    PLATFORM_WEBHOOK_ALLOW: 'http://127.0.0.1:9',
  };
  const running = new Set<ChildProcess>();
  const key = (name: string) => readFileSync(join(dataDir, `${name}.key`), 'utf8').trim();

  /** A build's own program, by its own Node, in a process group of its own. */
  function launch({ folder, node }: Before, args: readonly string[] = [], more: Record<string, string> = {}) {
    const child = spawn(node, ['--import', './server/node.js', 'server/main.ts', ...args], {
      cwd: folder,
      env: { ...process.env, ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(() => running.delete(child));
    const says = (word: string) =>
      eventually(async () => {
        assert.ok(child.exitCode === null && child.signalCode === null, `It ended:\n${said}`);
        return said.includes(word);
      }, patience).catch((error: Error) => assert.fail(`${error.message}\n${said}`));
    return {
      said: () => said,
      ended,
      says,
      /** Ends it as an operator does. */
      async stop(): Promise<void> {
        child.kill('SIGTERM');
        assert.equal(await ended, 0, said);
      },
      /** Ends all of its processes in the middle of whatever they do. */
      async kill(): Promise<void> {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
        await ended;
      },
    };
  }

  return {
    dataDir,
    /** `npm start`, once it is there. */
    async demo(build: Before) {
      const program = launch(build);
      await program.says('Ctrl-C ends everything');
      return { ...program, life: JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo };
    },
    /** One part alone, as `npm run <part>` has it; nothing is seeded. */
    part: (build: Before, name: 'platform' | 'gateway') =>
      launch(build, [name], { INLAY_PLATFORM_KEY: key('platform'), INLAY_MASTER_KEY: key('master') }),
    /** What a test that failed has left running. */
    killAll(): void {
      for (const { pid } of running) if (pid) process.kill(-pid, 'SIGKILL');
    },
  };
}
