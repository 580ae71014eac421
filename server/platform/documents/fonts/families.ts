/** One face as it lies in a package of the registry: TTF as it is, or WOFF2, in as many slices as its characters are spread over. */
export interface Family {
  /** As it is called in a PDF. */
  readonly name: string;
  /** Scripts (Unicode's names) that are written with it; none for signs. */
  readonly scripts: readonly string[];
  /** The file of a weight; the static ones of one weight alone have it for both. */
  readonly file: (weight: 400 | 600) => string;
  /** Variable files are pinned to the weight: what they show unpinned is the axis' default, of CJK faces Thin. */
  readonly variable: boolean;
  /** `unicode.json` of a face in numbered slices: which characters each of them is for. */
  readonly slices?: string;
  /** Ideographs, kana, Hangul and the signs between them; digits and Latin letters next to those stay with the text face. */
  readonly eastern?: true;
}

/** Regional faces of Han characters: the same character is drawn in another way in each. */
export const regions = ['SC', 'TC', 'HK', 'JP', 'KR'] as const;
export type Region = (typeof regions)[number];

const expo = (script: string, family: string, name: string): Family => ({
  name,
  scripts: [script],
  file: (weight) => {
    const style = weight === 400 ? '400Regular' : '600SemiBold';
    return `@expo-google-fonts/${family}/${style}/${name}_${style}.ttf`;
  },
  variable: false,
});

const variable = (script: string, slice = script.toLowerCase()): Family => ({
  name: `NotoSans${script}`,
  scripts: [script],
  file: () => `@fontsource-variable/noto-sans-${slice}/files/noto-sans-${slice}-${slice}-wght-normal.woff2`,
  variable: true,
});

const sliced = (region: Region, scripts: readonly string[]): Family => {
  const folder = `@fontsource-variable/noto-sans-${region.toLowerCase()}`;
  return {
    name: `NotoSans${region}`,
    scripts,
    file: () => `${folder}/files/noto-sans-${region.toLowerCase()}-*-wght-normal.woff2`,
    variable: true,
    slices: `${folder}/unicode.json`,
    eastern: true,
  };
};

const single = (name: string, folder: string, slice: string, scripts: readonly string[], weights: readonly number[] = [400]): Family => ({
  name,
  scripts,
  file: (weight) =>
    `@fontsource/noto-sans-${folder}/files/noto-sans-${folder}-${slice}-${weights.includes(weight) ? weight : 400}-normal.woff2`,
  variable: false,
});

/** Static and quickly read; the first also has what belongs to no script, and whatever else it covers. */
export const atHand: readonly Family[] = [
  expo('Latin', 'noto-sans', 'NotoSans'),
  expo('Arabic', 'noto-sans-arabic', 'NotoSansArabic'),
  expo('Hebrew', 'noto-sans-hebrew', 'NotoSansHebrew'),
  expo('Devanagari', 'noto-sans-devanagari', 'NotoSansDevanagari'),
  expo('Thai', 'noto-sans-thai', 'NotoSansThai'),
];

/** Unpacked when a character asks for them. Signs are looked for in this order. */
export const packed: readonly Family[] = [
  { ...variable('Symbols'), scripts: [] },
  single('NotoSansSymbols2', 'symbols-2', 'symbols', []),
  // Its one slice is called Latin and has everything.
  single('NotoSansMath', 'math', 'latin', []),
  ...['Armenian', 'Bengali', 'Ethiopic', 'Georgian', 'Gujarati', 'Gurmukhi', 'Kannada', 'Khmer', 'Lao', 'Malayalam'].map((script) =>
    variable(script),
  ),
  ...['Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana'].map((script) => variable(script)),
  single('NotoSansMongolian', 'mongolian', 'mongolian', ['Mongolian']),
  single('NotoSansMyanmar', 'myanmar', 'myanmar', ['Myanmar'], [400, 600]),
  sliced('SC', []),
  sliced('TC', ['Bopomofo']),
  sliced('HK', []),
  sliced('JP', ['Hiragana', 'Katakana']),
  sliced('KR', ['Hangul']),
];

export const regional = (region: Region): Family => packed.find(({ name }) => name === `NotoSans${region}`) as Family;

/** The script face of typed signatures. */
export const dancing: Family = {
  name: 'DancingScript',
  scripts: [],
  file: () => '@expo-google-fonts/dancing-script/400Regular/DancingScript_400Regular.ttf',
  variable: false,
};
