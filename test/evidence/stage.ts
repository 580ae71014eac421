import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument, PDFHexString, PDFName, PDFString, StandardFonts } from '@cantoo/pdf-lib';
import type { Evidence } from '../../server/evidence/judge.ts';
import { makeAuthority } from '../../server/platform/documents/seal/authority.ts';
import { signedBy } from '../../server/platform/documents/seal/cms.ts';
import { works } from '../../server/platform/documents/seal/work.ts';
import { documentOf } from '../platform/world/judges.ts';

export const identity = await makeAuthority(Date.now());

/** Two pages, sealed as every file of ours is. */
export async function sealedFile(lines: readonly string[] = ['The lease is agreed.', 'The second page.']): Promise<Uint8Array> {
  const { bytes, pages } = await documentOf(lines);
  return works.seal({ source: bytes, pages, marks: [], facts: null, reason: 'Sealed', identity, at: Date.now() });
}

/** A file whose form was left in, sealed all the same: what intake no longer lets through. */
export async function sealedForm(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const page = document.addPage([595, 842]);
  const font = await document.embedFont(StandardFonts.Helvetica);
  const field = document.getForm().createTextField('Buyer.name');
  field.addToPage(page, { x: 60, y: 700, width: 200, height: 20, font });
  field.setText('Ada Nordin');
  const source = await document.save({ useObjectStreams: false });
  const pages = [{ box: [0, 0, 595, 842], rotate: 0, userUnit: 1 }] as const;
  return works.seal({ source, pages, marks: [], facts: null, reason: 'Sealed', identity, at: Date.now() });
}

/** The catalog and the first page of a plain file, as they are written, and what a next revision has to go on from. */
export function anatomyOf(bytes: Uint8Array) {
  const text = Buffer.from(bytes).toString('latin1');
  const number = (pattern: RegExp): number => Number([...text.matchAll(pattern)].at(-1)?.[1]);
  const object = (n: number): string =>
    [...text.matchAll(new RegExp(`(?:^|[\\r\\n])${n} 0 obj\\s([\\s\\S]*?)\\sendobj`, 'g'))].at(-1)?.[1] ?? '';
  const catalog = number(/\/Root (\d+) 0 R/g);
  const tree = Number(/\/Pages (\d+) 0 R/.exec(object(catalog))?.[1]);
  const pages = [...(/\/Kids \[([^\]]*)\]/.exec(object(tree))?.[1] ?? '').matchAll(/(\d+) 0 R/g)].map(([, n]) => Number(n));
  const info = number(/\/Info (\d+) 0 R/g);
  return { text, object, catalog, info, tree, pages, size: number(/\/Size (\d+)/g), startxref: number(/startxref\s+(\d+)/g) };
}

export interface Update {
  /** What each object becomes; null frees it. */
  readonly objects: Readonly<Record<number, string | null>>;
  /** Entries of the cross-reference table in place of those that follow from the objects: offset and generation. */
  readonly entries?: Readonly<Record<number, readonly [number, number]>>;
  /** In place of the /Prev that leads to the revision before. */
  readonly trailer?: string;
  /** Written between the objects and the table. */
  readonly stray?: string;
}

/** The file with one more revision, written by hand (ISO 32000-2, 7.5.6). */
export function updated(bytes: Uint8Array, update: Update): Buffer {
  const { catalog, info, size, startxref } = anatomyOf(bytes);
  let body = Buffer.from(bytes).at(-1) === 10 ? '' : '\n';
  const entries = new Map<number, string>();
  for (const [number, object] of Object.entries(update.objects)) {
    const free = object === null;
    entries.set(Number(number), free ? '0000000000 00001 f \n' : `${String(bytes.length + body.length).padStart(10, '0')} 00000 n \n`);
    if (!free) body += `${number} 0 obj\n${object}\nendobj\n`;
  }
  for (const [number, [offset, generation]] of Object.entries(update.entries ?? {}))
    entries.set(Number(number), `${String(offset).padStart(10, '0')} ${String(generation).padStart(5, '0')} n \n`);
  body += update.stray ?? '';
  const table = [...entries].map(([number, entry]) => `${number} 1\n${entry}`).join('');
  const most = Math.max(size, ...[...entries.keys()].map((number) => number + 1));
  const last = update.trailer ?? `/Prev ${startxref}`;
  const trailer = `trailer\n<< /Size ${most} /Info ${info} 0 R ${last.includes('/Root') ? last : `/Root ${catalog} 0 R ${last}`} >>`;
  const at = bytes.length + Buffer.from(body, 'latin1').length;
  return Buffer.concat([bytes, Buffer.from(`${body}xref\n${table}${trailer}\nstartxref\n${at}\n%%EOF\n`, 'latin1')]);
}

/** `with` put in at the end of a dictionary. */
export const extended = (dictionary: string, entries: string): string => dictionary.replace(/>>\s*$/, `${entries} >>`);

/** The kinds of change of one revision, each once. */
export const kindsOf = ({ revisions }: Evidence, number = revisions.length): string[] =>
  [...new Set((revisions[number - 1]?.changes ?? []).map(({ kind }) => kind))].sort();

