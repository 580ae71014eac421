/**
 * What cannot be printed as it is seen on screen: control characters, line breaks, signs that turn the direction of what follows, and
 * fillers that take room but that no face has (Hangul, shorthand).
 */
export const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{1bca0}-\u{1bca3}]/u;

/** Does the text consist of white space and of signs that are never drawn? */
export const isInvisible = (text: string): boolean => /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);
