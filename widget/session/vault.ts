import type { VaultView } from '../../shared/vault.ts';
import { Link } from './link.ts';
import { asLinkError } from './link-error.ts';

const path = '/api/v2/embed/vault';

/** The record of one vaulted envelope as calls. Each rejects with a LinkError. */
export interface VaultCalls {
  record(): Promise<VaultView>;
  /** The copy; undefined where it broke off, or has left the vault since the record was read: the record then says more. */
  copy(): Promise<Blob | undefined>;
}

/** The record that a vault token opens, at the platform that made the token. */
export function vaultOf(server: string, token: string): VaultCalls {
  const link = new Link(server, async () => ({ Authorization: `Bearer ${token}` }));
  const read = (response: Response) => response.blob().catch(() => undefined);
  return {
    record: () => link.send({ method: 'GET', path }, token),
    copy: () =>
      // However long a copy takes, it is waited for.
      link
        .send<Blob | undefined>({ method: 'GET', path: `${path}/copy`, read, signal: new AbortController().signal }, token)
        .catch((thrown) => {
          if (asLinkError(thrown).code === 'copy-released') return undefined;
          throw thrown;
        }),
  };
}
