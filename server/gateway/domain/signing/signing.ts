import type { SignStep } from '../../../../shared/onboarding/flow.ts';
import { Failure } from '../../../../shared/problem.ts';
import { eachDue } from '../records/each-due.ts';
import type { Box, Credential, Edges, Run, Signing, Storage } from '../records/ports.ts';
import { keyMissing, type Refusal, RefusedForGood } from '../records/refusal.ts';
import type { FlowDocuments } from '../registry/flow-documents.ts';
import { type Prefilled, prefilledBy } from '../registry/prefill.ts';
import { readAnswers, readProfile } from '../run/answers.ts';
import { externalIdOf, markOf, orderOf, type Party, partyOf, signStepOf } from '../run/sign-step.ts';
import { type Blame, blameOf } from './blame.ts';
import { isSettling, isVaulting, type SigningMoves } from './moves.ts';
import type { Making, OrderRefusal, SigningVendor, Standing } from './vendor.ts';

interface Options {
  storage: Storage;
  box: Box;
  edges: Edges;
  vendor: SigningVendor;
  moves: SigningMoves;
  documents: Pick<FlowDocuments, 'open'>;
  /** Something may have become due. */
  wake: () => void;
}

/** Calls in flight at once, over all partners: each may carry a document. */
const mostAtOnce = 8;

/** Milliseconds that the vendor asks to wait; 0 where it does not. */
const waitOf = (cause: unknown): number =>
  cause instanceof Failure && cause.code === 'rate-limited' ? 1000 * (cause.retryAfter ?? 10) : 0;

/** What cannot be asked at all, and is as good as refused. */
const missing = (refusal: Refusal): RefusedForGood => new RefusedForGood(refusal.said, refusal);

/** What the worker takes up: a step, its run, and the partner's key. */
interface DueStep {
  readonly signing: Signing;
  readonly run: Run;
  readonly step: SignStep;
  readonly key: Credential;
  readonly party: Party;
  readonly prefilled: readonly Prefilled[];
}

/**
 * Makes the envelopes of `sign` steps, follows them until everybody has signed, and has them vaulted. An envelope is written down as
 * `asking` before the request leaves; what a killed process leaves so is looked for at the vendor before it is asked for again.
 */
