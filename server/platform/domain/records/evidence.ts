import { z } from 'zod/mini';
import { pointerTo } from '../../../../shared/json-pointer.ts';
import { assurances } from '../../../../shared/signing/ceremony.ts';
import type { Envelope, EnvelopeDocument, EnvelopeEvent, KeptFile, Provenance, Release } from './envelope.ts';
import type { Erasure } from './people.ts';

/** Something that was recorded and no longer reads as it was written: nobody is shown it, and nothing is concluded from it. */
export class DamagedRecord extends Error {
  /** `place`: a JSON Pointer into what is recorded; empty where all of it is damaged. What stands there is not said: it may be personal. */
  constructor(of: string, place = '') {
    super(`What is recorded of ${of} is damaged${place && ` at ${place}`}.`);
    this.name = 'DamagedRecord';
  }
}

/** What is recorded in this text; DamagedRecord, by the name of what it is recorded `of`, where it says anything else. */
export function readRecord<T>(of: string, schema: z.ZodMiniType<T>, text: string): T {
  const read = schema.safeParse(valueIn(of, text));
  if (read.success) return read.data;
  throw new DamagedRecord(of, pointerTo(...(read.error.issues[0]?.path ?? [])));
}

function valueIn(of: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words would quote what it stumbled over.
    throw new DamagedRecord(of);
  }
}

const text = z.nullable(z.string());
const instant = z.int();

/** Who came, and who says so. */
export const provenance: z.ZodMiniType<Provenance> = z.object({
  assurance: z.enum(assurances),
  address: text,
  via: z.exactOptional(z.string()),
  userAgent: text,
  reportedBy: z.string(),
  session: text,
});

/** What people may read of an event. */
export type Told = Pick<EnvelopeEvent, 'reached' | 'detail' | 'by'>;
export const told: z.ZodMiniType<Told> = z.object({ reached: z.nullable(provenance), detail: text, by: text });

const kept = { address: z.string(), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), size: instant };
export const keptFile: z.ZodMiniType<KeptFile> = z.object(kept);
/** Its pages are the layout of what has this hash, and no evidence. */
export const envelopeDocument: z.ZodMiniType<EnvelopeDocument | null> = z.nullable(
  z.object({
    ...kept,
    filename: z.string(),
    uploadSha256: kept.sha256,
    pages: z.custom<EnvelopeDocument['pages']>((pages) => Array.isArray(pages)),
  }),
);

export const ended: z.ZodMiniType<NonNullable<Envelope['ended']>> = z.object({ signerId: text, reason: text, at: instant });
export const release: z.ZodMiniType<Release> = z.object({
  at: instant,
  reason: z.string(),
  recipient: z.string(),
  acknowledgeBy: instant,
  acknowledgedAt: z.nullable(instant),
});
export const compliance: z.ZodMiniType<NonNullable<Envelope['compliance']>> = z.object({
  compliant: z.boolean(),
  score: z.number(),
  at: instant,
});

export const erasure: z.ZodMiniType<Erasure> = z.object({
  envelopes: z.int(),
  kept: z.array(z.object({ envelopeId: z.string(), why: z.string() })),
});
