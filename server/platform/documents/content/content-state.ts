/** What colour is drawn in: its `fault` is the PDF name of what it lacks; `pattern`, that one must be named. */
export interface Paint {
  readonly fault?: string | undefined;
  readonly pattern?: boolean;
  /** How many numbers it has; anything where it is not known. */
  readonly parts?: number | undefined;
}
/** Of one number, as it is to begin with. */
export const gray: Paint = { parts: 1 };

/** The graphics state (ISO 32000-2, 8.4), as far as it may lack something: each `undefined` while all is well. */
export interface State {
  /** What everything that is drawn after it suffers from: a state that is not there, a clip by nothing. */
  readonly state: string | undefined;
  readonly font: string | undefined;
  /** The font's letters are in the file: every reader has the same outlines. */
  readonly outlined: boolean;
  readonly mode: number;
  /** Of lines: their dashes, width and ends. */
  readonly dash: string | undefined;
  readonly width: string | undefined;
  readonly cap: number;
  readonly fill: Paint;
  readonly stroke: Paint;
}
/** As a page begins: without a font. */
export const fresh: State = {
  state: undefined,
  font: 'Tf',
  outlined: false,
  mode: 0,
  dash: undefined,
  width: undefined,
  cap: 0,
  fill: gray,
  stroke: gray,
};
