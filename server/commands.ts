import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** What a command asks of the gateway's administration door. `secret` is read from standard input, never from the arguments. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** A document is sent as it is. */
  readonly pdf?: Uint8Array<ArrayBuffer>;
}

export interface Command {
  readonly usage: string;
  readonly does: string;
  call(args: readonly string[], options: Options): Call | Promise<Call>;
}

type Options = Readonly<Record<string, string | undefined>>;

const partners = '/api/v1/admin/partners';
const of = (partner: string | undefined, rest: string) => `${partners}/${need(partner, 'PARTNER')}${rest}`;
const given = (value: string | undefined, name: string): string => {
  if (!value) throw new UsageError(`${name} is missing`);
  return value;
};
const need = (value: string | undefined, name: string): string => encodeURIComponent(given(value, name));
/** A flow as it is set, or as `flow show` prints it. */
const readFlow = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`);
  });
  try {
    const read = JSON.parse(text) as { flow?: unknown };
    return read.flow ?? read;
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
};
const readPdf = async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = await readFile(file).catch(() => {
    throw new UsageError(`${file} cannot be read`);
  });
  return new Uint8Array(bytes);
};
const readSecret = async (): Promise<string> => {
  if (process.stdin.isTTY) process.stderr.write('The vendor key, then Ctrl-D: ');
  return (await text(process.stdin)).trim();
};
const list = (value: string | undefined) => value?.split(',').map((each) => each.trim());
const mode = (options: Options) => (options.test === undefined ? 'live' : 'test');

/** What an administrator can ask for, by its two words. */
export const commands: Readonly<Record<string, Command>> = {
  'partner create': {
    usage: 'NAME E-MAIL',
    does: 'make a partner',
    call: ([name, contact_email]) => ({
      method: 'POST',
      path: `${partners}/`,
      body: { name: given(name, 'NAME'), contact_email: given(contact_email, 'E-MAIL') },
    }),
  },
  'partner list': {
    usage: '[--search TEXT]',
    does: 'list partners',
    call: (_, { search }) => ({ method: 'GET', path: `${partners}/?per_page=100${search ? `&search=${encodeURIComponent(search)}` : ''}` }),
  },
  'partner suspend': {
    usage: 'PARTNER',
    does: 'refuse every new call, at once',
    call: ([id]) => ({ method: 'PATCH', path: of(id, ''), body: { status: 'SUSPENDED' } }),
  },
  'partner resume': {
    usage: 'PARTNER',
    does: 'take it back',
    call: ([id]) => ({ method: 'PATCH', path: of(id, ''), body: { status: 'ACTIVE' } }),
  },
  'partner delete': { usage: 'PARTNER', does: 'delete softly', call: ([id]) => ({ method: 'DELETE', path: of(id, '') }) },
  'key issue': {
    usage: 'PARTNER [--scopes A,B] [--test] [--expires TIME]',
    does: 'issue a key; it is shown once',
    call: ([id], options) => ({
      method: 'POST',
      path: of(id, '/keys'),
      body: { mode: mode(options), scopes: list(options.scopes), expires_at: options.expires },
    }),
  },
  'key list': { usage: 'PARTNER', does: 'list keys without their secrets', call: ([id]) => ({ method: 'GET', path: of(id, '/keys') }) },
  'key rotate': {
    usage: 'PARTNER KEY [--overlap SECONDS]',
    does: 'issue its successor',
    call: ([id, key], { overlap }) => ({
      method: 'POST',
      path: of(id, `/keys/${need(key, 'KEY')}/rotate`),
      body: overlap === undefined ? {} : { overlap: Number(overlap) },
    }),
  },
  'key revoke': {
    usage: 'PARTNER KEY',
    does: 'end a key at once',
    call: ([id, key]) => ({ method: 'DELETE', path: of(id, `/keys/${need(key, 'KEY')}`) }),
  },
  'origin list': { usage: 'PARTNER', does: 'list where the tag may run', call: ([id]) => ({ method: 'GET', path: of(id, '/origins') }) },
  'origin add': {
    usage: 'PARTNER ORIGIN',
    does: 'let the tag run there',
    call: ([id, origin]) => ({ method: 'POST', path: of(id, '/origins'), body: { origin: given(origin, 'ORIGIN') } }),
  },
  'origin remove': {
    usage: 'PARTNER ORIGIN',
    does: 'no longer',
    call: ([id, origin]) => ({ method: 'DELETE', path: of(id, `/origins?origin=${need(origin, 'ORIGIN')}`) }),
  },
  'credential set': {
    usage: 'PARTNER VENDOR [--customer ID] [--test] < FILE',
    does: "store a vendor's key, read from standard input",
    call: async ([id, vendor], options) => ({
      method: 'PUT',
      path: of(id, '/credentials'),
      body: { vendor, mode: mode(options), customer: options.customer, secret: await readSecret() },
    }),
  },
  'credential list': {
    usage: 'PARTNER',
    does: 'list stored keys without their secrets',
    call: ([id]) => ({ method: 'GET', path: of(id, '/credentials') }),
  },
  'credential test': {
    usage: 'PARTNER CREDENTIAL',
    does: 'ask the vendor whether it takes the key',
    call: ([id, key]) => ({ method: 'POST', path: of(id, `/credentials/${need(key, 'CREDENTIAL')}/test`) }),
  },
  'flow show': { usage: 'PARTNER', does: 'show the flow in force', call: ([id]) => ({ method: 'GET', path: of(id, '/flow') }) },
  'flow set': {
    usage: 'PARTNER FILE',
    does: 'set the flow of runs to come',
    call: async ([id, file]) => ({
      method: 'PUT',
      path: of(id, '/flow'),
      body: await readFlow(given(file, 'FILE')),
    }),
  },
  'document list': {
    usage: 'PARTNER',
    does: 'list the documents of sign steps',
    call: ([id]) => ({ method: 'GET', path: of(id, '/flow/documents') }),
  },
  'document put': {
    usage: 'PARTNER NAME FILE',
    does: 'put a PDF of a sign step; "agreement" is that of the default flow',
    call: async ([id, name, file]) => ({
      method: 'PUT',
      path: of(id, `/flow/documents/${need(name, 'NAME')}`),
      pdf: await readPdf(given(file, 'FILE')),
    }),
  },
  'document delete': {
    usage: 'PARTNER NAME',
    does: 'delete one that nothing needs any more',
    call: ([id, name]) => ({ method: 'DELETE', path: of(id, `/flow/documents/${need(name, 'NAME')}`) }),
  },
  'run list': {
    usage: 'PARTNER [--status STATUS]',
    does: 'list runs',
    call: ([id], { status }) => ({ method: 'GET', path: of(id, `/runs?limit=100${status ? `&status=${status}` : ''}`) }),
  },
  'run retry': {
    usage: 'PARTNER RUN [--vendor VENDOR]',
    does: 'ask again: what is unknown (may make a second one) or was refused, or for a new envelope',
    call: ([id, run], { vendor }) => ({ method: 'POST', path: of(id, `/runs/${need(run, 'RUN')}/retry`), body: { vendor } }),
  },
  'run reset': {
    usage: 'PARTNER RUN details|provision|sign [--vendor VENDOR]',
    does: 'open a step again that was refused or declined',
    call: ([id, run, step], { vendor }) => ({ method: 'POST', path: of(id, `/runs/${need(run, 'RUN')}/reset`), body: { step, vendor } }),
  },
  'run adopt': {
    usage: 'PARTNER RUN ID [--vendor VENDOR] [--with-key < FILE]',
    does: 'take over an account, or an envelope (env_…), that was made after all',
    call: async ([id, run, made], { vendor, 'with-key': withKey }) => ({
      method: 'POST',
      path: of(id, `/runs/${need(run, 'RUN')}/adopt`),
      body: made?.startsWith('env_')
        ? { envelope_id: made }
        : { vendor, team_id: made, api_key: withKey === undefined ? undefined : await readSecret() },
    }),
  },
  'keys rotate': {
    usage: '',
    does: 'sign embed tokens with a new key',
    call: () => ({ method: 'POST', path: '/api/v1/admin/keys/rotate' }),
  },
};

/** The command line is wrong: told in a sentence, without a stack. */
export class UsageError extends Error {}
