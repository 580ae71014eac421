import type { OutboundAnswer } from '../../outbound/call.ts';
import { waitIn } from './retry-after.ts';

/** How often a reading call is repeated at most, and the longest first wait in milliseconds; each further one may be twice as long. */
export const repeating = { most: 2, base: 150 } as const;

/** Answers of something between us and the vendor, or of a vendor that is starting: the same question may be answered a moment later. */
const passing: ReadonlySet<number> = new Set([502, 503, 504]);
export const isPassing = (status: number): boolean => passing.has(status);

/** Milliseconds before the next try: full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), and no less than the vendor asks for. */
export const waitBefore = (repeat: number, answer: OutboundAnswer | undefined): number =>
  Math.max(Math.random() * repeating.base * 2 ** repeat, (answer && waitIn(answer, Infinity)) ?? 0);
