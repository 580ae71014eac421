import { Failure } from '../../../../shared/problem.ts';
import type { Invitation, Organization } from '../records/sandbox.ts';
import { hashOf } from '../records/secrets.ts';
import type { Storage } from '../records/stores.ts';

export type Invitations = ReturnType<typeof createInvitations>;

/** What the link in a mail leads to. */
export const createInvitations = (storage: Storage) => ({
  async get(token: string): Promise<{ invitation: Invitation; organization: Organization }> {
    const invitation = await storage.read.invitations.byToken(hashOf(token));
    if (!invitation) throw new Failure('not-found');
    return { invitation, organization: await storage.read.organizations.get(invitation.organizationId) };
  },

  /** Sets the invitation's own state and nothing else: whoever holds the link has shown only that the mail arrived. */
  accept: (token: string, at: number): Promise<void> =>
    storage.transact(async (stores) => {
      const invitation = await stores.invitations.byToken(hashOf(token));
      if (!invitation) throw new Failure('not-found');
      await stores.invitations.accept(invitation.id, at);
    }),
});
