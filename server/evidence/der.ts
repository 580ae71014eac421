/** One element of DER (X.690): its tag and where it and its contents lie. */
export interface Element {
  readonly tag: number;
  /** The whole element. */
  readonly bytes: Buffer;
  readonly contents: Buffer;
}

export const tags = { integer: 0x02, octets: 0x04, oid: 0x06, sequence: 0x30, set: 0x31, zero: 0xa0, one: 0xa1 } as const;

/** The element at the start of these bytes, or nothing where they hold none: only definite lengths, and tags of one byte. */
export function elementIn(bytes: Buffer): Element | undefined {
  const [tag = 0x1f, first = 0x80] = bytes;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  if ((tag & 0x1f) === 0x1f || first === 0x80 || digits > 4 || bytes.length < 2 + digits) return undefined;
  const start = 2 + digits;
  const end = start + (digits > 0 ? bytes.readUIntBE(2, digits) : first);
  return end > bytes.length ? undefined : { tag, bytes: bytes.subarray(0, end), contents: bytes.subarray(start, end) };
}

/** The elements inside of one; an empty list where they do not fill it. */
export function elementsOf(element: Element | undefined): Element[] {
  const inside: Element[] = [];
  for (let rest = element?.contents ?? Buffer.alloc(0); rest.length > 0; ) {
    const next = elementIn(rest);
    if (!next) return [];
    inside.push(next);
    rest = rest.subarray(next.bytes.length);
  }
  return inside;
}

/** An object identifier's contents in hexadecimal, as the tables here name it. */
export const oidOf = (element: Element | undefined): string => (element?.tag === tags.oid ? element.contents.toString('hex') : '');