/** A revision of validation data: certificates in a DSS, with the VRI of the signature (ISO 32000-2, 12.8.4.3). */
export function withValidationData(bytes: Uint8Array): Buffer {
  const { object, catalog, size } = anatomyOf(bytes);
  const streams = identity.certificates.map((der) => {
    const data = Buffer.from(der).toString('latin1');
    return `<< /Length ${data.length} >>\nstream\n${data}\nendstream`;
  });
  const refs = streams.map((_, i) => `${size + i} 0 R`).join(' ');
  const dss = size + streams.length;
  const vri = `<< /Type /VRI /${'A'.repeat(40)} << /Cert [${refs}] /TU (D:20261121120000Z) >> >>`;
  return updated(bytes, {
    objects: {
      ...Object.fromEntries(streams.map((stream, i) => [size + i, stream])),
      [dss]: `<< /Type /DSS /Certs [${refs}] /VRI ${vri} >>`,
      [catalog]: extended(object(catalog), `/DSS ${dss} 0 R /Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>`),
    },
  });
}

const room = 16_000;

/** Writes the byte range and the signature into the last hole of zeros. `spare` bytes after the hole are left out of the range as well. */
function bound(whole: Buffer, sign: (digest: string) => Buffer, spare = 0): Buffer {
  const start = whole.lastIndexOf(`<${'0'.repeat(room)}>`);
  const end = start + room + 2 + spare;
  const digits = [start, end, whole.length - end].map((n) => String(n).padStart(10, '0')).join(' ');
  const range = whole.lastIndexOf('/ByteRange [', start);
  whole.write(`/ByteRange [0 ${digits}]`.padEnd(whole.indexOf(']', range) + 1 - range), range, 'latin1');
  const digest = createHash('sha256').update(whole.subarray(0, start)).update(whole.subarray(end)).digest('hex');
  whole.write(sign(digest).toString('hex').padEnd(room, '0'), start + 1, 'latin1');
  return whole;
}

export interface Sealing {
  /** A certification's level; without it an approval. */
  readonly level?: 1 | 2 | 3;
  readonly spare?: number;
}

/** Any file with a signature on top of what it has, added by pdf-lib's incremental save. */
export async function signedOnTop(bytes: Uint8Array, { level, spare = 0 }: Sealing = {}): Promise<Buffer> {
  const document = await PDFDocument.load(bytes, { forIncrementalUpdate: true, updateMetadata: false });
  const { context, catalog } = document;
  const reference = { Type: 'SigRef', TransformMethod: 'DocMDP', TransformParams: { Type: 'TransformParams', P: level, V: '1.2' } };
  const signature = context.register(
    context.obj({
      Type: 'Sig',
      Filter: 'Adobe.PPKLite',
      SubFilter: 'ETSI.CAdES.detached',
      ByteRange: [0, 9_999_999_999, 9_999_999_999, 9_999_999_999],
      Contents: PDFHexString.of('0'.repeat(room)),
      ...(level ? { Reference: [reference] } : {}),
    }),
  );
  const page = document.getPage(0);
  const title = PDFString.of(`Signature ${document.getForm().getFields().length}`);
  const field = context.register(
    context.obj({ Type: 'Annot', Subtype: 'Widget', FT: 'Sig', T: title, F: 132, Rect: [0, 0, 0, 0], P: page.ref, V: signature }),
  );
  page.node.addAnnot(field);
  document.getForm().acroForm.addField(field);
  if (level) catalog.set(PDFName.of('Perms'), context.obj({ DocMDP: signature }));
  const added = Buffer.from(await document.commit({ useObjectStreams: false }));
  return bound(added, (digest) => Buffer.from(signedBy(identity, Buffer.from(digest, 'hex'))), spare);
}

/** A revision with a document time stamp (12.8.5); `field` and `stamp` change what its dictionaries say. */
export function withTimeStamp(
  bytes: Uint8Array,
  authority: (digest: string) => Buffer,
  { field = '/Rect [0 0 0 0]', stamp = '', title = 'Stamp' }: { field?: string; stamp?: string; title?: string } = {},
): Buffer {
  const { object, catalog, pages, size } = anatomyOf(bytes);
  const [page = 0] = pages;
  const [signature, widget] = [size, size + 1];
  const range = '/ByteRange [0 0000000000 0000000000 0000000000]';
  const whole = updated(bytes, {
    objects: {
      [signature]: `<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 ${range} /Contents <${'0'.repeat(room)}> ${stamp} >>`,
      [widget]: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${title}) /F 132 /P ${page} 0 R /V ${signature} 0 R ${field} >>`,
      [page]: object(page).replace(/\/Annots \[([^\]]*)\]/, `/Annots [$1 ${widget} 0 R]`),
      [catalog]: object(catalog).replace(/\/Fields \[([^\]]*)\]/, `/Fields [$1 ${widget} 0 R]`),
    },
  });
  return bound(whole, authority);
}

/** A time-stamping authority of OpenSSL's in this folder: gives the token for a SHA-256. What it says of itself is not printed. */
export function timeStampAuthority(folder: string): (digest: string) => Buffer {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const file = (name: string): string => join(folder, name);
  writeFileSync(
    file('tsa.cnf'),
    `[tsa]\ndefault_tsa = own\n[own]\nserial = ${file('serial')}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\naccuracy = secs:1\ness_cert_id_alg = sha256\n`,
  );
  const usage = ['-addext', 'extendedKeyUsage=critical,timeStamping'];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:3072',
    '-nodes',
    '-subj',
    '/CN=Stamps',
    '-keyout',
    file('tsa.key'),
    '-out',
    file('tsa.pem'),
    ...usage,
  );
  return (digest) => {
    openssl('ts', '-query', '-digest', digest, '-sha256', '-cert', '-out', file('query'));
    const by = ['-config', file('tsa.cnf'), '-signer', file('tsa.pem'), '-inkey', file('tsa.key')];
    openssl('ts', '-reply', '-queryfile', file('query'), ...by, '-token_out', '-out', file('token'));
    return readFileSync(file('token'));
  };
}
