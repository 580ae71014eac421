import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { head, lineOf, pageWith } from '../bench/world/figures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const inDocs = readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []));
const pages = ['README.md', 'CONTRIBUTING.md', ...inDocs];
const names = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].toSorted();

test('every page links to, and names, only what is there', () => {
  const lost: string[] = [];
  for (const page of pages) {
    const text = read(page);
    for (const target of names(text, /\]\((?!https?:)([^)#]+)/g))
      if (!existsSync(join(root, dirname(page), target))) lost.push(`${page}: ${target}`);
    for (const path of names(text, /`((?:server|shared|widget|test|docs)\/[\w./-]*)`/g))
      if (!existsSync(join(root, path))) lost.push(`${page}: ${path}`);
    for (const [, target = page, anchor] of text.matchAll(/\]\(([\w./-]+)?#([\w-]+)\)/g)) {
      const headings = read(target === page ? page : join(dirname(page), target)).match(/^#+ .*$/gm) ?? [];
      const anchors = headings.map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (!anchors.includes(anchor ?? '')) lost.push(`${page}: ${target}#${anchor}`);
    }
  }
  assert.deepEqual(lost, []);
});

test('docs/settings.md has every setting that is read, and no other', () => {
  const [, table = ''] = /\n\| name [^\n]*\n([\s\S]*?)\n\n/.exec(read('docs/settings.md')) ?? [];
  const first = table
    .split('\n')
    .map((row) => row.split(' | ')[0] ?? '')
    .join('\n');
  assert.deepEqual(names(first, /`([A-Z][A-Z0-9_]+)`/g), names(read('server/config.ts'), /^ {2}([A-Z][A-Z0-9_]+): /gm));
});

test('docs/element.md has every attribute, event, part and custom property of the element, and no other', () => {
  const [, comment = ''] = /(\/\*\*(?:(?!\*\/)[\s\S])*@element[\s\S]*?\*\/)/.exec(read('widget/inlay-widget.ts')) ?? [];
  const promised = names(comment, /@(?:attr|prop|fires|csspart|cssprop) (\S+) - /g);
  assert.deepEqual(names(read('docs/element.md'), /^\| `([\w-]+)` \|/gm), promised);
});

test('docs/figures.md is a table as the bench writes it: a measured row takes the place of its earlier self, a new one comes last', () => {
  const page = read('docs/figures.md');
  assert.ok(page.includes(head));
  const rows = page.slice(page.indexOf(head) + head.length).match(/^\|.*$/gm) ?? [];
  for (const row of rows)
    assert.match(row, /^(?:\| [^|]+ ){4}\| [\d.]+ \([\d.–]+\) \| (?:–|[≥≤] [\d,.]+(?: \w+)?) \| (?:met|near|missed|no target) \|$/);
  assert.equal(pageWith(page, [], 'this'), page.replace(/^Measured on .*$/m, 'Measured on this.'));
  const [, what = '', ours = '', yardstick = ''] = (rows[2] ?? '').split(/ ?\| /);
  const row = { what, ours, yardstick, theirs: '1 s', ratio: '1.00', spread: '1.00–1.00', target: '–', verdict: 'no target' };
  const [again, added] = [lineOf(row), lineOf({ ...row, what: 'Another' })];
  const written = pageWith(page, [row, { ...row, what: 'Another' }], 'this');
  const now = written.slice(written.indexOf(head) + head.length).match(/^\|.*\n/gm) ?? [];
  assert.deepEqual(now, [...rows.map((line, i) => (i === 2 ? again : `${line}\n`)), added]);
});
