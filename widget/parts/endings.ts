import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { LinkError } from '../session/link-error.ts';
import type { Session } from '../session/session.ts';
import { endings as sentences } from '../text/en/endings.ts';
import { Words } from '../text/words.ts';
import { type Ending, lost } from './lost.ts';
import { notice, quiet } from './pieces.ts';

const you = (name: string): Ending => ({ name, turn: 'you', retryable: true });
const late: Ending = { name: 'late', turn: 'you', retryable: false };

/** By code of the problem. What is missing is a disagreement between page and gateway that no customer can mend: `page`; from 500 up `ours`. */
const endings: Partial<Record<LinkError['code'], Ending>> = {
  network: lost,
  timeout: lost,
  unreadable: lost,
  script: lost,
  'vendor-unavailable': you('vendor'),
  'vendor-refused': you('vendor'),
  'vendor-unreadable': you('vendor'),
  'outcome-unknown': you('vendor'),
  'rate-limited': you('vendor'),
  'step-not-open': you('moved'),
  'run-wrong-state': you('moved'),
  'draft-changed': you('moved'),
  'consent-missing': you('moved'),
  'ceremony-changed': you('moved'),
  'ceremony-ended': { name: 'ended', turn: 'other', retryable: false },
  'envelope-wrong-state': { name: 'ended', turn: 'other', retryable: false },
  'idempotency-key-running': you('moved'),
  'idempotency-key-reused': you('moved'),
  'invalid-input': you('input'),
  'body-too-large': you('input'),
  'proof-stale': you('ours'),
  'proof-replayed': you('ours'),
  'fetch-token': you('token'),
  'token-used': { name: 'used', turn: 'other', retryable: false },
  'token-expired': late,
  'session-ended': late,
  'session-expired': late,
  'session-invalid': late,
  'partner-suspended': { name: 'suspended', turn: 'other', retryable: false },
  'logged-out': { name: 'left', turn: 'you', retryable: false },
};

export function endingOf(error: LinkError): Ending {
  Words.learn(sentences);
  const other: Ending = error.status >= 500 || error.code === 'internal' ? you('ours') : { name: 'page', turn: 'other', retryable: false };
  return endings[error.code] ?? other;
}

/** A session that had opened is over: with `fetchToken` one press opens another. */
export const expired = (renewable: boolean): Ending => {
  Words.learn(sentences);
  return { name: renewable ? 'expired' : 'expired-plain', turn: 'you', retryable: renewable };
};

/** The sentence of a refusal in the middle of a view. */
export const refusalText = (words: Words, error: LinkError): string => words.find(`end.${endingOf(error).name}.text`) ?? '';

/** The warning two minutes before a session's end; `keep` opens another session in its place. */
export function closingView(words: Words, { renewable, endsAt }: Session, level: number, keep: () => void): TemplateResult {
  Words.learn(sentences);
  const text = html`<p>${words.say(renewable ? 'closing.text' : 'closing.plain')}</p>${renewable ? html`<p>${quiet(words.say('closing.keep'), keep)}</p>` : nothing}`;
  return html`<div class="closing" role="alert">${notice('warning', 'clock', words.say('closing.title', { time: words.time(endsAt) }), level, text)}</div>`;
}
