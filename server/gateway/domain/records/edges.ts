import type { Provisioner } from '../../../../shared/onboarding/flow.ts';

/** Seals texts under the master key, each about something: what was sealed about another thing does not open. */
export interface Box {
  seal(plain: string, about: readonly string[]): Buffer;
  open(box: Uint8Array, about: readonly string[]): string;
  fingerprint(text: string): string;
}

/** Where sealed bytes are kept, by the SHA-256 of what is kept. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>;
  get(address: string): Promise<Buffer | undefined>;
  delete(address: string): Promise<void>;
}

/** The edges of the program: what a test replaces, and nothing else. */
export interface Edges {
  /** What is written down goes by this clock, which somebody may set. */
  now: () => number;
  /** Milliseconds that have passed, since whenever: nobody sets it. What is only waited for goes by this one. */
  elapsed: () => number;
  report: (error: unknown, instance: string) => void;
  /** Called at the named points of a call that must not happen twice; a crash test ends the process in it. */
  reached: (point: 'before-call' | 'after-call' | 'after-commit', act: Provisioner | 'envelope' | 'vault-in') => void;
}
