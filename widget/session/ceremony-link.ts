import { type CeremonyCalls, ceremonyOf } from './ceremony.ts';
import { Link } from './link.ts';

/** The ceremony that a signing link opens, at the platform that made the link. The token is all the link is: keep it in the fragment. */
export function ceremonyOfLink(server: string, token: string): CeremonyCalls & { now(): number } {
  const link = new Link(server, async () => ({ Authorization: `Bearer ${token}` }));
  return { ...ceremonyOf((call) => link.send(call, token), '/api/v2/embed/ceremony'), now: () => link.now() };
}
