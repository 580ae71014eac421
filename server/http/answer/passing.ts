import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'koa';
import { Failure } from '../../../shared/problem.ts';
import { assertUnencoded, bodyOf } from '../body/body.ts';

/** A body that is passed on while it comes in, and never held whole. */
export interface PassingBody {
  /** May be read once; ends in Failure `body-too-large` beyond the cap. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly ready: false;
  /** Of its parts, whatever boundary lies between them; of its bytes where it has no readable parts. Reads it, if nobody has. */
  fingerprint(): Promise<string>;
  /** Was all of it read? */
  whole(): boolean;
}

/** At most `cap` bytes: refused by its declared length before a byte is read, and by its real one while reading. `marked`: its fingerprint is wanted. */
export function passBody(ctx: Context, cap: number, marked: boolean): PassingBody {
  const declared = ctx.get('Content-Length') === '' ? undefined : Number(ctx.get('Content-Length'));
  const tooLarge = () => new Failure('body-too-large', `At most ${cap} bytes are read here.`);
  assertUnencoded(ctx);
  if (declared !== undefined && declared > cap) throw tooLarge();
  const mark = marked ? markOf(ctx.get('Content-Type')) : undefined;
  let length = 0;
  let ended = false;

  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bodyOf(ctx)) {
      length += chunk.length;
      if (length > cap) throw tooLarge();
      await mark?.add(chunk);
      yield chunk;
    }
    ended = true;
  }
  const bytes = read();
  let digest: Promise<string> | undefined;
  const drained = async (): Promise<string> => {
    if (length === 0) for await (const _ of bytes);
    return mark?.digest() ?? '';
  };
  return {
    bytes,
    ready: false,
    fingerprint: () => {
      digest ??= drained();
      return digest;
    },
    whole: () => ended || length === declared,
  };
}

interface Mark {
  add(chunk: Buffer): Promise<void>;
  digest(): Promise<string>;
}

/** A form that is sent again has another boundary (every client draws one), and still says the same. */
function markOf(contentType: string): Mark {
  const raw = createHash('sha256');
  const form = partsOf(contentType);
  return {
    async add(chunk) {
      raw.update(chunk);
      await form?.add(chunk);
    },
    async digest() {
      const parts = await form?.digest();
      return parts === undefined ? `bytes ${raw.digest('base64url')}` : `parts ${parts}`;
    },
  };
}

/** Parts of a form that are told from one another at most; one with more is known by its bytes. */
const limits = { parts: 200, headerPairs: 20, headerSize: 8_192 } as const;

/** Names, types and hashes of a form's parts, in order; nothing when it cannot be read as a form. */
function partsOf(contentType: string): { add(chunk: Buffer): Promise<void>; digest(): Promise<string | undefined> } | undefined {
  const parser = parserOf(contentType);
  if (!parser) return undefined;
  const parts: string[] = [];
  let broken = false;
  const over = new Promise<void>((resolve) => {
    const fail = () => {
      broken = true;
      resolve();
    };
    parser.on('error', fail);
    parser.on('partsLimit', fail);
    parser.on('finish', resolve);
    parser.on('file', (name: string | undefined, stream: Readable, filename: string | undefined, encoding, type) => {
      const place = parts.push('') - 1;
      const content = createHash('sha256');
      stream.on('error', fail);
      stream.on('data', (chunk: Buffer) => content.update(chunk));
      stream.on('end', () => {
        parts[place] = JSON.stringify([name, filename, encoding, type, content.digest('base64url')]);
      });
    });
  });
  return {
    async add(chunk) {
      if (broken || !parser.writable) return;
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain').catch(() => {}), over]);
    },
    async digest() {
      parser.end();
      await over;
      return broken || parts.length === 0 ? undefined : createHash('sha256').update(parts.join('\n')).digest('base64url');
    },
  };
}

/** Every part is taken as a file, so that none is held whole. */
function parserOf(contentType: string): InstanceType<typeof Busboy> | undefined {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits, isPartAFile: () => true, preservePath: true });
  } catch {
    // No boundary, or no form at all: then its bytes speak for it, and the vendor says what is wrong.
    return undefined;
  }
}
