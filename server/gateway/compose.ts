import { readFile } from 'node:fs/promises';
import type Koa from 'koa';
import { dated } from '../http/answer/dated.ts';
import { openAnswers } from '../http/answer/open-answers.ts';
import { openAssets } from '../http/answer/static.ts';
import { callerAddressReader } from '../http/caller-address.ts';
import { createApp } from '../http/doors.ts';
import { createRates } from '../http/rates.ts';
import type { Job } from '../jobs.ts';
import { createOutbound } from '../outbound/request.ts';
import { idempotencyOn } from '../storage/idempotency.ts';
import { checkpoint, logKeyFrom } from '../storage/log/checkpoint.ts';
import { openLog } from '../storage/log/log.ts';
import type { GatewayConfig } from './config.ts';
import { openData } from './data.ts';
import { createAccountMoves } from './domain/onboarding/account-moves.ts';
import { createOnboarding } from './domain/onboarding/onboarding.ts';
import { createProvisioning } from './domain/onboarding/provisioning.ts';
import { createRepairs } from './domain/onboarding/repairs.ts';
import { createResets } from './domain/onboarding/resets.ts';
import { createKeptCalls } from './domain/proxy/kept-calls.ts';
import { createProxied } from './domain/proxy/proxied.ts';
import type { Once } from './domain/records/once.ts';
import type { Edges, Storage } from './domain/records/ports.ts';
import { openTokenKeys } from './domain/records/token-keys.ts';
import { createAdmins } from './domain/registry/admins.ts';
import { createCallers } from './domain/registry/callers.ts';
import { createCredentials, openWith } from './domain/registry/credentials.ts';
import { createFlowDocuments } from './domain/registry/flow-documents.ts';
import { createFlows } from './domain/registry/flows.ts';
import { createPartnerKeys } from './domain/registry/partner-keys.ts';
import { createPartners } from './domain/registry/partners.ts';
import { createWebhooks } from './domain/registry/webhooks.ts';
import { createRuns } from './domain/run/runs.ts';
import { createEmbedTokens } from './domain/session/embed-tokens.ts';
import { createPresence } from './domain/session/presence.ts';
import { createProofs } from './domain/session/proofs.ts';
import { createSessions } from './domain/session/sessions.ts';
import { createCeremonies } from './domain/signing/ceremonies.ts';
import { createSigningMoves } from './domain/signing/moves.ts';
import { createSignerOfSession } from './domain/signing/signer-of-session.ts';
import { createSigners } from './domain/signing/signers.ts';
import { createSigning } from './domain/signing/signing.ts';
import { createVaults } from './domain/signing/vaults.ts';
import { createVendorPages } from './domain/signing/vendor-page.ts';
import { gatewayDoors } from './doors.ts';
import { externalIssuer } from './external-issuer.ts';
import { gatewayJobs } from './jobs.ts';
import { administrationRoutes } from './routes/administration.ts';
import { ceremonyRoutes } from './routes/ceremony.ts';
import { cors } from './routes/cors.ts';
import { embedTokenRoutes } from './routes/embed-token.ts';
import { flowDocumentRoutes } from './routes/flow-documents.ts';
import { onboardingRoutes } from './routes/onboarding.ts';
import { proxiedRoutes } from './routes/proxied.ts';
import { publicRoutes } from './routes/public.ts';
import { registryRoutes } from './routes/registry.ts';
import { runRoutes } from './routes/runs.ts';
import { rateOfSessions } from './routes/session-rate.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { vaultRoutes } from './routes/vault.ts';
import { vendorPageRoutes } from './routes/vendor-page.ts';
import { webhookRoutes } from './routes/webhook.ts';
import { demoSeed } from './seed.ts';
import { demoSignatures } from './seed-signatures.ts';
import { createAllowance } from './vendors/allowance.ts';
import { ceremony } from './vendors/ceremony.ts';
import { discovery } from './vendors/discovery.ts';
import { forwarder } from './vendors/forward.ts';
import { kelviq } from './vendors/kelviq.ts';
import { loyva } from './vendors/loyva.ts';
import * as rebuilds from './vendors/rebuild.ts';
import { scribeless } from './vendors/scribeless.ts';
import { keyTester } from './vendors/test-key.ts';
import { vault } from './vendors/vault.ts';
import { vendorPage } from './vendors/vendor-page.ts';

