import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Koa from 'koa';
import { openAnswers } from '../http/answer/open-answers.ts';
import type { Report } from '../http/answer/problem.ts';
import { openAssets } from '../http/answer/static.ts';
import { callerAddressReader } from '../http/caller-address.ts';
import { createApp } from '../http/doors.ts';
import { createRates } from '../http/rates.ts';
import { readinessRoutes } from '../http/readiness.ts';
import type { Job } from '../jobs.ts';
import { openPost } from '../outbound/mail.ts';
import { assertNotNew, headBeside } from '../storage/head-beside.ts';
import { checkpoint, logKeyFrom, verifierKey } from '../storage/log/checkpoint.ts';
import { openLog } from '../storage/log/log.ts';
import { outboxOn } from '../storage/outbox.ts';
import { secretBox } from '../storage/secret-box.ts';
import { openDocuments } from './documents/documents.ts';
import { createAccounts, type KeyLimits, type PartnerKeys } from './domain/account/accounts.ts';
import { createWebhooks } from './domain/account/webhooks.ts';
import { createCeremonies } from './domain/ceremony/ceremony.ts';
import { createPasses } from './domain/ceremony/passes.ts';
import { createCreation } from './domain/creation/create.ts';
import { createPapers } from './domain/creation/paper.ts';
import { createTemplates } from './domain/creation/templates.ts';
import { createEmbedTokens } from './domain/envelope/embed-tokens.ts';
import { createEnvelopes } from './domain/envelope/envelopes.ts';
import { createExpiry } from './domain/envelope/expiry.ts';
import { createReminders } from './domain/envelope/reminders.ts';
import { createFiles } from './domain/files/files.ts';
import { createLinks } from './domain/notices/links.ts';
import { createErasures } from './domain/people/erasure.ts';
import { createPurge } from './domain/people/purge.ts';
import { createInvitations } from './domain/sandbox/invitations.ts';
import { createOrganizations } from './domain/sandbox/organizations.ts';
import { createContentTeams } from './domain/sandbox/subscribr.ts';
import { createTeamTokens } from './domain/sandbox/team-tokens.ts';
import { createTeams } from './domain/sandbox/teams.ts';
import { createSealing, type SealingStep } from './domain/sealing/sealing.ts';
import { certificateKeyOf, createCertificates } from './domain/vault/certificate.ts';
import { createCompliance } from './domain/vault/compliance.ts';
import { createCustody } from './domain/vault/custody.ts';
import { createFileLinks } from './domain/vault/file-links.ts';
import { createLedger } from './domain/vault/ledger.ts';
import { createVaultReading } from './domain/vault/reading.ts';
import { createReleases } from './domain/vault/releases.ts';
import { createSweep } from './domain/vault/sweep.ts';
import { createVaultTokens } from './domain/vault/tokens.ts';
import { createVault } from './domain/vault/vault.ts';
import { platformDoors } from './doors.ts';
import { openSeals } from './identity.ts';
import { expireOverdue } from './jobs/expire.ts';
import { lapseReleases } from './jobs/lapse.ts';
import { postMails } from './jobs/mail.ts';
import { purgeOld } from './jobs/purge.ts';
import { remindDue } from './jobs/remind.ts';
import { renewSeals } from './jobs/renew.ts';
import { sealFinished } from './jobs/seal.ts';
import { buryDestroyed, clearOrphans } from './jobs/sweep.ts';
import { vaultWaiting } from './jobs/vault.ts';
import { seenBy } from './routes/bearer.ts';
import { createCallers } from './routes/callers.ts';
import { ceremonyRoutes } from './routes/ceremony/ceremony.ts';
import { signRoutes } from './routes/ceremony/sign.ts';
import { templateRoutes } from './routes/creation/templates.ts';
import { envelopeRoutes } from './routes/envelopes.ts';
import { jwksRoutes } from './routes/jwks.ts';
import { logRoutes } from './routes/log.ts';
import { erasureRoutes } from './routes/loyva/erasures.ts';
import { tokenRoutes } from './routes/loyva/token.ts';
import { webhookRoutes } from './routes/loyva/webhook.ts';
import { pageRoutes } from './routes/pages.ts';
import { kelviqRoutes } from './routes/sandbox/kelviq.ts';
import { scribelessRoutes } from './routes/sandbox/scribeless.ts';
import { subscribrRoutes } from './routes/sandbox/subscribr.ts';
import { fileRoutes } from './routes/vault/files.ts';
import { vaultReadingRoutes } from './routes/vault/reading.ts';
import { vaultRoutes } from './routes/vault/vault.ts';
import { openSealedFiles } from './stores/files/sealed-files.ts';
import { openStorage } from './stores/storage.ts';

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
  /** Is what is completed, or uploaded on paper, vaulted by itself, or only when the partner asks? */
  readonly vaulting: 'manual' | 'auto';
  /** Origins that webhooks may go to although they are not public, or not https. */
  readonly webhookAllow: readonly string[];
  /** Proxies whose word on where a call comes from is believed. */
  readonly trustedProxies?: readonly string[];
  /** Begin on a database that is new or older than its files. */
  readonly acceptLoss?: boolean;
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
  /** Milliseconds that have passed, since whenever: nobody sets it. */
  readonly elapsed: () => number;
  readonly now: () => number;
  readonly report: Report;
  /** Lets the job of this name run now. */
  readonly wake: (job: string) => void;
  /** Called at the named points of a sealing; a crash test ends the process in it. */
  readonly reached: (step: SealingStep) => void;
}

