import assert from 'node:assert/strict';

/** A route, what opens it, and what it then answers. */
export interface Expected {
  /** Whose credentials are asked for here. */
  readonly door: string;
  readonly method: string;
  readonly path: string;
  /** Where one route asks for different things by its body: what is asked for. */
  readonly about: string;
  /** What the credential must hold: a scope, a kind of session. */
  readonly needs: string;
  /** The statuses of the door's further columns. */
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * Reads a table as people read it: a line `## door: column column` begins a door, every other line is method, path (with `#about` where
 * the body decides), what is needed, and a status for each of the door's columns.
 */
export function readTable(text: string): readonly Expected[] {
  const expected: Expected[] = [];
  let door = '';
  let columns: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, title, titles = ''] = /^## ([\w -]+): *(.*)$/.exec(line) ?? [];
    if (title) [door, columns] = [title, titles.split(/ +/).filter(Boolean)];
    if (title || line === '') continue;
    const [method = '', place = '', needs = '', ...statuses] = line.split(/ +/);
    assert.equal(statuses.length, columns.length, line);
    const [path = '', about = ''] = place.split('#');
    expected.push({
      door,
      method,
      path,
      about,
      needs,
      statuses: Object.fromEntries(columns.map((name, i) => [name, Number(statuses[i])])),
    });
  }
  return expected;
}

/** The sentence that the matrix's test of a route is. */
export const sentenceOf = ({ method, path, about, needs }: Expected): string =>
  `${method} ${path}${about && ` (${about})`} opens to ${needs === 'anybody' ? needs : `${needs} alone`}`;

/** Collects what differs, so that a failing route shows all of its cells at once. */
export function cells() {
  const wrong: string[] = [];
  return {
    compare(holder: string, got: number, wanted: number): void {
      if (got !== wanted) wrong.push(`${holder}: ${got} instead of ${wanted}`);
    },
    assertAll: () => assert.deepEqual(wrong, []),
  };
}
