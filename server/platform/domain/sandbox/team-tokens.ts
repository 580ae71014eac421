import { Failure, type Fault } from '../../../../shared/problem.ts';
import { type TeamAbility, tokenRoles } from '../../../../shared/team.ts';
import type { TeamToken } from '../records/sandbox.ts';
import { hashOf, newSecret } from '../records/secrets.ts';
import type { Storage } from '../records/stores.ts';
import { admit, type TeamCaller } from './subscribr.ts';

export interface TokenRequest {
  readonly name: string;
  readonly abilities: readonly TeamAbility[];
}

export type TeamTokens = ReturnType<typeof createTeamTokens>;

const minute = 60_000;

/** The tokens of Subscribr's teams. Their secrets are kept as hashes. */
export const createTeamTokens = (storage: Storage) => ({
  /** Failure `role-missing` with the vendor's sentence for this act: only owners and admins of a team have to do with its tokens. */
  administer(caller: TeamCaller, act: 'manage' | 'create' | 'delete'): void {
    admit(caller);
    if (!tokenRoles.includes(caller.role)) throw new Failure('role-missing', `Only team administrators can ${act} API tokens`);
  },

  list: ({ team }: TeamCaller, limit: number, after?: readonly [id: number]) => storage.read.subscribr.tokens(team.id, limit, after),

  /** The token and its secret, in the clear this once. Failure `invalid-input` with every reason. */
  async open(caller: TeamCaller, request: TokenRequest, at: number): Promise<{ token: TeamToken; secret: string }> {
    const secret = newSecret('sk_live_');
    const token = await storage.transact(async ({ subscribr }) => {
      const { team, token } = caller;
      // A token that was deleted since the call came in has nothing left to grant.
      if (token && !(await subscribr.hasToken(team.id, { id: token.id }))) throw new Failure('unauthenticated');
      const taken = await subscribr.hasToken(team.id, { name: request.name });
      const faults = [...(taken ? [nameTaken] : []), ...abilityFaults(request, caller)];
      if (faults.length > 0) throw new Failure('invalid-input', undefined, { errors: faults });
      const granted = { name: request.name, abilities: [...new Set(request.abilities)] };
      return subscribr.addToken(team.id, granted, hashOf(secret), at);
    });
    return { token, secret };
  },

  /** Failure `not-found`, also for the tokens of others. */
  async remove({ team }: TeamCaller, id: number): Promise<void> {
    const removed = await storage.transact(({ subscribr }) => subscribr.removeToken(team.id, id));
    if (!removed) throw new Failure('not-found', 'Token not found');
  },

  /** Remembers when a token was last used, to the minute: a busy one must not write with every call. */
  async use({ team, token }: TeamCaller, at: number): Promise<void> {
    if (!token || (token.lastUsedAt !== null && at - token.lastUsedAt < minute)) return;
    await storage.transact(({ subscribr }) => subscribr.useToken(team.id, token.id, at));
  },
});

const nameTaken: Fault = { pointer: '/name', code: 'taken', message: 'The name has already been taken.' };

/** Nobody hands on what they have not got. */
const abilityFaults = ({ abilities }: TokenRequest, caller: TeamCaller): Fault[] =>
  abilities.flatMap((ability, at) =>
    caller.abilities.includes(ability)
      ? []
      : [{ pointer: `/abilities/${at}`, code: 'not-granted', message: `This token cannot grant ${ability}: it was not granted itself.` }],
  );
