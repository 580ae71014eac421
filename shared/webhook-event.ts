import { z } from 'zod/mini';

/** One of Loyva's events. What kinds there are is the sender's to say, and more may come: leave alone what you do not know. */
export interface WebhookEvent {
  readonly event_type: string;
  /** The same whenever the event is sent again: act on each once. The signature says nothing of when it was sent. */
  readonly event_id: string;
  readonly org_id?: string | undefined;
  /** Null where the event is about none, as that of a test. */
  readonly envelope_id: string | null;
  /** ISO 8601 UTC. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Why a delivery is not to be believed: it carries no signature, which is how the sender behaves as long as it was given no secret; or not one of
 * this body with this secret; or what was signed is no event. Answer 401 to the first two.
 */
export class WebhookError extends Error {
  readonly code: 'unsigned' | 'forged' | 'unreadable';

  constructor(code: WebhookError['code'], detail: string) {
    super(detail);
    this.name = 'WebhookError';
    this.code = code;
  }
}

/** A delivery as it came. `body` is exactly what was received, never JSON that was parsed and written again; `headers` are Node's, or those of a Request. */
export interface Delivery {
  readonly body: string | Uint8Array;
  readonly headers: { get(name: string): string | null } | { readonly [name: string]: string | readonly string[] | undefined };
  /** As it was set by `PATCH /api/v2/partner/webhook`. While it is being changed: the old one and the new one. */
  readonly secret: string | readonly string[];
}

/** The event of a delivery that Loyva signed: `X-Loyva-Signature: sha256=` and the HMAC-SHA256 of the body in hex, keyed with the secret's UTF-8. Throws WebhookError. */
export async function verifyWebhook({ body, headers, secret }: Delivery): Promise<WebhookEvent> {
  const signature = signatureIn(headers);
  if (signature === undefined) throw new WebhookError('unsigned', 'The delivery has no X-Loyva-Signature.');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const secrets = typeof secret === 'string' ? [secret] : secret;
  const checked = await Promise.all(secrets.map((each) => isSigned(bytes, each, signature)));
  if (!checked.includes(true)) throw new WebhookError('forged', 'The signature is not that of this body and this secret.');
  return eventIn(bytes);
}

function signatureIn(headers: Delivery['headers']): string | undefined {
  const name = 'x-loyva-signature';
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const value = (headers as { readonly [name: string]: string | readonly string[] | undefined })[name];
  return typeof value === 'string' ? value : undefined;
}

/** WebCrypto compares in constant time. An empty secret is nobody's: a setting that was forgotten must not open the door. */
async function isSigned(body: Uint8Array, secret: string, signature: string): Promise<boolean> {
  const [, hex = ''] = /^sha256=((?:[0-9a-f]{2}){32})$/.exec(signature) ?? [];
  if (!hex || !secret) return false;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
  return crypto.subtle.verify(
    'HMAC',
    key,
    Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)),
    body,
  );
}

function eventIn(body: Uint8Array): WebhookEvent {
  try {
    return Event.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    throw new WebhookError('unreadable', 'What was signed is not an event.');
  }
}

const Event = z.object({
  event_type: z.string(),
  event_id: z.string(),
  org_id: z.optional(z.string()),
  envelope_id: z._default(z.nullable(z.string()), null),
  timestamp: z.string(),
  data: z._default(z.record(z.string(), z.unknown()), {}),
});

/** Of the web standards, which every runtime has that a partner's server may run on. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean });
  decode(bytes: Uint8Array): string;
}
declare const crypto: {
  readonly subtle: {
    importKey(
      format: 'raw',
      key: Uint8Array,
      algorithm: { name: string; hash: string },
      extractable: boolean,
      uses: string[],
    ): Promise<object>;
    verify(algorithm: 'HMAC', key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  };
};
