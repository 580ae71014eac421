import { newId } from '../../../../shared/ids.ts';
import type { Mail } from '../records/mail.ts';
import type { Organization } from '../records/sandbox.ts';
import { hashOf } from '../records/secrets.ts';
import type { Stores } from '../records/stores.ts';
import type { Links } from './links.ts';

interface Person {
  readonly email: string;
  /** How the mail greets; empty when no name is known. */
  readonly name: string;
}

/** Records an invitation and the mail that carries it, in the transaction of the caller. */
export async function invite(
  stores: Stores,
  links: Links,
  to: { dialect: 'scribeless' | 'kelviq'; organization: Organization; person: Person; company: string; partner: string },
  at: number,
): Promise<string> {
  const id = newId('invitation');
  const { dialect, organization, person } = to;
  const invitation = { id, organizationId: organization.id, dialect, email: person.email, acceptedAt: null };
  await stores.invitations.add(invitation, hashOf(links.invitationToken(id)), at);
  const words = wordings[dialect](to.company, to.partner);
  const opening = `${person.name ? `Hello ${person.name},` : 'Hello,'}\n\n${words.opening}`;
  await stores.mails.add({ ...words, opening, id: newId('mail'), at, to: person.email, link: { kind: 'invitation', id } });
  return id;
}

/** The whole text, as it is sent. */
export const textOf = (mail: Mail, links: Links): string =>
  `${[mail.opening, ...(mail.link ? [links.urlOf(mail.link)] : []), mail.closing].join('\n\n')}\n`;

type Wording = (company: string, partner: string) => Pick<Mail, 'from' | 'subject' | 'opening' | 'closing'>;

const wordings: Record<'scribeless' | 'kelviq', Wording> = {
  scribeless: (company, partner) => ({
    from: 'Scribeless (sandbox)',
    subject: `You are invited to the team ${company}`,
    opening: `${partner} has opened a Scribeless team for ${company} and made you its owner. Accept the invitation here:`,
    closing: 'You did not expect this? Then leave it be; nothing happens until you accept.',
  }),
  kelviq: (company, partner) => ({
    from: 'Kelviq (sandbox)',
    subject: `Welcome to Kelviq: set a password for ${company}`,
    opening: `${partner} has set up the organization ${company} at Kelviq, with you as its owner. Set your password here:`,
    closing: 'You did not expect this? Then leave it be; nobody can sign in until a password is set.',
  }),
};
