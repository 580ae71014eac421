import type { Provisioning } from '../domain/provisioning.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { Signing } from '../domain/signing.ts';

/** What the gateway does without being asked. */
export const gatewayJobs = ({
  provisioning,
  signing,
  sessions,
  purgeAnswers,
}: {
  provisioning: Provisioning;
  signing: Signing;
  sessions: Sessions;
  purgeAnswers: () => Promise<unknown>;
}) => [
  { name: 'provisioning', every: 1_000, run: provisioning.tick },
  { name: 'signing', every: 1_000, run: signing.tick },
  {
    name: 'purge',
    every: 3_600_000,
    run: async () => {
      await sessions.purge();
      await purgeAnswers();
    },
  },
];