type Demo = ReturnType<typeof demoSeed>;

export interface Gateway {
  readonly app: Koa;
  readonly jobs: readonly Job[];
  readonly verbs: { issueAdminToken(seconds: number): Promise<string>; seed: Demo['seed']; sign: Demo['sign'] };
  close(): Promise<void>;
}

/** Puts the gateway together. `wake` tells the job loop that something is due. */
export async function compose(
  config: GatewayConfig,
  secrets: { masterKey: Uint8Array },
  outer: Edges & { wake: (job: string) => void },
): Promise<Gateway> {
  const { publicUrl } = config;
  const { database, box, beside, storage, clock, blobs } = await openData(config, secrets.masterKey, outer);
  const { now } = clock;
  const edges = { ...outer, now };
  const idempotency = idempotencyOn(database, box);
  const outbound = createOutbound();

  const callers = createCallers({ storage });
  // What an administrator does must hold at the very next call: everything remembered is forgotten with each commit.
  const registryStorage: Storage = { ...storage, transact: (work) => storage.transact(work).finally(callers.forget) };
  const keyOf = openWith(box);
  const vendorOptions = (origin: string) => ({ origin, request: outbound.request, keyOf, deadline: config.vendorDeadline });
  const vendors = {
    scribeless: scribeless(vendorOptions(config.vendors.scribeless)),
    kelviq: kelviq(vendorOptions(config.vendors.kelviq)),
  };
  const discover = discovery({ ...vendorOptions(config.vendors.loyva), elapsed: edges.elapsed });
  const allowance = createAllowance(outer);
  const asked = { ...vendorOptions(config.vendors.loyva), discover, allowance: allowance('people') };
  const envelopes = loyva(asked);

  const keeping = { storage, box };
  const embedKeys = await openTokenKeys({ ...keeping, purpose: 'embed', longest: 1_800_000, at: now() });
  const adminKeys = await openTokenKeys({ ...keeping, purpose: 'admin', longest: 3_600_000, at: now() });
  const signers = createSigners({ callers, vendor: envelopes });
  const vaults = createVaults({
    storage,
    now,
    callers,
    standings: envelopes,
    vendor: vault({ ...vendorOptions(config.vendors.loyva), stream: outbound.stream }),
  });
  const embedTokens = createEmbedTokens({ ...keeping, callers, keys: embedKeys, publicUrl, signers, vaults, now });
  const proofs = createProofs(outer);
  const sessions = createSessions({ storage, callers, embedTokens, proofs, publicUrl });
  const moves = createAccountMoves({ ...keeping, vendors });
  const signingMoves = createSigningMoves(keeping);
  const wakeSigning = () => edges.wake('signing');
  const wake = () => {
    edges.wake('provisioning');
    wakeSigning();
  };
  const documents = createFlowDocuments({ ...keeping, blobs });
  const provisioning = createProvisioning({ storage, box, edges, vendors, moves, wake: () => edges.wake('provisioning') });
  const signing = createSigning({
    storage,
    box,
    edges,
    vendor: loyva({ ...asked, allowance: allowance('work') }),
    moves: signingMoves,
    documents,
    wake: wakeSigning,
  });
  const repairs = createRepairs({ storage, box, vendors, envelopes, moves, signingMoves, now, wake });
  const reset = createResets({ storage, envelopes, moves, signingMoves, now, wake });
  await provisioning.recover();
  await signing.recover();
  const seated = { ...keeping, callers, seatOf: createSignerOfSession(keeping), hurry: signing.hurry };
  const ceremonies = createCeremonies({
    ...seated,
    vendor: ceremony({ ...vendorOptions(config.vendors.loyva), stream: outbound.stream, discover }),
  });
  const vendorPages = createVendorPages({ ...seated, elapsed: edges.elapsed, vendor: vendorPage(asked), standings: envelopes });
  const onboarding = createOnboarding({
    storage,
    box,
    presence: createPresence(edges.elapsed),
    vendors,
    wake,
  });

  const administered = { storage: registryStorage, box };
  const partners = createPartners(administered);
  const keys = createPartnerKeys(administered);
  const credentials = createCredentials({
    ...administered,
    testKey: keyTester({ origins: config.vendors, request: outbound.request, keyOf }),
  });
  const flows = createFlows(administered);
  const runs = createRuns({ storage, box });
  const logKey = logKeyFrom(secrets.masterKey);
  const log = openLog(database, logKey, (error) => edges.report(error, 'gateway.db'));
  const audit = { leaves: log.leaves, checkpoint: async () => checkpoint(`${new URL(publicUrl).host}/log`, await log.head(), logKey) };
  const admins = createAdmins({
    keys: adminKeys,
    publicUrl,
    external: externalIssuer(config.admin, outbound.request),
    mark: box.fingerprint,
  });
  const calls = createKeptCalls({ ...keeping, report: edges.report, now });
  await calls.recover(now());
  const proxied = createProxied({
    ...keeping,
    now,
    callers,
    calls,
    forward: forwarder({ origins: config.vendors, request: outbound.request, keyOf, now: edges.elapsed }),
  });

  const opened = openAnswers();
  const addressOf = await callerAddressReader(config.trustedProxies ?? []);
  const once: Once = (call, work) => idempotency.once({ ...call, now: now() }, work);
  const doors = gatewayDoors(
    {
      embedToken: embedTokenRoutes({ callers, embedTokens, publicUrl }, now),
      session: sessionRoutes({ sessions, onboarding, publicUrl }, now),
      onboarding: onboardingRoutes({ sessions, onboarding, once, publicUrl }, now),
      ceremony: ceremonyRoutes({ sessions, ceremonies, once, addressOf, publicUrl, opened }, now),
      vendorPage: vendorPageRoutes({ sessions, vendorPages, publicUrl }, now),
      vault: vaultRoutes({ sessions, vaults, publicUrl, opened }, now),
      webhook: webhookRoutes({ callers, webhooks: createWebhooks(keeping), allowed: config.webhookAllow }, now),
      registry: registryRoutes({ admins, partners }, now),
      administration: administrationRoutes({ admins, partners, keys, credentials, flows, runs, repairs, reset, audit, embedKeys }, now),
      flowDocuments: flowDocumentRoutes({ admins, documents, opened }, now),
      runs: runRoutes({ callers, runs, repairs, reset, once }, now),
      proxied: proxiedRoutes({ callers, proxied, rebuilds }, now),
      public: publicRoutes({
        assets: openAssets(config.assets),
        npmPackage: config.npmPackage,
        embedKeys,
        style: await readFile(new URL('./pages/pages.css', import.meta.url), 'utf8'),
        checks: { log: log.fault, writing: database.fault },
      }),
      cors: cors(callers.originKnown),
      rate: rateOfSessions(createRates(now), addressOf),
    },
    publicUrl,
  );

  const signatures = demoSignatures({ storage, ceremonies, now });
  const demo = demoSeed({ ...keeping, now, partners, keys, credentials, onboarding, documents, flows, signatures, report: edges.report });

  return {
    // The element sets its clock by the Date header, so it must be of the clock that judges the proofs.
    app: createApp(doors, edges.report, [dated(now)]),
    jobs: gatewayJobs({
      clock,
      now,
      provisioning,
      signing,
      calls,
      checkLog: log.check,
      tryWriting: database.tryAgain,
      purges: [sessions.purge, idempotency.purge, calls.purge],
    }),
    verbs: { issueAdminToken: (seconds) => admins.issue(seconds, now()), seed: demo.seed, sign: demo.sign },
    async close() {
      await Promise.all([provisioning.settleWithin(2_000), signing.settleWithin(2_000)]);
      await outbound.close();
      await log.close();
      await beside.close();
      await database.close();
    },
  };
}
