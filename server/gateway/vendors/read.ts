import type { z } from 'zod/mini';
import type { OutboundAnswer } from '../../outbound/call.ts';

/** A vendor's JSON as the schema reads it (unknown fields are let be), or nothing. */
export function json<T>(answer: OutboundAnswer, schema: z.ZodMiniType<T>): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(answer.body.toString('utf8')));
    return result.success ? result.data : undefined;
  } catch {
    // What is not JSON is not an answer; every caller treats "nothing" as the vendor's fault.
    return undefined;
  }
}
