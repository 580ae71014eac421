import type { InlayClientReport } from '../../../../shared/signing/ceremony.ts';
import type { Documents } from '../files/documents.ts';
import type { Files } from '../files/files.ts';
import type { Links } from '../notices/links.ts';
import type { Pass } from '../records/envelope.ts';
import type { Storage } from '../records/stores.ts';
import type { Seen } from './provenance.ts';

/** What a ceremony needs. */
export interface CeremonyOptions {
  readonly storage: Storage;
  readonly documents: { of(account: string): Pick<Documents, 'missing' | 'unfit' | 'outline'> };
  readonly files: Pick<Files, 'open'>;
  readonly links: Links;
  /** Lets a job run now instead of at its next turn. */
  readonly wake: (job: string) => void;
}

/** One signer's call: the way they came in, where it came from, and when. */
export interface Call {
  readonly pass: Pass;
  readonly at: number;
  readonly seen: Seen;
  readonly report: InlayClientReport | undefined;
}
