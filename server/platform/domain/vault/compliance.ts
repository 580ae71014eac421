import type { Files } from '../files/files.ts';
import type { Envelope } from '../records/envelope.ts';
import type { Storage } from '../records/stores.ts';
import { type Check, type Evidence, requirements, weighed } from './compliance-checks.ts';

/** What a check of all eight requirements found. `score`: how many of a hundred are satisfied; compliant is 100 and nothing less. */
export interface Verdict {
  readonly compliant: boolean;
  readonly score: number;
  readonly checkedAt: number;
  readonly checks: readonly Check[];
}

export type Compliance = ReturnType<typeof createCompliance>;

/** Checks an envelope against what the law asks of an electronic chattel paper's only authoritative copy. */
export function createCompliance({ storage, files }: { storage: Storage; files: Pick<Files, 'inspect'> }) {
  async function evidenceOf(envelope: Envelope, at: number): Promise<Evidence> {
    const { id, kind, document, sealed, copy, controller } = envelope;
    const file = kind === 'paper' ? document : sealed;
    const authoritative = await files.inspect(envelope, file, at);
    return {
      at,
      envelope,
      signers: await storage.read.envelopes.signers(id),
      events: await storage.read.envelopes.events(id, weighed),
      file,
      authoritative,
      copy: await files.inspect(envelope, copy, at),
      controller: controller === null ? undefined : await storage.read.accounts.get(controller),
    };
  }

  /** The record keeps the newest verdict, and says when it changes. */
  const keep = (envelope: Envelope, { compliant, score }: Verdict, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const now = await stores.envelopes.find(envelope.accountId, envelope.id);
      // It moved on meanwhile: what was found is of a state that is over.
      if (now?.state !== envelope.state) return;
      await stores.envelopes.move(envelope, { compliance: { compliant, score, at } });
      if (now.compliance?.compliant === compliant) return;
      const kind = `vault.compliance.${compliant ? 'passed' : 'failed'}`;
      const event = { envelopeId: envelope.id, at, kind, signerId: null, reached: null };
      await stores.envelopes.record({ ...event, detail: `${score} of 100` });
    });

  return {
    async check(envelope: Envelope, at: number): Promise<Verdict> {
      const evidence = await evidenceOf(envelope, at);
      const checks = requirements.map(({ requirement, reference, look }) => ({ requirement, reference, ...look(evidence) }));
      const satisfied = checks.filter((check) => check.satisfied).length;
      const score = Math.floor((100 * satisfied) / checks.length);
      const verdict = { compliant: satisfied === checks.length, score, checkedAt: at, checks };
      if (envelope.state === 'vaulted' || envelope.state === 'released') await keep(envelope, verdict, at);
      return verdict;
    },
  };
}
