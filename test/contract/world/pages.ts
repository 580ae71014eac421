import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** The vendors' pages as they were handed to us, and what is cut out of them letter by letter. */

export const pageNames = ['scribeless', 'scaikey', 'loyva', 'kelviq', 'subscribr'] as const;
export type PageName = (typeof pageNames)[number];

export const pageOf = (name: PageName): string => readFileSync(new URL(`../seeds/${name}.txt`, import.meta.url), 'utf8');

/** The JSON objects of a text, in order: each begins with a brace at the end of a line, and its braces close. */
export function objectsIn(text: string): string[] {
  const objects: string[] = [];
  for (let start = text.indexOf('{\n'); start >= 0; ) {
    let end = start;
    for (let depth = 0; end < text.length; end += 1) {
      if (text[end] === '{') depth += 1;
      if (text[end] === '}') depth -= 1;
      if (depth === 0) break;
    }
    objects.push(text.slice(start, end + 1));
    start = text.indexOf('{\n', end);
  }
  return objects;
}

export const jsonOf = (text: string | undefined): Record<string, unknown> => JSON.parse(text ?? '') as Record<string, unknown>;

/** A call as a page's curl line makes it. */
export interface CurlCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The one curl line of a page, read as a shell would read it. */
export function curlIn(text: string): CurlCall {
  const [, line = ''] = /curl ((?:\\\n|'[^']*'|[^\n'])*)/.exec(text) ?? [];
  const words = [...line.matchAll(/'([^']*)'|([^\s\\']+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const after = (name: string): string[] => words.flatMap((word, at) => (word === name ? [words[at + 1] ?? ''] : []));
  const [method = 'GET'] = after('--request');
  const [body = ''] = after('--data');
  const address = words.find((word) => word.startsWith('https://'));
  assert.ok(address, 'The page has no curl line.');
  const headers = after('--header').map((header) => header.split(': ') as [string, string]);
  return { method, url: new URL(address), headers: Object.fromEntries(headers), body };
}

/** The rows of a page's tables, cell by cell; a bar without spaces around it belongs to its cell (`string|null`). */
export const cellsIn = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => / \| /.test(line))
    .map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .split(' | ')
        .map((cell) => cell.trim()),
    );
