import type { Outcome } from '../../../../shared/signing/vendor-page.ts';
import type { Words } from '../../../text/words.ts';
import type { Frame } from '../../view.ts';

/** What the vendor's page and what came of it are drawn from, made anew for each rendering. */
export class Model {
  readonly words: Words;
  /** Level of the heading. */
  readonly level: number;
  readonly outcome: Outcome;

  constructor({ words, level }: Frame, outcome: Outcome) {
    this.words = words;
    this.level = level;
    this.outcome = outcome;
  }
}
