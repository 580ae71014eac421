import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { newDataFolder } from '../../data-folder.ts';
import type { Alive, Born } from '../../journey/crash-gateway.ts';
import { freePort } from '../../start-gateway.ts';

/** Time passes for a gateway in a process of its own; it has passed when this is over. */
export async function passFor(child: ChildProcess, ms: number): Promise<void> {
  const passed = once(child, 'message');
  child.send(ms);
  await passed;
}

/** A gateway in a process of its own, on one folder for all of its lives. */
export async function gatewayChild(vendorUrl: string, origin: string, vendorKeys: Partial<Record<VendorName, string>>) {
  const dataDir = await newDataFolder('inlay-gateway-');
  const port = await freePort();
  const born: Born = { dataDir, masterKey: randomBytes(32).toString('hex'), vendorUrl, port };
  let child: ChildProcess | undefined;

  async function start(partner?: Born['partner']): Promise<Alive> {
    const script = new URL('../../journey/crash-gateway.ts', import.meta.url);
    child = fork(script, [JSON.stringify({ ...born, ...(partner && { partner }) })], { execArgv: [...process.execArgv, '--expose-gc'] });
    const [alive] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('It did not start.'))),
    ]);
    return alive as Alive;
  }
  const { partner, adminToken } = await start({ origin, vendorKeys });
  if (!partner) throw new Error('It made no partner.');
  return {
    url: `http://127.0.0.1:${port}`,
    partner,
    adminToken,
    get pid(): number {
      return child?.pid ?? 0;
    },
    get alive(): boolean {
      return child?.exitCode === null && child.signalCode === null;
    },
    /** Bytes, garbage apart: what its objects and buffers hold, and what the system keeps for it. */
    async memory(): Promise<{ held: number; resident: number }> {
      assert.ok(child);
      const collected = once(child, 'message');
      child.send('collect');
      const [left] = await collected;
      return left as { held: number; resident: number };
    },
    /** Ends it as if the power had gone, and starts it again. */
    async killAndStart(): Promise<void> {
      if (!child) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await start();
    },
    async close(): Promise<void> {
      if (child && child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
