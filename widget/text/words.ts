import type { Words as PartnerWords } from '../../shared/onboarding/flow.ts';
import { shell } from './en/shell.ts';
import type { en } from './en.ts';

type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
/** A sentence, or its plural forms. */
export type Sentence = string | Plural;
export type Key = keyof typeof en;
/** A language: every key of the English one. */
export type Catalogue = Record<Key, Sentence>;
export type Params = Record<string, string | number>;

/** The English sentences that have been loaded; each chunk brings its own. */
const english: Partial<Catalogue> = { ...shell };
/** The other languages, once there are any. */
const catalogues: Record<string, Partial<Catalogue>> = { en: english };
const rightToLeft = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Everything said to the customer: sentences of one language (English where there is no other), with its dates, numbers and names. */
export class Words {
  /** The language of the sentences, and of what Intl writes into them. */
  readonly lang: string;
  readonly dir: 'rtl' | undefined;
  /** Stands for the partner until its name is known. */
  partnerName: string | undefined;
  readonly #sentences: Partial<Record<string, Sentence>>[];
  readonly #plural: Intl.PluralRules;

  /** `overrides` are a partner's own sentences, by key. */
  constructor(wanted: string, overrides: Partial<Catalogue> = {}) {
    const locale = canonical(wanted);
    const language = locale.split('-', 1)[0] ?? 'en';
    const own = catalogues[language];
    this.lang = own ? regional(locale) : 'en';
    this.dir = rightToLeft.has(language) ? 'rtl' : undefined;
    this.#sentences = [overrides, own ?? english, english];
    this.#plural = new Intl.PluralRules(this.lang);
  }

  /** Adds the English sentences of a part that was loaded. */
  static learn(sentences: Partial<Catalogue>): void {
    Object.assign(english, sentences);
  }

  say(key: Key, params: Params = {}): string {
    return this.find(key, params) ?? key;
  }

  /** The sentence of a key that may not exist, such as a partner's own field. */
  find(key: string, params: Params = {}): string | undefined {
    const entry = this.#sentences.find((sentences) => key in sentences)?.[key];
    const sentence = typeof entry === 'object' ? (entry[this.#plural.select(Number(params['n']))] ?? entry.other) : entry;
    return sentence?.replace(/\{(\w+)\}/g, (_, name: string) => this.#write(name, params[name]));
  }

  /** A partner's text in the language that suits best. */
  pick(words: PartnerWords | null | undefined): string | undefined {
    if (!words || typeof words === 'string') return words || undefined;
    return words[this.lang] ?? words[this.lang.split('-', 1)[0] ?? ''] ?? words['en'] ?? Object.values(words)[0];
  }

  /** The hour of an instant (ISO 8601); with the day when it is not today's. */
  time(instant: string | number | null | undefined): string {
    const date = new Date(instant ?? Number.NaN);
    if (Number.isNaN(date.valueOf())) return '';
    const today = date.toDateString() === new Date().toDateString();
    const day = today ? {} : ({ day: 'numeric', month: 'short' } as const);
    return date.toLocaleString(this.lang, { hour: 'numeric', minute: '2-digit', ...day });
  }

  /** A length of time in its largest unit, as in "6 s". */
  span(ms: number): string {
    const seconds = Math.max(0, Math.round(ms / 1000));
    if (seconds < 60) return this.say('ago.second', { n: seconds });
    if (seconds < 3600) return this.say('ago.minute', { n: Math.floor(seconds / 60) });
    return this.say('ago.hour', { n: Math.floor(seconds / 3600) });
  }

  country(code: string): string {
    return new Intl.DisplayNames(this.lang, { type: 'region', fallback: 'code' }).of(code) ?? code;
  }

  list(items: string[]): string {
    return new Intl.ListFormat(this.lang).format(items);
  }

  /** Sorted as a reader of this language expects. */
  compare(one: string, other: string): number {
    return one.localeCompare(other, this.lang);
  }

  #write(name: string, value: string | number | undefined): string {
    if (name === 'partner') return this.partnerName ?? this.say('portal');
    return typeof value === 'number' ? value.toLocaleString(this.lang) : (value ?? '');
  }
}

function canonical(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** A bare language takes the reader's own region, so that an hour reads 10:42 to one and 10:42 AM to another. */
const regional = (locale: string): string => navigator.languages.map(canonical).find((own) => own.startsWith(`${locale}-`)) ?? locale;
