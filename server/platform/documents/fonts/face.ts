import type { Font } from 'harfbuzzjs';
import type { Family } from './families.ts';

/** One face at hand: its outlines for shaping and embedding, and which characters it has. All lengths in ems. */
export interface Face {
  /** Of its own: two slices of a family have two. */
  readonly name: string;
  readonly family: Family;
  readonly bytes: Uint8Array;
  readonly font: Font;
  readonly unitsPerEm: number;
  readonly characters: ReadonlySet<number>;
}
