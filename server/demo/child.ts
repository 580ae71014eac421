import { Buffer } from 'node:buffer';
import type { Config } from '../config.ts';
import { type PartName, type Running, runGateway, runPlatform, runPortal } from '../parts.ts';
import { StartRefused } from '../storage/refused.ts';

/** What the parent says. `start` carries the secret the part needs: a key in base64url, or the portal's partner key. */
export type ToChild = { kind: 'start'; secret: string } | { kind: 'verb'; id: number; verb: string; input: unknown };
export type ToParent =
  | { kind: 'listening'; url: string }
  | { kind: 'refused'; why: string }
  | { kind: 'answer'; id: number; result?: unknown; error?: string };

/** Runs a part under the demo's parent; ends when told to, or when the parent is gone. */
export async function serveParent(part: PartName, config: Config): Promise<void> {
  let starting: Promise<Running | undefined> | undefined;
  const tell = (message: ToParent) => process.send?.(message);
  const stop = () =>
    void Promise.resolve(starting).then(async (running) => {
      await running?.close();
      process.exit(0);
    });
  // Ctrl-C reaches the whole group; the parent decides in which order things end.
  process.on('SIGINT', () => {});
  process.once('SIGTERM', stop).once('disconnect', stop);
  process.on('message', async (message: ToChild) => {
    if (message.kind === 'start') {
      starting = start(part, config, message.secret).catch((error: unknown) => {
        if (!(error instanceof StartRefused)) throw error;
        process.send?.({ kind: 'refused', why: error.message } satisfies ToParent, () => process.exit(1));
        return undefined;
      });
      const running = await starting;
      if (running) tell({ kind: 'listening', url: running.url });
      return;
    }
    const { id, verb, input } = message;
    try {
      tell({ kind: 'answer', id, result: await (await starting)?.verbs[verb]?.(input as never) });
    } catch (error) {
      tell({ kind: 'answer', id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

function start(part: PartName, config: Config, secret: string): Promise<Running> {
  if (part === 'gateway') return runGateway(config, Buffer.from(secret, 'base64url'));
  if (part === 'platform') return runPlatform(config, Buffer.from(secret, 'base64url'), true);
  return runPortal(config, secret);
}
