/** One file that counts, and what Inlay said of it: `taken`, or the code of the refusal and what was found. */
export interface Judged {
  /** Package and path in it. */
  readonly name: string;
  readonly sha256: string;
  readonly producer: string;
  readonly verdict: string;
}

/** In the whole, and of each producer that has so many files. */
const least = { files: 500, producers: 12, taken: 0.97, ofProducer: 0.8, filesOfProducer: 5 };

interface Row {
  readonly producer: string;
  readonly files: number;
  readonly taken: number;
}

/** Files and files taken by producer, the most frequent first, and the sum; a table in Markdown. */
export function table(judged: readonly Judged[]): string {
  const rows = [...byProducer(judged), { producer: 'all', ...counted(judged) }];
  const lines = rows.map(({ producer, files, taken }) => `| ${producer} | ${files} | ${taken} | ${percent(taken, files)} |`);
  return ['| producer | files | taken | |', '|---|--:|--:|--:|', ...lines].join('\n');
}

/** A sentence for each thing in which the corpus, or what was taken of it, is less than promised. */
export function failures(judged: readonly Judged[]): string[] {
  const { files, taken } = counted(judged);
  const producers = byProducer(judged);
  const few = producers.filter((row) => row.files >= least.filesOfProducer && row.taken < least.ofProducer * row.files);
  return [
    ...(files < least.files ? [`${files} files are fewer than ${least.files}.`] : []),
    ...(producers.length < least.producers ? [`${producers.length} producers are fewer than ${least.producers}.`] : []),
    ...(taken < least.taken * files ? [`${percent(taken, files)} taken is less than ${percent(least.taken, 1)}.`] : []),
    ...few.map((row) => `Of ${row.producer} ${percent(row.taken, row.files)} is taken, less than ${percent(least.ofProducer, 1)}.`),
  ];
}

function byProducer(judged: readonly Judged[]): Row[] {
  const names = [...new Set(judged.map(({ producer }) => producer))];
  return names
    .map((name) => ({ producer: name, ...counted(judged.filter(({ producer }) => producer === name)) }))
    .sort((one, other) => other.files - one.files || (one.producer < other.producer ? -1 : 1));
}

const counted = (judged: readonly Judged[]): { files: number; taken: number } => ({
  files: judged.length,
  taken: judged.filter(({ verdict }) => verdict === 'taken').length,
});

const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : ((100 * part) / whole).toFixed(1)} %`;
