import { littleByLittle } from '../jobs.ts';
import type { Provisioning } from './domain/onboarding/provisioning.ts';
import type { KeptCalls } from './domain/proxy/kept-calls.ts';
import type { ClockWatch } from './domain/records/clock-watch.ts';
import type { SigningWorker } from './domain/signing/signing.ts';

/** What the gateway does without being asked. */
export const gatewayJobs = ({
  clock,
  now,
  provisioning,
  signing,
  calls,
  checkLog,
  tryWriting,
  purges,
}: {
  clock: ClockWatch;
  now: () => number;
  provisioning: Provisioning;
  signing: SigningWorker;
  calls: Pick<KeptCalls, 'tick'>;
  checkLog: () => Promise<void>;
  tryWriting: () => Promise<void>;
  /** Each forgets some of what is over by then, and says whether there may be more. */
  purges: readonly ((at: number) => Promise<boolean>)[];
}) => [
  { name: 'provisioning', every: 1_000, run: () => clock.look().then(provisioning.tick) },
  { name: 'signing', every: 1_000, run: () => clock.look().then(signing.tick) },
  { name: 'calls', every: 1_000, run: () => calls.tick(now()) },
  { name: 'log', every: 1_000, run: checkLog },
  { name: 'writing', every: 1_000, run: tryWriting },
  {
    name: 'purge',
    every: 60_000,
    run: async () => {
      for (const purge of purges) await littleByLittle(() => purge(now()));
    },
  },
];
