import type { Pool } from 'undici';

/** Does this answer (1xx) say nothing yet of the one that is waited for (RFC 9110, 15.2)? */
export const isInterim = (status: number): boolean => status < 200;

/** Interim, and passed over by undici as every other one but 100 is. */
const processing = 102;

type Parser = { onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number };

/**
 * Gives what makes a pool take a `100 Continue` that nobody asked for, as a client must (RFC 9110, 15.2): undici gives the connection up at it,
 * with the call that waits there, and will not be changed (nodejs/undici#197). What reads the answers of each connection is told of another
 * interim status instead. That reaches into undici, whose version is exact; test/server/interim.test.ts tells should it move.
 */
export async function interimTaker(): Promise<(pool: Pool) => void> {
  // @ts-expect-error: undici has types for what it promises alone; this is its inside, and nothing it promises reaches the parser.
  const { kSocket, kParser } = (await import('undici/lib/core/symbols.js')).default as { kSocket: symbol; kParser: symbol };
  return (pool) =>
    pool.on('connect', (_origin, targets) => {
      const client = targets.at(-1) as unknown as Record<symbol, Record<symbol, Parser>>;
      const parser = client[kSocket]?.[kParser];
      if (!parser) return;
      const told = parser.onHeadersComplete.bind(parser);
      parser.onHeadersComplete = (status, upgrade, keepAlive) => told(status === 100 ? processing : status, upgrade, keepAlive);
    });
}
