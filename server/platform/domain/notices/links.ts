import type { MailLink } from '../records/mail.ts';

/** The addresses that carry a secret. Each is made from the record's id and the platform's key, so that it can be given again and is never kept. */
export interface Links {
  readonly templatesUrl: string;
  checkoutSecret(teamId: string): string;
  checkoutUrl(teamId: string): string;
  invitationToken(invitationId: string): string;
  /** 256 bits, as every token of a signing link has. */
  signingToken(mailId: string): string;
  urlOf(link: MailLink): string;
  /** The signing page, opened by this token; it travels in the fragment, which no server's log ever sees. */
  signUrl(token: string): string;
  /** The vault's page, opened by this token in the same way. */
  vaultUrl(token: string): string;
}

interface Options {
  /** Its `publicUrl` is read at each use. */
  readonly place: { readonly publicUrl: string };
  /** Gives every purpose a secret of its own that only the platform's key can make. */
  readonly secretFor: (purpose: string) => string;
}

/** The addresses that the platform's mails and answers name, and the secrets in them. */
export function createLinks({ place, secretFor }: Options): Links {
  const checkoutSecret = (teamId: string) => secretFor(`checkout/${teamId}`);
  const invitationToken = (invitationId: string) => secretFor(`invitation/${invitationId}`);
  const signingToken = (mailId: string) => secretFor(`signing/${mailId}`);
  const address = (path: string) => new URL(path, place.publicUrl).href;
  const signUrl = (token: string) => address(`/sign#${token}`);
  return {
    get templatesUrl() {
      return address('/templates');
    },
    checkoutSecret,
    checkoutUrl: (teamId) => address(`/checkout?sessionId=${checkoutSecret(teamId)}`),
    invitationToken,
    signingToken,
    urlOf: ({ kind, id }) => (kind === 'invitation' ? address(`/invitation?token=${invitationToken(id)}`) : signUrl(signingToken(id))),
    signUrl,
    vaultUrl: (token) => address(`/vault#${token}`),
  };
}
