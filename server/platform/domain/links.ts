/** The addresses that carry a secret. Each is made from the record's id and the platform's key, so that it can be given again and is never kept. */
export interface Links {
  readonly templatesUrl: string;
  checkoutSecret(teamId: string): string;
  checkoutUrl(teamId: string): string;
  invitationToken(invitationId: string): string;
  invitationUrl(invitationId: string): string;
}

/** `secretFor` gives every purpose a secret of its own that only the platform's key can make. `place.publicUrl` is read at each use. */
export function linksOf(place: { readonly publicUrl: string }, secretFor: (purpose: string) => string): Links {
  const checkoutSecret = (teamId: string) => secretFor(`checkout/${teamId}`);
  const invitationToken = (invitationId: string) => secretFor(`invitation/${invitationId}`);
  const address = (path: string) => new URL(path, place.publicUrl).href;
  return {
    get templatesUrl() {
      return address('/templates');
    },
    checkoutSecret,
    checkoutUrl: (teamId) => address(`/checkout?sessionId=${checkoutSecret(teamId)}`),
    invitationToken,
    invitationUrl: (invitationId) => address(`/invitation?token=${invitationToken(invitationId)}`),
  };
}
