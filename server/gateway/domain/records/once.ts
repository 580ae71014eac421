export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Runs work once for an Idempotency-Key; implemented by the storage. */
export type Once = (
  call: { scope: string; key: string; body: unknown },
  work: () => Promise<Answer>,
) => Promise<Answer & { replayed: boolean }>;
