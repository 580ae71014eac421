import type { Turn } from './pieces.ts';

/** A state in which the view cannot go on: its sentences (`end.<name>` in the catalogue), whose turn it is, whether trying again can help. */
export interface Ending {
  name: string;
  turn: Turn;
  retryable: boolean;
}

/** The gateway cannot be reached: the one ending that is always at hand. */
export const lost: Ending = { name: 'lost', turn: 'you', retryable: true };
