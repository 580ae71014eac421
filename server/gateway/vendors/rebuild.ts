import type { z } from 'zod/mini';
import { KelviqList, KelviqOrganization } from '../../../shared/vendors/kelviq.ts';
import { ScribelessTeam } from '../../../shared/vendors/scribeless.ts';
import type { FoundSecret, Rebuild } from '../domain/proxy/call.ts';

/** Reads the answer once, finds the records in it, and writes it again; every field the vendor sent stays, but the secrets. */
function rebuilding<R>(
  opens: boolean,
  schema: z.ZodMiniType<unknown>,
  records: (answer: never) => R[],
  secretOf: (record: R) => FoundSecret | undefined,
  replace: (record: R, reference: string | null) => void,
): Rebuild {
  const read = (body: Buffer): { answer: unknown; records: R[] } => {
    const answer = jsonOf(body);
    schema.parse(answer);
    return { answer, records: records(answer as never) };
  };
  return {
    opens,
    find: (body) => read(body).records.flatMap((record) => secretOf(record) ?? []),
    write(body, reference) {
      const { answer, records: all } = read(body);
      for (const record of all) {
        const found = secretOf(record);
        replace(record, found ? reference(found) : null);
      }
      return Buffer.from(JSON.stringify(answer));
    },
    refusal(body) {
      try {
        return Buffer.from(JSON.stringify(jsonOf(body), (name, value) => (secretNames.has(name) ? null : value)));
      } catch {
        // The status says enough; bytes that nobody can read go nowhere.
        return Buffer.alloc(0);
      }
    },
  };
}

const secretNames = new Set(['serverKey', 'apiKey']);

/** ECMAScript's "JSON.parse source text access", which Node has and TypeScript does not know yet. */
declare global {
  interface JSON {
    parse(text: string, revive: (name: string, value: unknown, context: { source?: string }) => unknown): unknown;
    rawJSON(text: string): unknown;
  }
}

/**
 * Every number stays the text that it is: `0.10`, and digits beyond those of a JavaScript number, are written again as they came. The
 * parser's own error would quote what it stumbled over, and that may be a secret.
 */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'), (_, value, { source }) =>
      typeof value === 'number' && source !== undefined ? JSON.rawJSON(source) : value,
    );
  } catch {
    throw new Error('The answer is not JSON.');
  }
}

type Team = z.infer<typeof ScribelessTeam>;
const teamSecret = ({ teamId, apiKey }: Team): FoundSecret => ({ externalId: `scribeless:${teamId}`, ref: teamId, secret: apiKey.key });

/** `POST /api/partner/teams`: `apiKey.key` becomes `cred_…`. */
export const scribelessTeam: Rebuild = rebuilding<Team>(
  true,
  ScribelessTeam,
  (team: Team) => [team],
  teamSecret,
  (team, reference) => {
    team.apiKey.key = reference ?? '';
  },
);

const organizationSecret = ({ organizationIdentifier, partnerExternalId, serverKey }: KelviqOrganization): FoundSecret | undefined =>
  serverKey
    ? { externalId: partnerExternalId ?? `kelviq:${organizationIdentifier}`, ref: organizationIdentifier, secret: serverKey }
    : undefined;
const setServerKey = (organization: KelviqOrganization, reference: string | null): void => {
  organization.serverKey = reference;
};

/** Kelviq's four: `serverKey` becomes `cred_…` where the gateway holds it, else null. */
export const kelviqOpened: Rebuild = rebuilding<KelviqOrganization>(
  true,
  KelviqOrganization,
  (one: KelviqOrganization) => [one],
  organizationSecret,
  setServerKey,
);
export const kelviqRead: Rebuild = rebuilding<KelviqOrganization>(
  false,
  KelviqOrganization,
  (one: KelviqOrganization) => [one],
  organizationSecret,
  setServerKey,
);
export const kelviqList: Rebuild = rebuilding<KelviqOrganization>(
  false,
  KelviqList,
  (list: z.infer<typeof KelviqList>) => list.results,
  organizationSecret,
  setServerKey,
);
