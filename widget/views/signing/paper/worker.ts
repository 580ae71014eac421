import { asset } from '../../../session/asset.ts';
import { PaperError } from './paper-error.ts';

/** Where pdf.js reads the file: a worker of its own, or the page's. */
export interface PaperWorker {
  readonly port: Worker | MessagePort;
  /** Rejects if the worker dies; never settles otherwise. */
  readonly lost: Promise<never>;
  stop(): void;
}

/**
 * A worker cannot be made from another origin's address, nor from a blob that imports it: only from a blob of the code itself. What is
 * fetched here comes from the gateway, as the page's scripts do.
 */
export async function ownWorker(address: string): Promise<PaperWorker> {
  const url = URL.createObjectURL(new Blob([await codeAt(address)], { type: 'text/javascript' }));
  try {
    const worker = workerFrom(url);
    await ready(worker);
    const lost = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => reject(new PaperError('unreadable', `The worker failed: ${event.message}`)));
    });
    lost.catch(() => {});
    return { port: worker, lost, stop: () => worker.terminate() };
  } finally {
    URL.revokeObjectURL(url);
  }
}

interface WorkerModule {
  readonly WorkerMessageHandler: { initializeFromPort(port: MessagePort): void };
}

/** What the worker module leaves in the page, where a pdf.js of the partner would take it for its own. */
const traces = ['pdfjsWorker', '__core-js_shared__'] as const;

/** For pages whose policy forbids workers from blobs. */
export async function pageWorker(address: string): Promise<PaperWorker> {
  const page = globalThis as Record<string, unknown>;
  const before = traces.map((name) => [name, page[name]] as const);
  const module = await (
    import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ address) as Promise<WorkerModule>
  ).catch((error: unknown) => {
    throw new PaperError('script', 'The worker module of pdf.js did not load.', error);
  });
  for (const [name, value] of before) {
    if (value === undefined) delete page[name];
    else page[name] = value;
  }
  const { port1, port2 } = new MessageChannel();
  module.WorkerMessageHandler.initializeFromPort(port1);
  port1.start();
  port2.start();
  return {
    port: port2,
    lost: new Promise<never>(() => {}),
    stop() {
      port1.close();
      port2.close();
    },
  };
}

async function codeAt(address: string): Promise<string> {
  try {
    const answer = await asset(address);
    if (answer.ok) return await answer.text();
  } catch (cause) {
    throw new PaperError('script', 'The worker script of pdf.js was not reached.', cause);
  }
  throw new PaperError('script', 'The worker script of pdf.js is not there.');
}

/** Ours alone, and for nothing but blobs. A page that lists the policies it allows may refuse it; then a worker is refused too. */
let policy: { createScriptURL(url: string): unknown } | undefined;

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

function workerFrom(url: string): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  try {
    policy ??= trustedTypes?.createPolicy('inlay', { createScriptURL });
    return new Worker((policy?.createScriptURL(url) ?? url) as string, { type: 'module' });
  } catch (cause) {
    throw new PaperError('blocked', 'The page’s policy allows no worker.', cause);
  }
}

function createScriptURL(url: string): string {
  if (!url.startsWith('blob:')) throw new TypeError('Only a blob.');
  return url;
}

/** pdf.js greets when its script has run. A policy that forbids the worker shows as an error without a message. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true });
    worker.addEventListener(
      'error',
      (event) => {
        worker.terminate();
        reject(
          event.message
            ? new PaperError('script', `The worker script of pdf.js failed: ${event.message}`)
            : new PaperError('blocked', 'The page’s policy allows no worker from a blob.'),
        );
      },
      { once: true },
    );
  });
}
