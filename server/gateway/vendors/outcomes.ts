import type { OutboundAnswer } from '../../outbound/call.ts';
import type { Refusal } from '../domain/records/refusal.ts';
import { lossOf, type VendorAnswer } from './call.ts';

/**
 * What came of a call. `done`: it was. `refused`: it was turned away, and will be again. `later`: nothing was done, and it may be asked again
 * after a while. `unclear`: it may have been done or not.
 */
export type Outcome = 'done' | 'refused' | 'later' | 'unclear';

interface Meaning {
  /** When no answer comes although the call has left, or one that says nothing: 408, 5xx, a redirect. */
  readonly lost: 'later' | 'unclear';
  /** What the vendor's documentation says otherwise of a status. */
  readonly but?: Readonly<Record<number, Outcome>>;
}

/** Every call that the workers make at a vendor. What reads may be asked again whenever no answer came; what writes may not. */
const calls = {
  // Nothing tells a repeated request from a new one, and no team can be looked up.
  'scribeless open': { lost: 'unclear' },
  'scribeless status': { lost: 'later' },
  // 400 is said where the external id is there already, 409 where somebody else has the e-mail: which of them it is, a look by that id tells.
  'kelviq open': { lost: 'unclear', but: { 400: 'unclear', 409: 'unclear' } },
  'kelviq look': { lost: 'later' },
  'loyva create': { lost: 'unclear' },
  'loyva list': { lost: 'later' },
  'loyva status': { lost: 'later' },
  // 409 is said where the envelope is no longer in the state that this asks for: its status tells.
  'loyva void': { lost: 'later', but: { 409: 'unclear' } },
  'loyva vault-in': { lost: 'later', but: { 409: 'unclear' } },
} as const satisfies Record<string, Meaning>;
export type VendorCall = keyof typeof calls;

/** Refusals that pass by themselves: too early, and too often. */
const passing: ReadonlySet<number> = new Set([425, 429]);
/** A timeout that the vendor, or somebody before it, tells of. */
const timedOut = 408;

export function outcomeOf(call: VendorCall, { status }: Pick<OutboundAnswer, 'status'>): Outcome {
  const { lost, but = {} }: Meaning = calls[call];
  const said = but[status];
  if (said) return said;
  if (status >= 200 && status < 300) return 'done';
  if (passing.has(status)) return 'later';
  return status >= 400 && status < 500 && status !== timedOut ? 'refused' : lost;
}

/** Of a call that had no answer. */
export const outcomeOfFailure = (call: VendorCall, cause: unknown): Outcome => (lossOf(cause)?.sent === false ? 'later' : calls[call].lost);

/** Which of those who can help is asked: whoever has the key, whoever answered the questions, or somebody who reads what the vendor says. */
const reasons: Readonly<Record<number, Refusal['reason']>> = { 400: 'answers', 401: 'key', 403: 'key', 422: 'answers' };

/** `words` reads the sentence out of the vendor's dialect. An answer that repeats our key is not quoted. */
export function refusalIn(answer: VendorAnswer, words: (answer: OutboundAnswer) => string | undefined): Refusal {
  const said = answer.keyless ? (words(answer) ?? '') : '';
  return { reason: reasons[answer.status] ?? 'vendor', said: sentence(said) };
}

const longestSentence = 300;
/** A vendor's words as they are kept: one line, without what cannot be seen. */
export const sentence = (said: string): string =>
  said
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, longestSentence)
    .toWellFormed();
