import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type Work, type WorkKind, works } from './work.ts';

// Whoever waits for an answer goes before a file that is sealed. Only Linux has a priority for each thread; elsewhere it would be the process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/** One job at a time: asked by message, answered by message; what is wrong with one is its own. */
parentPort?.on('message', async ({ kind, asked }: { kind: WorkKind; asked: Work[WorkKind]['asked'] }) => {
  try {
    const answer = await (works[kind] as (asked: unknown) => Promise<Work[WorkKind]['answer']>)(asked);
    const bytes = answer instanceof Uint8Array ? answer : 'bytes' in answer ? answer.bytes : undefined;
    parentPort?.postMessage({ answer }, bytes ? [bytes.buffer as ArrayBuffer] : []);
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
