import { Failure } from '../../../shared/problem.ts';

/** Different names of members, and levels of lists and objects within each other, that any door reads. */
const most = { names: 10_000, depth: 64 } as const;

const [quote, backslash, colon, opened, closed, openedList, closedList] = [...'"\\:{}[]'].map((character) => character.charCodeAt(0));

/**
 * Counts the different names and the levels of a JSON text (RFC 8259) before it is parsed: hundreds of thousands of names stop the program for
 * as long as it takes to make objects of them, whatever is said of those afterwards; the same names again cost next to nothing. Failure
 * `body-too-large`. What is no JSON is the parser's to tell.
 */
export function assertShape(text: Uint8Array): void {
  // By a hash (FNV-1a): two names that share one count as one.
  const names = new Set<number>();
  let hash = 0;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] as number;
    if (inString) {
      if (byte === quote) inString = false;
      else {
        hash = Math.imul(hash ^ byte, 16_777_619);
        if (byte === backslash) {
          i += 1;
          hash = Math.imul(hash ^ (text[i] ?? 0), 16_777_619);
        }
      }
    } else if (byte === quote) {
      inString = true;
      hash = 0x811c9dc5;
    } else if (byte === colon) {
      names.add(hash);
      if (names.size > most.names) throw new Failure('body-too-large', `At most ${most.names} different names are read in one body.`);
    } else if (byte === opened || byte === openedList) {
      depth += 1;
      if (depth > most.depth) throw new Failure('body-too-large', `At most ${most.depth} levels are read in one body.`);
    } else if (byte === closed || byte === closedList) depth -= 1;
  }
}
