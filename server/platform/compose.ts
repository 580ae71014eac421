import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Koa from 'koa';
import type { Report } from '../http/problem.ts';
import { loadAssets } from '../http/static.ts';
import type { Job } from '../jobs.ts';
import { openPost } from '../outbound/mail.ts';
import { outboxOn } from '../storage/outbox.ts';
import { secretBox } from '../storage/secret-box.ts';
import { appOf } from './app.ts';
import { openDocuments } from './documents/documents.ts';
import { accountsOf, type KeyLimits, type PartnerKeys } from './domain/accounts.ts';
import { ceremoniesOf } from './domain/ceremony.ts';
import { createEnvelopes } from './domain/create-envelope.ts';
import { embedTokensOf } from './domain/embed-tokens.ts';
import { envelopesOf } from './domain/envelopes.ts';
import { expiryOf } from './domain/expiry.ts';
import { filesOf } from './domain/files.ts';
import { invitationsOf } from './domain/invitations.ts';
import { limitsOf } from './domain/limits.ts';
import { linksOf } from './domain/links.ts';
import { organizationsOf } from './domain/organizations.ts';
import { passesOf } from './domain/passes.ts';
import { type SealingStep, sealingOf } from './domain/sealing.ts';
import { teamsOf } from './domain/teams.ts';
import { vaultOf } from './domain/vault.ts';
import { authorityPem, identityOf } from './identity.ts';
import { expireOverdue } from './jobs/expire.ts';
import { postMails } from './jobs/mail.ts';
import { sealFinished } from './jobs/seal.ts';
import { vaultCompleted } from './jobs/vault.ts';
import { callersOf } from './routes/callers.ts';
import { ceremonyRoutes } from './routes/ceremony.ts';
import { fileRoutes } from './routes/files.ts';
import { kelviqRoutes } from './routes/kelviq.ts';
import { envelopeRoutes } from './routes/loyva-envelopes.ts';
import { tokenRoutes } from './routes/loyva-token.ts';
import { vaultRoutes } from './routes/loyva-vault.ts';
import { pageRoutes } from './routes/pages.ts';
import { scribelessRoutes } from './routes/scribeless.ts';
import { signRoutes } from './routes/sign.ts';
import { openStore } from './stores/store.ts';
import { openVessel } from './stores/vessel.ts';

export interface PlatformConfig {
  readonly dataDir: string;
  /** The folder with the built scripts that the signing page loads. */
  readonly assets: string;
  /** Where browsers reach the platform. Read whenever a link is made, so it may become known only after listening. */
  readonly publicUrl: string;
  /** Opens `/outbox` and the demo checkout. */
  readonly demo: boolean;
  /** Without it mails become files in `<dataDir>/outbox`. */
  readonly smtpUrl: string | undefined;
  /** Is what is completed vaulted by itself, or only when the partner asks? */
  readonly vaulting: 'manual' | 'auto';
  /** The operator's own signing key; without it the platform makes an authority of its own. */
  readonly pkcs12?: { readonly bytes: Uint8Array; readonly password: string } | undefined;
}

export interface Platform {
  readonly app: Koa;
  readonly jobs: readonly Job[];
  readonly verbs: {
    /** Makes the account of this name once; keys that are still its own come back as they are, others are replaced by new ones. */
    seed(account: { name: string; keys?: Partial<PartnerKeys>; limits?: KeyLimits }): Promise<PartnerKeys>;
  };
  close(): Promise<void>;
}

/** The edges of the program: what a test replaces, and nothing else. */
export interface Edges {
  readonly now: () => number;
  readonly report: Report;
  /** Lets the job of this name run now. */
  readonly wake: (job: string) => void;
  /** Called at the named points of a sealing; a crash test ends the process in it. */
  readonly reached: (step: SealingStep) => void;
}

/** Puts the platform together. `secrets.key` is 32 bytes; everything sealed or linked depends on it. */
export async function compose(config: PlatformConfig, secrets: { readonly key: Uint8Array }, edges: Edges): Promise<Platform> {
  const { now, report, wake, reached } = edges;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const box = secretBox(secrets.key);
  const { store, database } = await openStore(join(config.dataDir, 'platform.db'), box);
  const identity = await identityOf(store, config.pkcs12, now());
  const documents = openDocuments({ identity });
  const vessel = openVessel(join(config.dataDir, 'blobs'));
  const host = new URL(config.publicUrl).hostname;
  const post = openPost({ smtpUrl: config.smtpUrl, folder: join(config.dataDir, 'outbox'), host });
  const style = await readFile(new URL('./pages/platform.css', import.meta.url), 'utf8');

  const links = linksOf(config, box.fingerprint);
  const accounts = accountsOf(store);
  const callers = callersOf({ accounts, limits: limitsOf(now) });
  const teams = teamsOf(store, links);
  const organizations = organizationsOf(store, links);
  const invitations = invitationsOf(store);
  const embedTokens = embedTokensOf(box.fingerprint('embed-tokens'));
  const envelopes = envelopesOf(store, links, embedTokens);
  const createEnvelope = createEnvelopes({ store, documents, vessel, links });
  const files = filesOf({ store, vessel, secretFor: box.fingerprint, place: config });
  const vault = vaultOf({ store, vessel, documents, files, now });
  const ceremonies = ceremoniesOf({ store, documents, files, links, wake });
  const sealing = sealingOf({ store, documents, vessel, links, now, reached });

  const doors = [
    ceremonyRoutes({ passes: passesOf(store, embedTokens), ceremonies }, now),
    signRoutes({ assets: await loadAssets(config.assets), authority: authorityPem(identity) }),
    scribelessRoutes({ callers, teams, links }, now),
    kelviqRoutes({ callers, organizations }, now),
    envelopeRoutes({ callers, envelopes, createEnvelope }, now),
    vaultRoutes({ callers, envelopes, vault }, now),
    tokenRoutes({ callers, envelopes }, now),
    fileRoutes(files, now),
    pageRoutes({ teams, invitations, mails: store.read.mails, links }, { demo: config.demo, style, now }),
  ];
  return {
    app: appOf(doors, report),
    jobs: [
      postMails({ queue: outboxOn(database.write), post, links, now }),
      sealFinished({ sealing, now, report }),
      expireOverdue({ expiry: expiryOf(store), now }),
      ...(config.vaulting === 'auto' ? [vaultCompleted({ completed: store.read.envelopes.completed, vault, now, report })] : []),
    ],
    verbs: { seed: ({ name, keys = {}, limits = {} }) => accounts.seed(name, keys, limits, now()) },
    async close() {
      post.close();
      await documents.close();
      await database.close();
    },
  };
}
