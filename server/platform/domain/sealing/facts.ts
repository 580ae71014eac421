import { utc } from '../../../../shared/time-zone.ts';
import { readConsent } from '../ceremony/consent-words.ts';
import type { Facts } from '../files/documents.ts';
import { documentOf, type Envelope, type EnvelopeEvent, type EnvelopeField, type Signer } from '../records/envelope.ts';

/** Everything that is kept of an envelope whose signers have all signed. */
export interface SignedRecord {
  readonly envelope: Envelope & { readonly finishedAt: number };
  readonly sender: string;
  readonly signers: readonly Signer[];
  readonly fields: readonly EnvelopeField[];
  readonly events: readonly EnvelopeEvent[];
}

/** Who is named in the records: by their name, and whoever is no signer by the sender's. */
type Teller = Pick<SignedRecord, 'sender' | 'signers'>;

/** What the completion pages and the attached JSON tell: the same however often sealing is tried, for it ends with the last signature. */
export function factsOf(record: SignedRecord): Facts {
  const { envelope, sender, signers, events } = record;
  const document = documentOf(envelope);
  // By their order, not by the clock, which may have been set back in between.
  const until = events.slice(0, events.findLastIndex(({ kind }) => kind === 'signer.signed') + 1);
  const consents = until.filter(({ kind, detail }) => kind === 'signer.consented' && detail !== null);
  const consent = consents.at(-1);
  if (!consent) throw new Error(`Nobody has agreed to sign ${envelope.id}.`);
  const agreed = readConsent(consent);
  return {
    envelope: {
      id: envelope.id,
      name: envelope.name,
      locale: envelope.locale,
      created_at: iso(envelope.createdAt),
      completed_at: iso(envelope.finishedAt),
    },
    sender,
    document: {
      pages: document.pages.length,
      upload_sha256: document.uploadSha256,
      signed_sha256: document.sha256,
    },
    // The title is the first paragraph, so that the hash can be made again from what is here.
    consent: { version: agreed.version, sha256: agreed.sha256, paragraphs: [agreed.title, ...agreed.paragraphs] },
    signers: signers.map((signer) => signerFacts(signer, record.fields)),
    events: historyOf(until, record),
  };
}

/** What happened, in the words of the records. */
export const historyOf = (events: readonly EnvelopeEvent[], told: Teller): Facts['events'] =>
  withoutRepetitions(events).map((event) => eventFacts(event, told));

/** A link that is asked for again, for the same signer with the same key, tells nothing new: a partner that polls would fill page after page. */
function withoutRepetitions(events: readonly EnvelopeEvent[]): EnvelopeEvent[] {
  const told = new Set<string>();
  return events.filter(({ kind, signerId, detail }) => {
    const link = `${signerId} ${detail}`;
    if (kind !== 'link.made') return true;
    return !told.has(link) && told.add(link);
  });
}

function signerFacts(signer: Signer, fields: readonly EnvelopeField[]): Facts['signers'][number] {
  const { name, email, role, reached, consentedAt, signedAt } = signer;
  if (!reached || consentedAt === null || signedAt === null) throw new Error(`The signer ${signer.id} has not signed.`);
  return {
    name,
    email,
    role,
    consented_at: iso(consentedAt),
    signed_at: iso(signedAt),
    ...dayFacts(signer, fields),
    assurance: reached.assurance,
    address: reached.address,
    ...(reached.via !== undefined && { address_via: reached.via }),
    user_agent: reached.userAgent,
    reported_by: reached.reportedBy,
  };
}

/** The day that stands where they were asked for it, and the time zone it is the day in: whoever named none was shown that of UTC. */
function dayFacts({ id, timeZone }: Signer, fields: readonly EnvelopeField[]): Pick<Facts['signers'][number], 'date_signed' | 'time_zone'> {
  const stamped = fields.find(({ signerId, type, value }) => signerId === id && type === 'date_signed' && value?.kind === 'text')?.value;
  if (stamped?.kind !== 'text') return { date_signed: null, time_zone: null };
  return { date_signed: stamped.text, time_zone: timeZone ?? utc };
}

const eventFacts = (event: EnvelopeEvent, record: Teller): Facts['events'][number] => ({
  at: iso(event.at),
  kind: event.kind,
  who: whoOf(event, record),
  address: event.reached?.address ?? null,
  ...(event.reached?.via !== undefined && { address_via: event.reached.via }),
  reported_by: event.reached?.reportedBy ?? 'the platform',
  detail: detailOf(event, record),
});

/** What is done about a signer, not by one. */
const aboutSigner = new Set(['link.made', 'signer.reminded']);

/** Whose act it was: a link is made for a signer, by whoever sends; that a file was found damaged is nobody's. */
function whoOf({ kind, signerId }: EnvelopeEvent, record: Teller): string | null {
  if (kind.startsWith('vault.')) return null;
  return (aboutSigner.has(kind) ? undefined : nameOf(signerId, record)) ?? record.sender;
}

const nameOf = (signerId: string | null, { signers }: Teller): string | undefined => signers.find(({ id }) => id === signerId)?.name;

/** Of a link whom it is for; of a consent its version and hash: the words stand once, before the events. */
function detailOf({ id, kind, detail, signerId }: EnvelopeEvent, record: Teller): string | null {
  if (kind === 'signer.reminded') return `For ${nameOf(signerId, record)}`;
  if (kind === 'link.made') return `For ${nameOf(signerId, record)}, asked for with ${detail}`;
  if (kind !== 'signer.consented' || detail === null) return detail;
  const { version, sha256 } = readConsent({ id, detail });
  return `Version ${version}, SHA-256 ${sha256}`;
}

const iso = (at: number): string => new Date(at).toISOString();
