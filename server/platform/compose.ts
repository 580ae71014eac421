import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Koa from 'koa';
import type { Report } from '../http/problem.ts';
import type { Job } from '../jobs.ts';
import { openPost } from '../outbound/mail.ts';
import { outboxOn } from '../storage/outbox.ts';
import { secretBox } from '../storage/secret-box.ts';
import { appOf } from './app.ts';
import { accountsOf, type PartnerKeys } from './domain/accounts.ts';
import { invitationsOf } from './domain/invitations.ts';
import { linksOf } from './domain/links.ts';
import { organizationsOf } from './domain/organizations.ts';
import { teamsOf } from './domain/teams.ts';
import { postMails } from './jobs/mail.ts';
import { kelviqRoutes } from './routes/kelviq.ts';
import { pageRoutes } from './routes/pages.ts';
import { scribelessRoutes } from './routes/scribeless.ts';
import { openStore } from './stores/store.ts';

export interface PlatformConfig {
  readonly dataDir: string;
  /** Where browsers reach the platform. Read whenever a link is made, so it may become known only after listening. */
  readonly publicUrl: string;
  /** Opens `/outbox` and the demo checkout. */
  readonly demo: boolean;
  /** Without it mails become files in `<dataDir>/outbox`. */
  readonly smtpUrl: string | undefined;
}

export interface Platform {
  readonly app: Koa;
  readonly jobs: readonly Job[];
  readonly verbs: {
    /** Makes the account of this name once; keys that are still its own come back as they are, others are replaced by new ones. */
    seed(account: { name: string; keys?: Partial<PartnerKeys> }): Promise<PartnerKeys>;
  };
  close(): Promise<void>;
}

/** Puts the platform together. `secrets.key` is 32 bytes; everything sealed or linked depends on it. */
export async function compose(
  config: PlatformConfig,
  secrets: { readonly key: Uint8Array },
  edges: { readonly now: () => number; readonly report: Report },
): Promise<Platform> {
  const { now, report } = edges;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const box = secretBox(secrets.key);
  const { store, database } = await openStore(join(config.dataDir, 'platform.db'), box);
  const host = new URL(config.publicUrl).hostname;
  const post = openPost({ smtpUrl: config.smtpUrl, folder: join(config.dataDir, 'outbox'), host });
  const style = await readFile(new URL('./pages/platform.css', import.meta.url), 'utf8');

  const links = linksOf(config, box.fingerprint);
  const accounts = accountsOf(store);
  const teams = teamsOf(store, links);
  const organizations = organizationsOf(store, links);
  const invitations = invitationsOf(store);

  const doors = [
    scribelessRoutes({ accounts, teams, links }, now),
    kelviqRoutes({ accounts, organizations }, now),
    pageRoutes({ teams, invitations, mails: store.read.mails, links }, { demo: config.demo, style, now }),
  ];
  return {
    app: appOf(doors, report),
    jobs: [postMails({ queue: outboxOn(database.write), post, links, now })],
    verbs: { seed: ({ name, keys = {} }) => accounts.seed(name, keys, now()) },
    async close() {
      post.close();
      await database.close();
    },
  };
}
