import type { Fault } from '../../../../shared/problem.ts';
import { printFaults } from '../files/print.ts';
import type { Envelope } from '../records/envelope.ts';
import { ownerKey } from '../records/people.ts';
import { fieldFaults, printedOf } from './field-faults.ts';
import type { AskedField } from './field-request.ts';

/** An envelope as it is asked for, each part read; whether the parts fit together is looked at here. */
export interface EnvelopeRequest {
  readonly customer: { readonly email: string; readonly name: string };
  /** What it is called; without a name, as its file is. */
  readonly name: string | null;
  readonly externalId: string | null;
  /** The language of its texts (BCP 47): Han characters are drawn as it has them, unless who wrote an answer named another. */
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: string | null;
  /** Null: as the template says, or all at once. */
  readonly order: Envelope['order'] | null;
  readonly requiredReading: boolean;
  readonly reminders: Envelope['reminders'];
  readonly expiresAt: number | null;
  readonly source: EnvelopeSource;
  /** Without it the customer is the one signer. */
  readonly signers: readonly SignerRequest[] | undefined;
  /** Without it those of the document itself are taken, and whoever signs nowhere does so on a page that is added; a template brings its own. */
  readonly fields: readonly AskedField[] | undefined;
  /** What fields that the request does not carry are filled with, by their names; whether they can be is known once the fields are. */
  readonly values: Readonly<Record<string, string | boolean>>;
}

/** What is signed: a document of its own, a template's, or a paper that comes once it is signed. */
export type EnvelopeSource =
  | { readonly kind: 'document'; readonly document: UploadedDocument }
  | { readonly kind: 'template'; readonly templateId: string }
  | { readonly kind: 'paper' };

export interface UploadedDocument {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

export interface SignerRequest {
  readonly email: string;
  readonly name: string;
  readonly role: string | null;
  readonly order: number | undefined;
}

export const signersOf = ({ signers, customer }: EnvelopeRequest): readonly SignerRequest[] =>
  signers ?? [{ ...customer, role: null, order: undefined }];

/** What an envelope or template without a name of its own is called: as its file. */
export const nameOfFile = ({ filename }: Pick<UploadedDocument, 'filename'>): string => filename.replace(/(?<=.)\.pdf$/i, '');

/** Everything that is wrong with the request apart from its document. `missing` gives the characters that no font has. */
export const faultsOf = (request: EnvelopeRequest, missing: (texts: readonly string[]) => string[], now: number): Fault[] => [
  ...repeated(request, 'email', ({ email }) => ownerKey(email)),
  ...repeated(request, 'role', ({ role }) => role),
  ...strangers(request),
  ...fieldFaults(request.fields ?? []),
  ...withoutSignature(request),
  ...givenTwice(request),
  ...(request.expiresAt !== null && request.expiresAt <= now ? [fault('/expires_at', 'past', 'must lie in the future')] : []),
  ...printFaults(printed(request), missing),
];

const fault = (pointer: string, code: string, message: string): Fault => ({ pointer, code, message });

function repeated(request: EnvelopeRequest, part: 'email' | 'role', keyOf: (signer: SignerRequest) => string | null): Fault[] {
  const keys = signersOf(request).map(keyOf);
  return keys.flatMap((key, i) =>
    key !== null && keys.indexOf(key) < i ? [fault(`/signers/${i}/${part}`, 'duplicate', 'must not be that of another signer')] : [],
  );
}

const strangers = (request: EnvelopeRequest): Fault[] =>
  (request.fields ?? []).flatMap((field, i) => {
    const known = signersOf(request).some(({ email }) => ownerKey(email) === ownerKey(field.signer));
    return known ? [] : [fault(`/fields/${i}/signer`, 'not-a-signer', 'must be the e-mail of one of the signers')];
  });

/** Where fields are given, a signer without one for a signature would finish without having signed. */
function withoutSignature({ fields, ...request }: EnvelopeRequest): Fault[] {
  if (!fields) return [];
  const signing = new Set(fields.filter(({ type }) => type === 'signature').map(({ signer }) => ownerKey(signer)));
  const pointer = (i: number) => (request.signers ? `/signers/${i}` : '/fields');
  return signersOf({ fields, ...request }).flatMap(({ email }, i) =>
    signing.has(ownerKey(email)) ? [] : [fault(pointer(i), 'signature-missing', `needs a signature field for ${email}`)],
  );
}

const givenTwice = ({ fields, values }: EnvelopeRequest): Fault[] =>
  fields && Object.keys(values).length > 0 ? [fault('/values', 'not-allowed', 'must not come with fields: give each field its value')] : [];

/** Texts that are drawn in the sealed file, and where they came from. */
const printed = (request: EnvelopeRequest): [pointer: string, text: string][] => [
  ...named(request),
  ...(request.signers ? [] : [['/customer_name', request.customer.name] satisfies [string, string]]),
  ...(request.signers ?? []).flatMap(({ name, role }, i): [string, string][] => [
    [`/signers/${i}/name`, name],
    [`/signers/${i}/role`, role ?? ''],
  ]),
  ...printedOf(request.fields ?? []),
];

/** A template's own name was looked at when it was made. */
function named({ name, source }: EnvelopeRequest): [pointer: string, text: string][] {
  if (name !== null) return [['/envelope_name', name]];
  return source.kind === 'document' ? [['/document/filename', nameOfFile(source.document)]] : [];
}
