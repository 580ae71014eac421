import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverage } from '../../../server/platform/documents/fonts/coverage.ts';
import { legible, ready, regionOf } from '../../../server/platform/documents/fonts/fonts.ts';
import { shapeLine } from '../../../server/platform/documents/fonts/shape.ts';
import { makeAuthority, type SealIdentity } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import type { Mark } from '../../../server/platform/domain/files/documents.ts';
import { covered } from '../../../shared/text/covered.ts';
import { encoded, unwritten } from '../../../shared/text/written.ts';
import { documentOf, judges, textsByPdfJs } from '../world/judges.ts';

/** Names and addresses as people have them; `exact`: readers give them back in this order, the others in an order of their own. */
const texts: readonly { text: string; exact: boolean }[] = [
  { text: 'Zoë Müller-Łącka, “Šárka” & Đặng 1½ €', exact: true },
  { text: 'fi ffl AVATAR To. 0123456789', exact: true },
  { text: 'Ελένη Παπαδοπούλου', exact: true },
  { text: 'Ἀριστοτέλης ὁ Σταγειρίτης', exact: true },
  { text: 'Наталья Щербакова-Ёлкина', exact: true },
  { text: 'Ђорђе Љубичић', exact: true },
  { text: 'محمد عبد العزيز', exact: true },
  { text: 'السَّلامُ عَلَيْكُم', exact: false },
  { text: 'فاطمه گلچین', exact: true },
  { text: 'שרה כהן-לוי', exact: true },
  { text: 'שָׁלוֹם', exact: false },
  { text: 'דנה dana@example.com (תל אביב) 25', exact: false },
  { text: 'प्रियंका क्षत्रिय श्रीवास्तव', exact: true },
  { text: 'हिन्दी कार्यक्रम', exact: true },
  { text: 'สวัสดีชาวโลก น้ำผึ้ง', exact: true },
  { text: 'กิตติศักดิ์ ปู่ย่า', exact: true },
  { text: 'Ada Ада علي आदा 7', exact: false },
  { text: '山田太郎 さくら ハンコ・ー', exact: true },
  { text: '神戸市〒650-0001 株式会社「日本」 々', exact: true },
  { text: '王小明 龑赟祎 北京市', exact: true },
  { text: '李小龍 臺灣 ㄅㄆㄇ', exact: true },
  { text: '김민준 박서연 金', exact: true },
  { text: 'გიორგი ბერიძე', exact: true },
  { text: 'Հովհաննես Թումանյան', exact: true },
  { text: 'অনিক চক্রবর্তী ক্ষ', exact: true },
  { text: 'தமிழ்ச்செல்வன் ஸ்ரீ', exact: true },
  { text: 'తెలుగు శ్రీనివాస్', exact: true },
  { text: 'ಕನ್ನಡ ಕೃಷ್ಣ', exact: true },
  { text: 'മലയാളം ശ്രീകുമാർ', exact: true },
  { text: 'ગુજરાતી હર્ષદ', exact: true },
  { text: 'ਗੁਰਮੁਖੀ ਸਿੰਘ', exact: true },
  { text: 'ଓଡ଼ିଆ କୃଷ୍ଣ', exact: true },
  { text: 'සිංහල ශ්‍රී', exact: false },
  { text: 'አበበ በቀለ', exact: true },
  { text: 'សុខា ខ្មែរ', exact: true },
  { text: 'ສົມສັກ ລາວ', exact: true },
  { text: 'အောင်ဆန်း မြန်မာ', exact: true },
  { text: 'ᠮᠣᠩᠭᠣᠯ', exact: true },
  { text: 'ދިވެހި', exact: false },
  { text: 'Done ✓ or not ✗, page 3 → 5, at least ≥ 7 and ≤ 9, call ☎ 030 ★', exact: true },
];

/** Letters and signs as they stand for themselves: no spaces, no direction marks, no presentation forms. */
const bare = (text: string): string => text.normalize('NFKC').replace(/[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
const sorted = (text: string): string => [...bare(text)].sort().join('');
/** What the page itself says is one capital letter that no name begins with. */
const paper = 'Q';

const sealedWith = async (identity: SealIdentity, kind: 'text' | 'typed'): Promise<Uint8Array> => {
  const { bytes, pages } = await documentOf(texts.map(() => paper));
  const marks = texts.map(
    ({ text }, i): Mark => ({ type: 'name', page: i + 1, x: 0.1, y: 0.4, width: 0.7, height: 0.06, value: { kind, text } }),
  );
  return works.seal({ source: bytes, pages, marks, facts: null, reason: 'Sealed', identity, at: Date.now() });
};

for (const kind of ['text', 'typed'] as const)
  test(`a value that is ${kind === 'text' ? 'written' : 'typed as a signature'} is read back in every script, by three readers`, async (t) => {
    const judge = judges(t);
    if (!judge) return;
    const bytes = await sealedWith(await makeAuthority(Date.now()), kind);
    const path = judge.keep('scripts.pdf', bytes);
    const byPdfJs = await textsByPdfJs(bytes);
    for (const [i, { text, exact }] of texts.entries()) {
      const page = String(i + 1);
      const byPoppler: string = judge.pdftotext('-f', page, '-l', page, path, '-').replace(paper, '');
      const byMupdf: string = judge.mutool('draw', '-q', '-F', 'text', path, page).replace(paper, '');
      if (exact) assert.equal(bare(byPoppler), bare(text), `pdftotext: ${text}`);
      const readers: Record<string, string> = {
        pdftotext: byPoppler,
        mutool: byMupdf,
        'pdf.js': (byPdfJs[i] ?? '').replace(paper, ''),
      };
      for (const [reader, read] of Object.entries(readers)) assert.equal(sorted(read), sorted(text), `${reader}: ${text}`);
    }
  });

test('spaces between words come back where words are written from the left', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const path = judge.keep('spaces.pdf', await sealedWith(await makeAuthority(Date.now()), 'text'));
  for (const [i, { text, exact }] of texts.entries()) {
    if (!exact || /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text)) continue;
    const read = judge
      .pdftotext('-f', String(i + 1), '-l', String(i + 1), path, '-')
      .replace(paper, '')
      .trim();
    assert.equal(read.normalize('NFKC'), text.normalize('NFKC'));
  }
});

