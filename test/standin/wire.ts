import type { IncomingMessage, ServerResponse } from 'node:http';

/** A refusal: `error` is a sentence, `details` a list whose items nobody documents; here they are strings. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: string, details?: readonly string[], headers: Record<string, string> = {}) {
    super(error);
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The JSON object of a request; unknown fields are simply never looked at. */
export function objectOf(body: Buffer, type: string | undefined): Record<string, unknown> {
  if (body.length === 0) return {};
  if (!type?.startsWith('application/json')) throw new Refusal(422, 'Validation failed', ['body: application/json expected']);
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, as every other body that is not an object.
  }
  throw new Refusal(422, 'Validation failed', ['body: must be a JSON object']);
}

/** The first file of a form, under whatever name: the part's name is documented nowhere. */
export async function fileOf(body: Buffer, type: string | undefined): Promise<Buffer> {
  if (!type?.startsWith('multipart/form-data')) throw new Refusal(422, 'Validation failed', ['multipart/form-data expected']);
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => undefined);
  for (const [, part] of form ?? []) if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  throw new Refusal(422, 'Validation failed', ['file: is missing']);
}

export function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}

export function sendRefusal(response: ServerResponse, refusal: Refusal, headers: Record<string, string>): void {
  const { status, message, details } = refusal;
  send(response, status, { error: message, ...(details && { details }) }, { ...headers, ...refusal.headers });
}

const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Reads one field after the other and refuses once, with everything that is wrong. */
export function readerOf(input: Record<string, unknown>) {
  const faults: string[] = [];
  return {
    faults,
    email(name: string): string {
      const value = input[name];
      if (typeof value !== 'string' || !emailShape.test(value)) faults.push(`${name}: must be an e-mail address`);
      return String(value);
    },
    text(name: string): string {
      const value = input[name];
      if (typeof value !== 'string' || value.trim() === '') faults.push(`${name}: is required`);
      return String(value);
    },
    assert(): void {
      if (faults.length > 0) throw new Refusal(422, 'Validation failed', faults);
    },
  };
}