/** Puts the platform together. `secrets.key` is 32 bytes; everything sealed or linked depends on it. */
export async function compose(config: PlatformConfig, secrets: { readonly key: Uint8Array }, edges: Edges): Promise<Platform> {
  const { now, elapsed, report, wake, reached } = edges;
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const box = secretBox(secrets.key);
  const place = {
    database: join(config.dataDir, 'platform.db'),
    folder: join(config.dataDir, 'blobs'),
    acceptLoss: config.acceptLoss ?? false,
    report: (error: unknown) => report(error, 'blobs.head.json'),
  };
  assertNotNew(place.database, place.folder, place.acceptLoss);
  const { storage, database } = await openStorage(place.database, box, () => beside.grown());
  const beside = await headBeside(database.read, place);
  const seals = await openSeals(storage, config.pkcs12, now());
  const documents = openDocuments({ identity: seals.identity });
  const sealedFiles = openSealedFiles(place.folder, join(config.dataDir, 'quarantine'), elapsed);
  const host = new URL(config.publicUrl).hostname;
  const post = openPost({ smtpUrl: config.smtpUrl, folder: join(config.dataDir, 'outbox'), host });
  const style = await readFile(new URL('./pages/platform.css', import.meta.url), 'utf8');

  const links = createLinks({ place: config, secretFor: box.fingerprint });
  const accounts = createAccounts(storage);
  const rates = createRates(now);
  const callers = createCallers({ accounts, rates });
  const teams = createTeams(storage, links);
  const organizations = createOrganizations(storage, links);
  const invitations = createInvitations(storage);
  const embedTokens = createEmbedTokens({ secret: box.fingerprint('embed-tokens') });
  const envelopes = createEnvelopes(storage, links, embedTokens);
  const createEnvelope = createCreation({ storage, documents, sealedFiles, links });
  const papers = createPapers({ storage, documents, sealedFiles });
  const templates = createTemplates({ storage, documents, sealedFiles });
  const reminding = createReminders(storage, links);
  const files = createFiles({ storage, sealedFiles });
  const fileLinks = createFileLinks({ storage, files, secretFor: box.fingerprint, place: config });
  const compliance = createCompliance({ storage, files });
  const vault = createVault({ storage, sealedFiles, documents, files, compliance, now });
  const releases = createReleases({ storage, files, links: fileLinks });
  const sweep = createSweep({ storage, sealedFiles, settle: database.settle });
  const reading = createVaultReading({
    storage,
    tokens: createVaultTokens({ secret: box.fingerprint('vault-tokens') }),
    links,
    files,
    compliance,
  });
  const erasures = createErasures({ storage, forgetMails: post.forget, settle: database.settle });
  const logKey = logKeyFrom(secrets.key);
  const log = openLog(database, logKey, (error) => report(error, 'platform.db'));
  const ledger = createLedger({
    leafOf: storage.read.envelopes.leafOf,
    head: log.head,
    leaf: log.leaf,
    sign: (origin, head) => checkpoint(origin, head, logKey),
    verifierKey: (origin) => verifierKey(origin, logKey),
    place: config,
  });
  const certificateKey = await certificateKeyOf(storage);
  const certificates = createCertificates({ storage, compliance, ledger, key: certificateKey });
  const ceremonies = createCeremonies({ storage, documents, files, links, wake });
  const sealing = createSealing({ storage, documents, sealedFiles, files, links, reached });

  const opened = openAnswers();
  const seenOf = seenBy(await callerAddressReader(config.trustedProxies ?? []));

  const doors = platformDoors({
    ceremony: ceremonyRoutes({ passes: createPasses(storage, embedTokens), ceremonies, opened, rates, seenOf }, now),
    vaultReading: vaultReadingRoutes({ callers, reading, opened, seenOf }, now),
    subscribr: subscribrRoutes({ callers, contentTeams: createContentTeams(storage), teamTokens: createTeamTokens(storage) }, now),
    kelviq: kelviqRoutes({ callers, organizations }, now),
    loyva: [
      envelopeRoutes({ callers, envelopes, createEnvelope, papers, reminding, custody: createCustody(storage) }, now),
      vaultRoutes({ callers, envelopes, vault, fileLinks, compliance, certificates, releases }, now),
      templateRoutes({ callers, templates }, now),
      webhookRoutes({ callers, webhooks: createWebhooks(storage), allowed: config.webhookAllow }, now),
      tokenRoutes({ callers, envelopes, reading }, now),
      erasureRoutes({ callers, erasures }, now),
    ],
    scribeless: scribelessRoutes({ callers, teams, links }, now),
    pages: [
      signRoutes({ assets: openAssets(config.assets), authorities: seals.authorities }),
      fileRoutes({ links: fileLinks, opened, seenOf }, now),
      jwksRoutes(certificateKey),
      logRoutes(ledger),
      readinessRoutes({ log: log.fault, writing: database.fault }),
      pageRoutes(
        { teams, invitations, mails: storage.read.mails, links },
        { demo: config.demo, host: new URL(config.publicUrl).host, style, now },
      ),
    ],
  });
  return {
    app: createApp(doors, report),
    jobs: [
      postMails({ queue: outboxOn(database.write), post, links, now }),
      sealFinished({ sealing, now, elapsed, report }),
      remindDue({ reminding, now, elapsed, report }),
      expireOverdue({ expiry: createExpiry(storage, links), now, elapsed, report }),
      lapseReleases({ releases, now, elapsed, report }),
      buryDestroyed(sweep),
      clearOrphans({ sweep, now }),
      renewSeals({ renew: seals.renew, now }),
      { name: 'log', every: 1_000, run: log.check },
      { name: 'writing', every: 1_000, run: database.tryAgain },
      purgeOld({ purge: createPurge({ storage, erasures, forgetMails: post.forget }), now }),
      ...(config.vaulting === 'auto'
        ? [vaultWaiting({ waiting: storage.read.envelopes.waitingForVault, vault, now, elapsed, report })]
        : []),
    ],
    verbs: { seed: ({ name, keys = {}, limits = {} }) => accounts.seed(name, keys, limits, now()) },
    async close() {
      post.close();
      await documents.close();
      await log.close();
      await beside.close();
      await database.close();
    },
  };
}
