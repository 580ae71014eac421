import { newId } from '../../../../shared/ids.ts';
import type { Envelope, Signer } from '../records/envelope.ts';
import type { Mail } from '../records/mail.ts';
import { hashOf } from '../records/secrets.ts';
import type { Stores } from '../records/stores.ts';
import { askedSigners, signersInTurn } from '../records/turns.ts';
import type { Links } from './links.ts';

/** What the mails of an envelope are about. `sender` is the account's name: who asks. */
export interface Occasion {
  readonly envelope: Envelope;
  readonly sender: string;
  readonly signers: readonly Signer[];
}

type MailBooks = Pick<Stores, 'mails' | 'envelopes'>;
type Words = Pick<Mail, 'subject' | 'opening' | 'closing'>;

const week = 7 * 24 * 3_600_000;

/** Asks the signers whose turn it is, in the transaction that makes it their turn. `already` were asked before. */
export async function inviteSigners(
  stores: MailBooks,
  links: Links,
  occasion: Occasion,
  at: number,
  already: readonly Signer[] = [],
): Promise<void> {
  const { envelope, signers } = occasion;
  for (const signer of signersInTurn(envelope, signers))
    if (!already.some(({ id }) => id === signer.id)) await send(stores, links, { ...occasion, signer, words: asking(occasion) }, at);
}

/** Asks one of them again. */
export const remindSigner = (stores: MailBooks, links: Links, occasion: Occasion, signer: Signer, at: number): Promise<void> =>
  send(stores, links, { ...occasion, signer, words: askingAgain(occasion) }, at);

/** Tells every signer that the sealed file is there. */
export async function announceCompletion(stores: MailBooks, links: Links, occasion: Occasion, at: number): Promise<void> {
  for (const signer of occasion.signers) await send(stores, links, { ...occasion, signer, words: completed(occasion) }, at);
}

/** Tells everybody who was asked that it ended unsigned; whoever ended it knows. `by` is null for the partner. */
export async function announceEnd(
  stores: MailBooks,
  links: Links,
  occasion: Occasion,
  end: { by: Signer | null; reason: string | null },
  at: number,
): Promise<void> {
  const words = ended(occasion, end);
  for (const signer of askedSigners(occasion.envelope, occasion.signers))
    if (signer.id !== end.by?.id) await send(stores, links, { ...occasion, signer, words, closed: true }, at);
}

/** Tells everybody who was asked that the time to sign is over. */
export async function announceExpiry(stores: MailBooks, links: Links, occasion: Occasion, at: number): Promise<void> {
  const words = expired(occasion);
  for (const signer of askedSigners(occasion.envelope, occasion.signers))
    await send(stores, links, { ...occasion, signer, words, closed: true }, at);
}

/** A mail, and unless nothing is left to do the way in that it carries: its token is made again when the mail leaves. */
async function send(
  stores: MailBooks,
  links: Links,
  { envelope, signer, words, closed = false }: Occasion & { signer: Signer; words: Words; closed?: boolean },
  at: number,
): Promise<void> {
  const id = newId('mail');
  if (!closed)
    await stores.envelopes.addPass({
      hash: hashOf(links.signingToken(id)),
      kind: 'mail',
      envelopeId: envelope.id,
      signerId: signer.id,
      accountId: envelope.accountId,
      createdAt: at,
      expiresAt: at + week,
    });
  const link = closed ? null : ({ kind: 'signing', id } as const);
  const opening = `Hello ${signer.name},\n\n${words.opening}`;
  await stores.mails.add({ ...words, opening, id, at, from: 'Loyva (sandbox)', to: signer.email, link, envelopeId: envelope.id });
}

const asking = ({ envelope, sender }: Occasion): Words => ({
  subject: oneLine(`${sender} asks you to sign: ${envelope.name}`),
  opening: paragraphs(
    `${sender} asks you to read and sign “${envelope.name}”.`,
    envelope.message && `Their message:\n\n${envelope.message}`,
    envelope.expiresAt !== null && `It can be signed until ${when(envelope.expiresAt)}.`,
    'Open it here:',
  ),
  closing: 'The link is yours alone: whoever has it can sign in your name, so do not pass it on. It works for seven days.',
});

const askingAgain = ({ envelope, sender }: Occasion): Words => ({
  ...asking({ envelope, sender, signers: [] }),
  subject: oneLine(`Reminder from ${sender}, please sign: ${envelope.name}`),
  opening: paragraphs(
    `${sender} has asked you to read and sign “${envelope.name}”, and waits for you.`,
    envelope.expiresAt !== null && `It can be signed until ${when(envelope.expiresAt)}.`,
    'Open it here:',
  ),
});

const completed = ({ envelope, sender }: Occasion): Words => ({
  subject: oneLine(`Signed by everybody: ${envelope.name}`),
  opening: paragraphs(`Everybody has signed “${envelope.name}”, which ${sender} sent, and it is sealed.`, 'Read it and keep a copy here:'),
  closing: 'The link is yours alone and works for seven days. Any change to the file you download breaks its seal.',
});

function ended({ envelope, sender }: Occasion, { by, reason }: { by: Signer | null; reason: string | null }): Words {
  const act = by ? `${by.name} has declined to sign` : `${sender} has withdrawn`;
  return {
    subject: oneLine(`${by ? 'Declined' : 'Withdrawn'}: ${envelope.name}`),
    opening: paragraphs(`${act} “${envelope.name}”.`, reason && `The reason given:\n\n${reason}`),
    closing: 'It can no longer be signed. There is nothing you need to do.',
  };
}

const expired = ({ envelope, sender }: Occasion): Words => ({
  subject: oneLine(`Expired: ${envelope.name}`),
  opening: `The time to sign “${envelope.name}”, which ${sender} sent, is over.`,
  closing: 'It can no longer be signed. There is nothing you need to do.',
});

const paragraphs = (...parts: readonly (string | null | false)[]): string => parts.filter(Boolean).join('\n\n');
/** A subject is a header: one line, whatever a name holds. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
const when = (at: number): string => `${format.format(at)} UTC`;
