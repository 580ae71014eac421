import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { Context } from 'koa';
import { pointerTo } from '../../../shared/json-pointer.ts';
import { Failure, type Fault } from '../../../shared/problem.ts';
import { assertUnencoded, bodyOf } from './body.ts';
import { gathered } from './gathered.ts';

/** What a form brought: its texts by name, and its file, if there was one. */
export interface Form {
  readonly texts: ReadonlyMap<string, string>;
  readonly file: FormFile | undefined;
}

export interface FormFile {
  /** Without the folders of whoever sent it; null where the part gave none. */
  readonly filename: string | null;
  readonly bytes: Buffer;
}

/** The one file that a form may bring: the name of its part, the most bytes it may have, and the types it may say it is of. */
export interface FileRule {
  readonly name: string;
  readonly cap: number;
  readonly types: readonly string[];
}

const mostParts = 40;
/** Of one text part, and of everything that is not the file, in bytes. */
const textCap = 1_000_000;
const aroundCap = 2_000_000;

/**
 * Reads a body of multipart/form-data (RFC 7578) with at most one file. Refused by its declared length before a byte is read, and by its real
 * one while reading; what is wrong with its parts is told together. Failure `body-too-large`, `invalid-input`.
 */
export async function readForm(ctx: Context, rule: FileRule): Promise<Form> {
  const cap = rule.cap + aroundCap;
  assertUnencoded(ctx);
  if (Number(ctx.get('Content-Length') || 0) > cap) throw tooLarge(rule);
  const parser = parserFor(ctx);
  const collected = collect(parser, rule);
  const feed = feeder(parser, collected);
  let length = 0;
  for await (const chunk of bodyOf(ctx)) {
    length += chunk.length;
    if (length > cap) throw tooLarge(rule);
    await feed(chunk);
  }
  parser.end();
  return collected;
}

/**
 * Gives the parser one chunk and waits until it has taken it; fails as soon as the form does. With one listener for all of them: a race for
 * each would hold on to every one until the form is over, and a chunk may be one byte.
 */
function feeder(parser: BusboyInstance, collected: Promise<Form>): (chunk: Buffer) => Promise<void> {
  let go = () => {};
  let over = false;
  const end = () => {
    over = true;
    go();
  };
  collected.then(end, end);
  return async (chunk) => {
    if (!over)
      await new Promise<void>((resolve) => {
        go = resolve;
        parser.write(chunk, () => resolve());
      });
    if (over) await collected;
  };
}

function parserFor(ctx: Context): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': ctx.get('Content-Type') },
      preservePath: true,
      limits: { parts: mostParts, fieldSize: textCap, headerPairs: 20, headerSize: 8_192 },
    });
  } catch (error) {
    const errors = [{ pointer: '', code: 'no-boundary', message: 'must name the boundary between its parts in Content-Type' }];
    throw new Failure('invalid-input', 'The form names no boundary between its parts.', { cause: error, errors });
  }
}

/** What the parser finds, once it has found everything; or the first thing for which it is not worth reading on. */
function collect(parser: BusboyInstance, rule: FileRule): Promise<Form> {
  const texts = new Map<string, string>();
  const faults: Fault[] = [];
  const add = (name: string, code: string, message: string) => faults.push({ pointer: pointerOf(name), code, message });
  let file: { filename: string | null; content: ReturnType<typeof gathered> } | undefined;
  const form = new Promise<Form>((resolve, reject) => {
    // The parser may tell of one broken body several times; each must be heard.
    parser.on('error', () => reject(brokenOff()));
    parser.on('partsLimit', () => reject(oneFault('', 'too-many-parts', `must have at most ${mostParts} parts`)));
    parser.on('field', (sentName = '', value, _cutName, cut, encoding) => {
      const name = unescaped(sentName);
      if (cut) return reject(oneFault(pointerOf(name), 'too-large', `must have at most ${textCap} bytes`));
      if (name === rule.name) add(name, 'not-a-file', 'must be a file');
      else if (texts.has(name)) add(name, 'duplicate', 'must be sent once');
      else if (value.includes('\ufffd') || !plain.has(encoding)) add(name, 'encoding', 'must be UTF-8, as it is');
      else texts.set(name, value);
    });
    parser.on('file', (sentName: string | undefined, stream: Readable, filename: string | undefined, encoding, type) => {
      stream.on('error', () => reject(brokenOff()));
      const name = unescaped(sentName ?? '');
      const fault = fileFault(rule, { name, filename, encoding, type, again: file !== undefined });
      if (fault) {
        faults.push(fault);
        return void stream.resume();
      }
      const content = gathered();
      file = { filename: withoutFolders(unescaped(filename ?? '')) || null, content };
      let size = 0;
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > rule.cap) reject(tooLarge(rule));
        else content.add(chunk);
      });
    });
    parser.on('finish', () => {
      if (faults.length > 0) reject(new Failure('invalid-input', undefined, { errors: faults }));
      else resolve({ texts, file: file && { filename: file.filename, bytes: file.content.bytes() } });
    });
  });
  // Whoever left in the middle never asks for it.
  form.catch(() => {});
  return form;
}

type FilePart = { name: string; filename: string | undefined; encoding: string; type: string; again: boolean };

function fileFault({ name: wanted, types }: FileRule, { name, filename, encoding, type, again }: FilePart): Fault | undefined {
  const fault = (code: string, message: string): Fault => ({ pointer: pointerOf(name), code, message });
  if (name !== wanted) return fault('not-the-file', `is a file; the file is sent as ${wanted}`);
  if (again) return fault('duplicate', 'must be sent once');
  if (!types.includes(type)) return fault('media-type', `must be of the type ${types.join(' or ')}`);
  // Names are UTF-8 (RFC 7578, 5.1.2). Which other encoding it was could only be guessed, and the name goes into the record.
  if (filename?.includes('\ufffd')) return fault('encoding', 'must have a file name in UTF-8');
  return plain.has(encoding) ? undefined : fault('encoding', 'must be sent as it is, without a transfer encoding');
}

/** What browsers write for the three characters that would end a name (HTML, "multipart/form-data": they escape no others, `%` included). */
const unescaped = (name: string): string => name.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n');

/** A whole address on Windows is cut like any other; elsewhere a backslash is a character of the name. */
function withoutFolders(name: string): string {
  const last = name.split(/^(?:[A-Za-z]:|\\)\\/.test(name) ? /[/\\]/ : '/').at(-1) ?? '';
  return last === '.' || last === '..' ? '' : last;
}

/** Transfer encodings that leave bytes as they are (RFC 2045 section 6.2). */
const plain = new Set(['7bit', '8bit', 'binary']);

const pointerOf = (name: string): string => (name === '' ? '' : pointerTo(name.slice(0, 100)));

const oneFault = (pointer: string, code: string, message: string): Failure =>
  new Failure('invalid-input', undefined, { errors: [{ pointer, code, message }] });

const brokenOff = (): Failure =>
  new Failure('invalid-input', 'The form breaks off: its closing boundary is missing.', {
    errors: [{ pointer: '', code: 'broken-off', message: 'must end with its closing boundary' }],
  });

function tooLarge({ name, cap }: FileRule): Failure {
  const message = `must have at most ${cap} bytes`;
  return new Failure('body-too-large', `The file ${message}.`, { errors: [{ pointer: `/${name}`, code: 'too-large', message }] });
}
