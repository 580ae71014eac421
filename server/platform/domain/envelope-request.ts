import type { FieldType, FieldValue } from '../../../shared/fields.ts';
import type { Fault } from '../../../shared/problem.ts';
import { ownerKey } from './books.ts';
import type { Envelope } from './envelope.ts';
import { isInvisible, unprintable } from './print.ts';

/** An envelope as it is asked for, each part read; whether the parts fit together is looked at here. */
export interface EnvelopeRequest {
  readonly customer: { readonly email: string; readonly name: string };
  /** What it is called; without a name, as its file is. */
  readonly name: string | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: string | null;
  readonly order: Envelope['order'];
  readonly requiredReading: boolean;
  readonly reminders: Envelope['reminders'];
  readonly expiresAt: number | null;
  readonly document: { readonly filename: string; readonly bytes: Uint8Array };
  /** Without it the customer is the one signer. */
  readonly signers: readonly SignerRequest[] | undefined;
  /** Without it a page is added on which everybody signs. */
  readonly fields: readonly FieldRequest[] | undefined;
}

export interface SignerRequest {
  readonly email: string;
  readonly name: string;
  readonly role: string | null;
  readonly order: number | undefined;
}

export interface FieldRequest {
  readonly type: FieldType;
  /** A signer's e-mail. */
  readonly signer: string;
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly required: boolean;
  readonly label: string | null;
  /** What it is filled with until the signer changes it. */
  readonly value: Extract<FieldValue, { kind: 'text' }> | null;
}

export const signersOf = ({ signers, customer }: EnvelopeRequest): readonly SignerRequest[] =>
  signers ?? [{ ...customer, role: null, order: undefined }];

/** What the envelope is called, and by which part of the request. */
export const nameOf = ({ name, document }: EnvelopeRequest): { name: string; pointer: string } =>
  name === null
    ? { name: document.filename.replace(/(?<=.)\.pdf$/i, ''), pointer: '/document/filename' }
    : { name, pointer: '/envelope_name' };

/** Everything that is wrong with the request apart from its document. `missing` gives the characters that no font has. */
export const faultsOf = (request: EnvelopeRequest, missing: (texts: readonly string[]) => string[], now: number): Fault[] => [
  ...repeated(request, 'email', ({ email }) => ownerKey(email)),
  ...repeated(request, 'role', ({ role }) => role),
  ...(request.fields ?? []).flatMap((field, i) => fieldFaults(request, field, i)),
  ...withoutSignature(request),
  ...(request.expiresAt !== null && request.expiresAt <= now ? [fault('/expires_at', 'past', 'must lie in the future')] : []),
  ...printed(request).flatMap(([pointer, text]) => [...printFault(pointer, text), ...glyphFault(pointer, missing([text]))]),
];

/** Pages that the document does not have, and fields too small to be seen on theirs (points: 1/72 inch). */
export function placeFaults(fields: readonly FieldRequest[], pages: readonly { width: number; height: number }[]): Fault[] {
  return fields.flatMap(({ page, width, height }, i) => {
    const size = pages[page - 1];
    if (!size) return [fault(`/fields/${i}/page`, 'no-such-page', `must be a page of the document, which has ${pages.length}`)];
    return [
      ...(width * size.width < smallest
        ? [fault(`/fields/${i}/width`, 'too-small', `must be at least ${smallest} points on its page`)]
        : []),
      ...(height * size.height < smallest
        ? [fault(`/fields/${i}/height`, 'too-small', `must be at least ${smallest} points on its page`)]
        : []),
    ];
  });
}

/** A field smaller than this, in points, can neither be hit nor read. */
const smallest = 8;
/** Thirds and the like do not add up to exactly 1. */
const slack = 1e-6;

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });

function repeated(request: EnvelopeRequest, part: 'email' | 'role', keyOf: (signer: SignerRequest) => string | null): Fault[] {
  const keys = signersOf(request).map(keyOf);
  return keys.flatMap((key, i) =>
    key !== null && keys.indexOf(key) < i ? [fault(`/signers/${i}/${part}`, 'duplicate', 'must not be that of another signer')] : [],
  );
}

function fieldFaults(request: EnvelopeRequest, field: FieldRequest, i: number): Fault[] {
  const known = signersOf(request).some(({ email }) => ownerKey(email) === ownerKey(field.signer));
  const preset = field.value && field.type !== 'text' && field.type !== 'name';
  return [
    ...(known ? [] : [fault(`/fields/${i}/signer`, 'not-a-signer', 'must be the e-mail of one of the signers')]),
    ...(field.x + field.width > 1 + slack
      ? [fault(`/fields/${i}/width`, 'outside', 'must not reach past the right edge of the page')]
      : []),
    ...(field.y + field.height > 1 + slack ? [fault(`/fields/${i}/height`, 'outside', 'must not reach past the foot of the page')] : []),
    ...(preset ? [fault(`/fields/${i}/value`, 'not-allowed', 'can be given for text and name fields only')] : []),
  ];
}

/** Where fields are given, a signer without one for a signature would finish without having signed. */
function withoutSignature({ fields, ...request }: EnvelopeRequest): Fault[] {
  if (!fields) return [];
  const signing = new Set(fields.filter(({ type }) => type === 'signature').map(({ signer }) => ownerKey(signer)));
  const pointer = (i: number) => (request.signers ? `/signers/${i}` : '/fields');
  return signersOf({ fields, ...request }).flatMap(({ email }, i) =>
    signing.has(ownerKey(email)) ? [] : [fault(pointer(i), 'signature-missing', `needs a signature field for ${email}`)],
  );
}

/** Texts that are drawn in the sealed file, and where they came from. */
const printed = (request: EnvelopeRequest): [pointer: string, text: string][] => [
  [nameOf(request).pointer, nameOf(request).name],
  ...(request.signers ? [] : [['/customer_name', request.customer.name] satisfies [string, string]]),
  ...(request.signers ?? []).flatMap(({ name, role }, i): [string, string][] => [
    [`/signers/${i}/name`, name],
    [`/signers/${i}/role`, role ?? ''],
  ]),
  ...(request.fields ?? []).map(({ value }, i): [string, string] => [`/fields/${i}/value`, value?.text ?? '']),
];

const printFault = (pointer: string, text: string): Fault[] =>
  unprintable.test(text) || (isInvisible(text) && text !== '')
    ? [fault(pointer, 'control-characters', 'must not hold control characters, or nothing that can be seen')]
    : [];

function glyphFault(pointer: string, missing: readonly string[]): Fault[] {
  if (missing.length === 0) return [];
  const characters = missing.join(' ');
  return [{ ...fault(pointer, 'glyph', `holds characters that cannot be printed here: ${characters}`), params: { characters } }];
}
