import type { Key, Scope } from './keys.ts';

/** A call as a row sees it: authenticated, metered, its body read. */
export interface Call {
  readonly key: Key;
  /** The envelope of the path; empty where it has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly type: string | undefined;
}

/** One row of Loyva's page; paths are below `/api/v2`. */
export interface Row {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  /** Asked before anything else; the mint asks for one of two, by its body. */
  readonly scope: Scope | undefined;
  /** What comes under `data`. */
  readonly answer: (call: Call) => unknown;
  /** The answer is the whole body: a list with its `meta`. */
  readonly whole?: boolean;
}
