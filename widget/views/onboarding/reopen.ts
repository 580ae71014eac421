import type { TemplateResult } from 'lit/html.js';
import { primary } from '../../parts/pieces.ts';
import type { Model } from './model.ts';

/** Details that were sent and may be taken back. */
export interface Reopen {
  readonly busy: boolean;
  readonly press: () => void;
}

export const reopenButton = ({ words }: Model, { busy, press }: Reopen): TemplateResult =>
  primary({ label: words.say('sent.change'), busy: busy ? words.say('sent.opening') : undefined, press });
