import type { Readable } from 'node:stream';

/** One request out. Only the headers given here are sent; nothing follows a redirect. */
export interface OutboundRequest {
  readonly origin: string;
  /** Calls of one lane share connections; calls of another never wait for them. */
  readonly lane?: string;
  /** Path and query, already encoded. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Chunks are sent as fast as the other side takes them. When they end in an exception the connection is cut, so that the other side never
   * sees a whole body, and the call fails with that exception.
   */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Milliseconds for the whole of it, answer read. */
  readonly deadline: number;
  /** Bytes of answer that are read at most. */
  readonly cap?: number;
  /** Is handed what gives the call up, for a caller who may leave before the answer; after the end it does nothing. */
  readonly leaving?: ((giveUp: () => void) => void) | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An answer whose bytes are still coming. Destroying `body` gives the call up; whoever takes the answer must read or destroy it. */
export interface OutboundStream {
  readonly status: number;
  readonly headers: OutboundAnswer['headers'];
  readonly body: Readable;
}