test('a character that no face has is named, once, and nothing else is', () => {
  assert.deepEqual(unwritten(['ꦧ Ada', '😀 𒀀 ꦧ']), ['ꦧ', '😀', '𒀀']);
  assert.deepEqual(unwritten(texts.map(({ text }) => text)), []);
  assert.deepEqual(unwritten(['a\u200d\u200f\ufe0f b\n\t\u00ad', '']), []);
  assert.deepEqual(unwritten(['nul\u0000', '\ud800', '\u202e']), ['\u0000', '\ud800', '\u202e']);
});

test('the table of what can be written says what the faces have', async () => {
  assert.equal(encoded(await coverage()), covered, 'node server/platform/documents/fonts/coverage.make.ts writes it anew');
});

test('Han characters are drawn as the text they stand in has them', () => {
  const regions = ['直 さ', '直 カ', '直 김', '直 ㄅ', '直、骨', '直'].map((text) => regionOf(text));
  assert.deepEqual(regions, ['JP', 'JP', 'KR', 'TC', 'SC', 'SC']);
  const told = ['ja', 'ja-JP', 'ko-KR', 'zh-Hant', 'zh-TW', 'zh-HK', 'zh-Hant-HK', 'zh-CN', 'en', 'jam'].map((tag) => regionOf('直', tag));
  assert.deepEqual(told, ['JP', 'JP', 'KR', 'TC', 'TC', 'HK', 'HK', 'SC', 'SC', 'SC']);
});

test('the characters of a region’s face are those of that region', async () => {
  await ready(['直']);
  const faces = (['SC', 'TC', 'JP', 'KR'] as const).map((region) => shapeLine('直', 'text', undefined, region).runs[0]?.face.family.name);
  assert.deepEqual(faces, ['NotoSansSC', 'NotoSansTC', 'NotoSansJP', 'NotoSansKR']);
});

test('a face of the packages that begins at Thin is embedded at its regular weight', async () => {
  await ready(['一']);
  const outline = (style: 'text' | 'strong'): string => {
    const run = shapeLine('一', style).runs[0];
    return run ? run.face.font.glyphToPath(run.glyphs[0]?.id ?? 0) : '';
  };
  /** How thick the one stroke of the sign for "one" is, in thousandths of an em: 36 where it is Thin. */
  const thickness = (path: string): number => {
    const heights = [...path.matchAll(/-?[\d.]+[ ,](-?[\d.]+)/g)].map(([, y]) => Number(y));
    return Math.max(...heights) - Math.min(...heights);
  };
  assert.ok(thickness(outline('text')) > 60, outline('text'));
  assert.ok(thickness(outline('strong')) > thickness(outline('text')) + 10, outline('strong'));
});

test('what is told of a document with such a character tells its code instead', () => {
  assert.equal(legible('Lease 😀 for Zoe\u0308'), 'Lease [U+1F600] for Zoë');
});

test('whatever is not named can be written, in every order of letters, marks and invisible characters', async () => {
  await ready(['一']);
  const pool = [
    ...texts.map(({ text }) => text).join(''),
    ...'\u200d\u200c\u200e\u200f\u2060\ufe0f\u00ad\u0301\u064b\u05b0\u093f\u0e49\u094d()[]«»0٣३๓\t\n',
  ];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...pool), maxLength: 12 }), fc.constantFrom('text', 'script'), (text, style) => {
      const { width, runs } = shapeLine(text, style);
      assert.ok(width >= 0);
      // Every character is in the text of exactly one glyph, unless it was never to be seen.
      const read = runs.flatMap(({ glyphs }) => glyphs.map((glyph) => glyph.text)).join('');
      assert.equal(sorted(read), sorted(text));
    }),
    { numRuns: 500 },
  );
});

test('a letter and its accent are one character, however they were typed', () => {
  assert.deepEqual(unwritten(['Zoe\u0308', '\u0915\u094d\u0937']), []);
  assert.deepEqual(facesOf('Zoe\u0308 Nordin'), ['DancingScript']);
});

test('of a typed name the words that the script face lacks a letter of are written in the text face, no other', async () => {
  await ready(['山田']);
  assert.deepEqual(facesOf('Ada Nordin'), ['DancingScript']);
  assert.deepEqual(facesOf('Ada Щукин'), ['DancingScript', 'NotoSans']);
  assert.deepEqual(facesOf('AdaЩ (山) Nordin'), ['NotoSans', 'NotoSansSC', 'NotoSans', 'DancingScript']);
});

/** Of a typed signature, from left to right. */
const facesOf = (text: string): string[] => {
  const names = shapeLine(text, 'script').runs.map(({ face }) => face.family.name);
  return names.filter((name, i) => name !== names[i - 1]);
};
