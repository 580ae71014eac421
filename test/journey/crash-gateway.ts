import { setTimeout } from 'node:timers/promises';
import type { Edges } from '../../server/gateway/domain/records/ports.ts';
import type { VendorName } from '../../shared/onboarding/flow.ts';
import { movableClock, startGateway } from '../start-gateway.ts';

/** Where a gateway ends itself, as if the power had gone. */
export interface Death {
  readonly point: 'before-call' | 'after-call' | 'after-commit';
  /** The vendor whose account is asked for, or what else is asked. */
  readonly vendor: Parameters<Edges['reached']>[1];
}

export interface Born {
  readonly dataDir: string;
  /** In hex. */
  readonly masterKey: string;
  readonly vendorUrl: string;
  readonly port: number;
  readonly die?: Death | undefined;
  /** Make a partner; the first start does. */
  readonly partner?: { readonly origin: string; readonly vendorKeys: Partial<Record<VendorName, string>> };
}

export interface Alive {
  readonly adminToken: string;
  readonly partner?: { readonly id: string; readonly key: string };
}

/** A gateway in a process of its own, to be killed. A number sent to it moves its clock forward by that many milliseconds, and it says so; `collect` collects garbage and tells what is left. */
const { masterKey, partner, die, ...rest } = JSON.parse(process.argv[2] ?? '') as Born;
process.on('disconnect', () => process.exit());
const clock = movableClock();
process.on('message', async (said: number | 'collect') => {
  if (said !== 'collect') {
    clock.advance(said);
    process.send?.('advanced');
    return;
  }
  process.send?.(await collected());
});

/** What is left once collecting frees nothing more: buffers go some turns after the objects that held them. */
async function collected(): Promise<{ held: number; resident: number }> {
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    globalThis.gc?.();
    await setTimeout(200);
    const { heapUsed, external, rss } = process.memoryUsage();
    const held = heapUsed + external;
    if (held >= last) return { held, resident: rss };
    last = held;
  }
}
const gateway = await startGateway({
  ...rest,
  clock,
  masterKey: Buffer.from(masterKey, 'hex'),
  reached: (point, vendor) => {
    if (die?.point === point && die.vendor === vendor) process.kill(process.pid, 'SIGKILL');
  },
});
const alive: Alive = {
  adminToken: gateway.adminToken,
  ...(partner && { partner: await gateway.partner({ origins: [partner.origin], vendorKeys: partner.vendorKeys }) }),
};
process.send?.(alive);
