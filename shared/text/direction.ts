/** Letters that run from right to left: Hebrew to Arabic Extended-A, their presentation forms, and the scripts of the planes above. */
const backwards = /[\u{590}-\u{8ff}\u{fb1d}-\u{fdff}\u{fe70}-\u{feff}\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The direction of a text by its first letter or mark of direction (UAX 9, P2; signs that isolate a part of it are written nowhere). */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const [first = ''] = /[\p{L}\p{Nl}\u{200e}\u{200f}\u{61c}]/u.exec(text) ?? [];
  return first === '\u{200f}' || backwards.test(first) ? 'rtl' : 'ltr';
}
