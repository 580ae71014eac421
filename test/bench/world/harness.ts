/** One figure of ours beside one yardstick, both measured in this call. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly yardstick: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly target: string;
  /** Smallest and largest ratio of the rounds. */
  readonly spread: string;
  readonly verdict: string;
}

/** What is aimed at: a ratio of ours to the yardstick's, at least or at most. */
export interface Target {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Contender {
  readonly name: string;
  /** Measures once and gives the figure. */
  readonly measure: () => Promise<number>;
  readonly target?: Target;
}

export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly rounds?: number;
  readonly ours: () => Promise<number>;
  readonly yardsticks: readonly Contender[];
}

/** Measures ours and every yardstick in each round, in alternating order; the ratio is the median of the rounds' own ratios. */
export async function compare({ what, unit, rounds = 5, ours, yardsticks }: Comparison): Promise<Row[]> {
  const contenders: readonly Contender[] = [{ name: what, measure: ours }, ...yardsticks];
  const figures: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) figures[contenders.indexOf(contender)]?.push(await contender.measure());
  }
  const mine = figures[0] ?? [];
  return yardsticks.map(({ name, target = {} }, i) => {
    const theirs = figures[i + 1] ?? [];
    const ratios = mine.map((figure, round) => figure / (theirs[round] ?? Number.NaN));
    const ratio = median(ratios);
    return {
      what,
      ours: `${figure(median(mine))} ${unit}`,
      yardstick: name,
      theirs: `${figure(median(theirs))} ${unit}`,
      ratio: ratio.toFixed(2),
      target: wordOf(target),
      spread: `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
      verdict: verdictOf(ratio, target),
    };
  });
}

/** `near`: within 15 % of the target. */
export function verdictOf(value: number, { atLeast, atMost }: Target): string {
  if (atLeast !== undefined) return value >= atLeast ? 'met' : value >= atLeast * 0.85 ? 'near' : 'missed';
  if (atMost !== undefined) return value <= atMost ? 'met' : value <= atMost * 1.15 ? 'near' : 'missed';
  return 'no target';
}

const wordOf = ({ atLeast, atMost }: Target): string =>
  atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : '–';

export const median = (figures: readonly number[]): number => {
  const sorted = figures.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
};

export const figure = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });

/** Calls per second while the work is done again and again for so many milliseconds. */
export async function rate(ms: number, work: () => Promise<unknown> | unknown, each = 1): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < ms) {
    await work();
    done += each;
  }
  return (done * 1000) / (performance.now() - start);
}
