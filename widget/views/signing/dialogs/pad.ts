import { pad as frame, type Point, type Stroke } from '../../../../shared/signing/fields.ts';
import { inkPaths } from '../../../../shared/signing/ink.ts';

/** Points nearer than this (pad units) to the one before are not kept. */
const step = 1.5;

type Drawn = readonly Stroke[];

/**
 * A signature while it is drawn. Strokes are the data, in units of a pad 500 wide; the picture is made from them, so turning a phone only
 * rescales it. Where the pad is higher than 5:2 a point may lie a little above 0 or below 200: `framed` brings it in.
 */
export class Pad {
  #strokes: Drawn = [];
  /** What there was before each act: undo takes back a stroke, or a clearing. */
  #past: Drawn[] = [];
  #live: Point[] = [];
  #pointer: number | undefined;
  #began: number | undefined;
  #frame = 0;
  #ink: SVGPathElement | undefined;
  readonly #changed: () => void;

  constructor(strokes: Drawn, changed: () => void) {
    this.#strokes = strokes;
    this.#changed = changed;
  }

  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** No stroke more can be kept. */
  get isFull(): boolean {
    return this.#strokes.length >= frame.maxStrokes || this.#count >= frame.maxPoints;
  }

  /** The outline of all strokes that are finished. */
  get path(): string {
    return inkPaths(this.#strokes).join('');
  }

  get framed(): Drawn {
    return framed(this.#strokes);
  }

  undo(): void {
    const before = this.#past.pop();
    if (before) this.#become(before);
  }

  clear(): void {
    if (this.isEmpty) return;
    this.#past.push(this.#strokes);
    this.#become([]);
  }

  readonly onDown = (event: PointerEvent): void => {
    if (this.#pointer !== undefined || event.button !== 0 || this.isFull) return;
    const pad = event.currentTarget as HTMLElement;
    this.#pointer = event.pointerId;
    pad.setPointerCapture(event.pointerId);
    this.#ink = pad.querySelector<SVGPathElement>('.live') ?? undefined;
    this.#began ??= event.timeStamp;
    this.#live = [];
    this.#add(event, pad);
    event.preventDefault();
  };

  readonly onMove = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const point of between.length ? between : [event]) this.#add(point, event.currentTarget as HTMLElement);
  };

  readonly onUp = (event: PointerEvent): void => {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    this.#past.push(this.#strokes);
    this.#become([...this.#strokes, this.#live]);
    this.#live = [];
    this.#paint();
  };

  get #count(): number {
    return this.#strokes.reduce((sum, stroke) => sum + stroke.length, this.#live.length);
  }

  #become(strokes: Drawn): void {
    this.#strokes = strokes;
    this.#changed();
  }

  #add({ clientX, clientY, timeStamp, pressure, pointerType }: PointerEvent, pad: HTMLElement): void {
    const { left, top, width, height } = pad.getBoundingClientRect();
    const unit = frame.width / width;
    const x = within(0, (clientX - left) * unit, frame.width);
    const room = (height * unit - frame.height) / 2;
    const y = within(-room, (clientY - top) * unit - room, frame.height + room);
    const last = this.#live.at(-1);
    if ((last && Math.hypot(x - last[0], y - last[1]) < step) || this.#count >= frame.maxPoints) return;
    const ms = within(0, Math.round(timeStamp - (this.#began ?? timeStamp)), 3_600_000);
    // Mice and fingers have no pressure to tell; their speed decides how thick the line is.
    this.#live.push([hundredth(x), hundredth(y), ms, pointerType === 'pen' ? within(0, hundredth(pressure), 1) : 0.5]);
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#ink?.setAttribute('d', inkPaths([this.#live]).join(''));
  }
}

/** The same drawing inside the frame: moved, and made smaller where it is too high. */
function framed(strokes: Drawn): Drawn {
  const ys = strokes.flatMap((stroke) => stroke.map(([, y]) => y));
  const [top, foot] = [Math.min(...ys), Math.max(...ys)];
  if (!ys.length || (top >= 0 && foot <= frame.height)) return strokes;
  const scale = Math.min(1, frame.height / (foot - top));
  const shift = top < 0 ? -top * scale : Math.min(0, frame.height - foot * scale);
  return strokes.map((stroke) =>
    stroke.map(
      ([x, y, ms, pressure]) => [hundredth(x * scale), within(0, hundredth(y * scale + shift), frame.height), ms, pressure] as const,
    ),
  );
}

const within = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value));
const hundredth = (value: number): number => Math.round(value * 100) / 100;
