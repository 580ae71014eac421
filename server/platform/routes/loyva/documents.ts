import type { Context } from 'koa';
import { z } from 'zod/mini';
import { Failure, type Fault } from '../../../../shared/problem.ts';
import { envelopeLimits } from '../../../../shared/vendors/loyva.ts';
import { parse, readJson } from '../../../http/body/input.ts';
import { type FileRule, readForm } from '../../../http/body/multipart.ts';
import type { UploadedDocument } from '../../domain/creation/request.ts';
import { line, wanted } from './input.ts';

/** How documents come: in JSON as base64, or in a form as a file. */

export type DocumentSchema = z.ZodMiniType<UploadedDocument>;

/** A document of 7,000,000 characters in base64, and what stands around it. */
const jsonCap = 10_000_000;

/** Base64 (RFC 4648 section 4) that re-encodes to itself: what decoders disagree on is not a document. */
const content = z.pipe(
  z.string(wanted('must be base64')).check(
    z.minLength(1, 'must not be empty'),
    z.maxLength(envelopeLimits.base64, `must have at most ${envelopeLimits.base64} characters`),
    z.refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'must be base64'),
  ),
  z.transform((text: string): Uint8Array => Buffer.from(text, 'base64')),
);

const inJson: DocumentSchema = z.pipe(
  z.object({ filename: line(200), content_base64: content }, wanted('must be an object')),
  z.transform(({ filename, content_base64: bytes }: { filename: string; content_base64: Uint8Array }) => ({ filename, bytes })),
);
const inForm: DocumentSchema = z.object({ filename: line(200), bytes: z.instanceof(Uint8Array) }, wanted('must be a file'));

/**
 * Clients that do not look at a file send the second; the third is what a part is of that names no type (RFC 7578, 4.4), as those of
 * python-requests and .NET do not; the last is an older name (RFC 8118, 8). What is in it is judged by its bytes.
 */
const pdfTypes = ['application/pdf', 'application/octet-stream', 'text/plain', 'application/x-pdf'];
const fileRule = (name: string): FileRule => ({ name, cap: envelopeLimits.bytes, types: pdfTypes });

/**
 * Reads a body with a document by the schema that `make` gives for how its document comes. In a form every other field is a text part of its
 * name; the `json` ones are JSON.
 */
export function withDocument<T>(make: (document: DocumentSchema) => (body: unknown) => z.ZodMiniType<T>, json: readonly string[]) {
  const schemas = { json: make(inJson), form: make(inForm) };
  return async (ctx: Context): Promise<T> => {
    if (!ctx.is('multipart/form-data')) {
      const body = await readJson(ctx, jsonCap);
      return parse(schemas.json(body), body);
    }
    const { texts, file } = await readForm(ctx, fileRule('document'));
    const document = file && { filename: file.filename ?? 'document.pdf', bytes: file.bytes };
    const { read, faults } = readTexts(texts, json);
    const body = { ...read, document };
    return parseAlso(faults, schemas.form(body), body);
  };
}

/** The value; or these faults of its parts, and every other that the schema finds. */
function parseAlso<T>(known: readonly Fault[], schema: z.ZodMiniType<T>, body: unknown): T {
  let others: readonly Fault[] = [];
  try {
    const read = parse(schema, body);
    if (known.length === 0) return read;
  } catch (error) {
    if (!(error instanceof Failure && error.errors)) throw error;
    others = error.errors.filter(({ pointer }) => known.every((fault) => fault.pointer !== pointer));
  }
  throw new Failure('invalid-input', undefined, { errors: [...known, ...others] });
}

function readTexts(texts: ReadonlyMap<string, string>, json: readonly string[]): { read: Record<string, unknown>; faults: Fault[] } {
  const faults: Fault[] = [];
  const read = [...texts].map(([name, text]): [string, unknown] => {
    if (!json.includes(name)) return [name, text];
    try {
      return [name, JSON.parse(text)];
    } catch {
      faults.push({ pointer: `/${name}`, code: 'not-json', message: 'must be JSON' });
      return [name, undefined];
    }
  });
  return { read: Object.fromEntries(read), faults };
}

const Upload = z.object({ file: inForm });

/** Reads an upload: a form with the part `file`. */
export async function readUpload(ctx: Context): Promise<UploadedDocument> {
  if (!ctx.is('multipart/form-data')) throw new Failure('media-type-refused', 'Send multipart/form-data with the PDF as its part file.');
  const { file } = await readForm(ctx, fileRule('file'));
  return parse(Upload, { file: file && { filename: file.filename ?? 'document.pdf', bytes: file.bytes } }).file;
}
