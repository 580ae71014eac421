import type { FieldValue } from '../../../../shared/signing/fields.ts';

/** Han characters alone do not tell how they are drawn: the language of whoever wrote them goes along, as far as the page or the browser knows it. */
export function inLanguage<V extends FieldValue | null>(value: V): V {
  if (!value || !('text' in value) || !/\p{Script=Han}/u.test(value.text)) return value;
  const lang = [document.documentElement.lang, ...navigator.languages].map(short).find((tag) => /^(?:ja|ko|zh|yue)\b/.test(tag));
  return lang ? { ...value, lang } : value;
}

/** Language, script and region, without what else a tag may say. */
function short(tag: string): string {
  try {
    const { language, script, region } = new Intl.Locale(tag);
    return [language, script, region].filter(Boolean).join('-');
  } catch {
    return '';
  }
}
