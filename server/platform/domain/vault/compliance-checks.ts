import type { Account } from '../records/account.ts';
import type { Envelope, EnvelopeEvent, KeptFile, Signer } from '../records/envelope.ts';
import { copyReason } from './custody-facts.ts';

/** Everything a check looks at. The bytes are what was read and hashed just now; absent when the file is missing, damaged or destroyed. */
export interface Evidence {
  readonly at: number;
  readonly envelope: Envelope;
  readonly signers: readonly Signer[];
  /** Those that are `weighed`. */
  readonly events: readonly EnvelopeEvent[];
  readonly file: KeptFile | null;
  readonly authoritative: Buffer | undefined;
  readonly copy: Buffer | undefined;
  readonly controller: Account | undefined;
}

/** Kinds of events that a check looks at. */
export const weighed = ['document.uploaded', 'vault.stored', 'vault.released', 'vault.lapsed', 'vault.acknowledged'] as const;

interface Finding {
  readonly satisfied: boolean;
  readonly detail: string;
}

export interface Check extends Finding {
  readonly requirement: string;
  readonly reference: string;
}

interface Requirement {
  readonly requirement: string;
  /** The section of the Uniform Commercial Code that asks for it. */
  readonly reference: string;
  look(evidence: Evidence): Finding;
}

/** The eight, in Loyva's order (docs.stg.loyva.net: compliance checks); the sections are those of UCC 9-105 as of 2010, kept as (b) in 2022. */
export const requirements: readonly Requirement[] = [
  { requirement: 'Single authoritative copy', reference: 'UCC 9-105(b)(1)', look: single },
  { requirement: 'Tamper evidence', reference: 'UCC 9-105(b)(1)', look: untouched },
  { requirement: 'Controlling party identified', reference: 'UCC 9-105(b)(2)', look: controlled },
  { requirement: 'Required signatures present', reference: 'UCC 9-102(a)(7)', look: signed },
  { requirement: 'Kept by the secured party or its custodian', reference: 'UCC 9-105(b)(3)', look: held },
  { requirement: 'Assignee changed only with consent', reference: 'UCC 9-105(b)(4)', look: unassigned },
  { requirement: 'Copies identifiable as copies', reference: 'UCC 9-105(b)(5)', look: marked },
  { requirement: 'Amendments identifiable as authorized or not', reference: 'UCC 9-105(b)(6)', look: unamended },
];

const yes = (detail: string): Finding => ({ satisfied: true, detail });
const no = (detail: string): Finding => ({ satisfied: false, detail });
const count = ({ events }: Evidence, kind: (typeof weighed)[number]): number => events.filter((event) => event.kind === kind).length;

/** Why there is nothing to look at, if there is not. */
function absence({ envelope: { state }, authoritative }: Evidence): Finding | undefined {
  if (state === 'destroyed') return no('The authoritative copy has left this vault.');
  if (state !== 'vaulted' && state !== 'released') return no('The envelope is not vaulted.');
  return authoritative ? undefined : no('The authoritative copy cannot be read: it is missing or damaged.');
}

function single(evidence: Evidence): Finding {
  const stored = count(evidence, 'vault.stored');
  return (
    absence(evidence) ?? (stored === 1 ? yes('One file, taken into the vault once.') : no(`It was taken into the vault ${stored} times.`))
  );
}

function untouched(evidence: Evidence): Finding {
  const gone = absence(evidence);
  if (gone || !evidence.file) return gone ?? no('No hash is recorded.');
  return yes(`Read and hashed again now: its SHA-256 is ${evidence.file.sha256}, as recorded.`);
}

function controlled({ controller }: Evidence): Finding {
  return controller ? yes(`${controller.name} (${controller.id}).`) : no('Nobody controls an authoritative copy here.');
}

function signed({ envelope, signers, events, file }: Evidence): Finding {
  if (envelope.kind === 'paper') {
    const uploaded = events.find(({ kind, detail }) => kind === 'document.uploaded' && detail === file?.sha256);
    return uploaded ? yes('Uploaded as it was signed elsewhere, by the holder of this account.') : no('No signed file was uploaded.');
  }
  const missing = signers.filter(({ state, consentedAt, signedAt }) => state !== 'signed' || consentedAt === null || signedAt === null);
  if (missing.length > 0 || signers.length === 0) return no(`${signers.length - missing.length} of ${signers.length} have signed.`);
  return yes(`All ${signers.length} agreed to sign on screen, and signed.`);
}

function held(evidence: Evidence): Finding {
  const gone = absence(evidence);
  if (gone) return gone;
  const { envelope, controller } = evidence;
  if (controller?.id !== envelope.accountId) return no('The party in control is not the one that this vault keeps it for.');
  return yes(envelope.state === 'released' ? 'In this vault, frozen for a release.' : 'In this vault, for the party in control.');
}

/** Control is taken with the vaulting and given away with the acknowledgement of a release; each leaves an event, and they must add up. */
function unassigned(evidence: Evidence): Finding {
  const [stored, released, lapsed, left] = (['vault.stored', 'vault.released', 'vault.lapsed', 'vault.acknowledged'] as const).map((kind) =>
    count(evidence, kind),
  ) as [number, number, number, number];
  const frozen = evidence.envelope.state === 'released' ? 1 : 0;
  if (stored === 0) return no('Nobody has taken control yet.');
  if (left > 0) return no('Control has left this vault.');
  if (stored !== 1 || released - lapsed !== frozen) return no('The record of control does not fit its state.');
  return yes('The party that vaulted it controls it still; no other took its place.');
}

/** The copy is another file, and its seal calls it a copy of this one. */
function marked({ envelope, file, copy }: Evidence): Finding {
  if (!envelope.copy || !copy || !file) return no('There is no sound copy that is marked as one.');
  if (envelope.copy.sha256 === file.sha256) return no('The copy is the same file as the authoritative one.');
  if (!copy.includes(utf16Hex(copyReason(envelope.id, file.sha256)))) return no('The copy does not say of what it is a copy.');
  return yes(`The copy says so on every page and in its seal; its SHA-256 is ${envelope.copy.sha256}.`);
}

/** A text as PDF writes it in a hexadecimal string (ISO 32000-2, 7.9.2.2): UTF-16, big end first. */
const utf16Hex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();

function unamended(evidence: Evidence): Finding {
  const gone = absence(evidence);
  const { envelope, file, events, authoritative } = evidence;
  if (gone || !authoritative || !file) return gone ?? no('There is nothing to look at.');
  if (envelope.kind === 'paper') {
    const same = envelope.document?.uploadSha256 === file.sha256 && events.some(({ detail }) => detail === file.sha256);
    return same ? yes('Byte for byte what was uploaded.') : no('It is not what was uploaded.');
  }
  return endsWithSignature(authoritative)
    ? yes('The seal covers the file to its end: nothing was added after it, authorized or not.')
    : no('Something was added after the seal.');
}

/** Does the last signature's byte range (ISO 32000-2, 12.8.1) reach the end of the file? */
function endsWithSignature(file: Buffer): boolean {
  const from = file.lastIndexOf('/ByteRange');
  const [, start, end, rest] = /^\/ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(file.toString('latin1', from, from + 80)) ?? [];
  return from >= 0 && Number(start) < Number(end) && Number(end) + Number(rest) === file.length;
}