export function createSigning({ storage, box, edges, vendor, moves, documents, wake }: Options) {
  const { now, reached, report } = edges;

  /** What is to be signed, and the hash of what we send of it. */
  async function contentOf(partnerId: string, { document: name, template_id: templateId }: SignStep) {
    if (templateId !== undefined) return { content: { templateId }, sha256: null };
    const document = name === undefined ? undefined : await documents.open(partnerId, name);
    if (!document) throw missing({ reason: 'document', said: `The partner has no document named ${name}.` });
    return { content: { filename: `${name}.pdf`, base64: document.base64 }, sha256: document.sha256 };
  }

  async function make(due: DueStep): Promise<void> {
    const { signing, run, step, key, party, prefilled } = due;
    const externalId = externalIdOf(signing);
    if (signing.unclear) {
      const found = await vendor.find(key, externalId);
      if (found.kind === 'found') return void (await moves.made(signing, found.envelopeId, now()));
      const at = now();
      if (isSettling(signing, at)) return void (await moves.later(signing, 0, at));
      if (found.kind === 'untold') return void (await moves.unknown(signing, at));
    }
    const { content, sha256 } = await contentOf(run.partnerId, step);
    const at = now();
    const asked = {
      state: 'asking' as const,
      party: markOf(box, party, prefilled),
      documentSha256: sha256,
      askedAt: at,
      nextAt: null,
    };
    if (!(await moves.asking(signing, asked, at))) return;
    const asking = { ...signing, ...asked };
    reached('before-call', 'envelope');
    const making = await vendor.create(key, orderOf(step, due, externalId, content));
    reached('after-call', 'envelope');
    await settle(asking, due, making).catch(async (error: unknown) => {
      // The vendor has answered but the answer could not be kept: it is looked for.
      report(error, signing.runId);
      await moves.unclear(asking, now());
    });
    reached('after-commit', 'envelope');
  }

  async function settle(asking: Signing, due: DueStep, making: Making): Promise<void> {
    if (making.kind === 'made') return void (await moves.made(asking, making.envelopeId, now()));
    if (making.kind === 'refused') {
      const blame = (await blameFor(due, making.refusals)) ?? { faults: [], told: undefined };
      return void (await moves.refused(asking, making.refusal, blame, due.run.answers, now()));
    }
    if (waitOf(making.cause) === 0) report(making.cause, asking.runId);
    await (making.kind === 'unclear' ? moves.unclear(asking, now()) : moves.later(asking, waitOf(making.cause), now()));
  }

  async function blameFor({ run, step, prefilled }: DueStep, refusals: readonly OrderRefusal[]): Promise<Blame | undefined> {
    const customer = await storage.read.customers.find(run.partnerId, run.customerId);
    const { locked = [], ...given } = customer ? readProfile(box, customer) : {};
    const fixed = locked.filter((name) => given[name] !== undefined);
    return blameOf(refusals, { step, prefilled, values: readAnswers(box, run), locked: fixed });
  }

  async function standingOf({ signing, key }: DueStep): Promise<Standing> {
    const standing = await vendor.standing(key, signing.envelopeId ?? '');
    if (!standing) throw missing({ reason: 'vendor', said: 'The vendor has no such envelope for the stored key.' });
    return standing;
  }

  async function follow(due: DueStep): Promise<void> {
    const { signing, key, party, prefilled } = due;
    const standing = await standingOf(due);
    const open = standing.status === 'sent' || standing.status === 'viewed';
    const ended = ['voided', 'declined', 'expired'].includes(standing.status);
    // The details were sent anew with another name or e-mail, or with other answers in the document. What somebody has signed stays; anything else makes room for a new one.
    if (signing.party !== markOf(box, party, prefilled) && (ended || (open && ![...standing.signed.values()].some(Boolean)))) {
      const over = !open || (await vendor.void(key, signing.envelopeId ?? '', 'The details of the signer were changed.'));
      if (over) return void (await moves.replaced(signing, now()));
    }
    await moves.learned(signing, standing, party.email, now());
  }

  async function vault(due: DueStep): Promise<void> {
    const { signing, key, party } = due;
    const standing = await standingOf(due);
    const at = now();
    if (standing.vaulted || standing.status !== 'completed' || isVaulting(signing, at))
      return void (await moves.learned(signing, standing, party.email, at));
    reached('before-call', 'vault-in');
    const vaulted = await vendor.vaultIn(key, signing.envelopeId ?? '');
    reached('after-call', 'vault-in');
    await (vaulted ? moves.vaulted(signing, now()) : moves.vaulting(signing, now()));
    reached('after-commit', 'vault-in');
  }

  async function act(signing: Signing): Promise<void> {
    const run = await storage.read.runs.find(signing.partnerId, signing.runId);
    const step = run && signStepOf(run);
    // The details are open again: sending them makes the step due anew.
    if (!run || !step || run.submittedAt === null) return void (await moves.rest(signing));
    const key = await storage.read.credentials.findFor(run.partnerId, '', 'loyva', run.mode);
    const values = readAnswers(box, run);
    const due = key && { signing, run, step, key, party: partyOf(step, values), prefilled: prefilledBy(step, run.flow, values) };
    try {
      if (!due) throw missing(keyMissing('loyva'));
      await (signing.state === 'planned' ? make(due) : signing.state === 'signed' ? vault(due) : follow(due));
    } catch (error) {
      if (error instanceof RefusedForGood) return void (await moves.untold(signing, error.refusal, now()));
      const wait = waitOf(error);
      // What a vendor allows being used up is nobody's fault, and tells nothing of the envelope.
      if (wait > 0) return void (await moves.postponed(signing, wait, now()));
      report(error, signing.runId);
      await (signing.state === 'planned' ? moves.later(signing, 0, now()) : moves.unanswered(signing, now()));
    }
  }

  const steps = eachDue<Signing>({
    most: mostAtOnce,
    due: (limit) => storage.read.signings.due(now(), limit),
    nameOf: ({ runId }) => runId,
    act,
    interrupted: storage.read.signings.interrupted,
    recover: (signing) => moves.unclear(signing, now()),
    wake,
    report: (error, { runId }) => report(error, runId),
  });

  return {
    ...steps,

    /** Somebody has just signed or declined here: the vendor is asked at once, after what is being asked just now. */
    hurry(partnerId: string, envelopeId: string): void {
      const hurried = async () => {
        const { runId } = (await storage.read.signings.findByEnvelope(partnerId, envelopeId)) ?? {};
        if (runId === undefined) return;
        await steps.ended(runId);
        const signing = await storage.read.signings.find(partnerId, runId);
        if (!signing || signing.nextAt === null) return;
        await storage.transact((stores) => stores.signings.move(signing, { nextAt: now(), tries: 0 }));
        wake();
      };
      hurried().catch((error: unknown) => report(error, envelopeId));
    },
  };
}
export type SigningWorker = ReturnType<typeof createSigning>;
