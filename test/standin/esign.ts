import type { Books } from './books.ts';
import { detailed, listed, type Signer, type Status, signable, statuses, statusOf, voidable } from './envelopes.ts';
import { mint } from './keys.ts';
import type { Call, Row } from './rows.ts';
import { fileOf, objectOf, Refusal, readerOf } from './wire.ts';

interface Options {
  readonly books: Books;
  readonly now: () => number;
  readonly origin: () => string;
  /** Template ids the organizations have; nothing can make or list them. */
  readonly templates: ReadonlySet<string>;
}

/** The rows of e-sign and configuration. */
export function esignRows({ books, now, origin, templates }: Options): readonly Row[] {
  const envelopeOf = ({ key, id }: Call) => books.find(key.org, id);
  const read = { scope: 'envelopes:read' } as const;
  const write = { scope: 'envelopes:write' } as const;

  function list({ key, query }: Call): object {
    const page = whole(query, 'page', 1, Number.MAX_SAFE_INTEGER);
    const limit = whole(query, 'limit', 20, 100);
    const status = query.get('status');
    if (status !== null && !statuses.includes(status as Status)) throw new Refusal(422, 'Validation failed', ['status: unknown value']);
    const customer = query.get('customer_id');
    const all = [...books.envelopes.values()].filter(
      (each) => each.org === key.org && (status === null || each.status === status) && (customer === null || each.customerId === customer),
    );
    const rows = all.slice((page - 1) * limit, page * limit);
    return { data: rows.map(listed), meta: { page, limit, total: all.length, took_ms: 3 } };
  }

  function create({ key, body, type }: Call): object {
    const input = objectOf(body, type);
    const fields = readerOf(input);
    const email = fields.email('customer_email');
    const name = fields.text('customer_name');
    const kind = input.envelope_kind === 'paper' ? 'paper' : 'esign';
    const template = kind === 'esign' ? fields.text('template_id') : null;
    if (typeof input.template_id === 'string' && template !== null && !templates.has(template))
      fields.faults.push('template_id: no such template');
    const signers = signersOf(input.signers, { email, name }, fields.faults);
    fields.assert();
    return detailed(
      books.open({
        org: key.org,
        kind,
        customerId: books.customerOf(key.org, email),
        templateId: template,
        status: kind === 'paper' ? 'pending' : 'sent',
        signers: kind === 'paper' ? [] : signers,
      }),
    );
  }

  async function upload(call: Call): Promise<object> {
    const envelope = envelopeOf(call);
    const file = await fileOf(call.body, call.type);
    if (!file.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw new Refusal(422, 'Validation failed', ['file: must be a PDF']);
    if (envelope.kind !== 'paper' || envelope.status !== 'pending') throw new Refusal(409, `Envelope is ${envelope.status}`);
    envelope.file = file;
    books.move(envelope, 'uploaded');
    return detailed(envelope);
  }

  function cancel(call: Call): object {
    const envelope = envelopeOf(call);
    if (!voidable.has(envelope.status)) throw new Refusal(409, `Envelope is ${envelope.status}`);
    books.move(envelope, 'voided');
    return detailed(envelope);
  }

  /** Where an envelope can be signed now; reminders and links are refused elsewhere. */
  function open(call: Call) {
    const envelope = envelopeOf(call);
    if (!signable.has(envelope.status)) throw new Refusal(409, `Envelope is ${envelope.status}`);
    return envelope;
  }

  const addressOf = (envelope: string, email: string, widget: string, seconds: number) => {
    const token = mint({ envelope, widget, email, exp: Math.floor(now() / 1000) + seconds });
    return { token, address: `${origin()}/${widget}/${envelope}#token=${token}` };
  };

  const links = (call: Call): object[] => {
    const { id, signers } = open(call);
    return signers.map(({ email, name, role }) => ({ email, name, role, signing_url: addressOf(id, email, 'sign', 86_400).address }));
  };

  function token({ key, body, type }: Call): object {
    const fields = readerOf(objectOf(body, type));
    const id = fields.text('envelope_id');
    const email = fields.email('user_email');
    const widget = fields.text('widget_type');
    if (widget !== 'sign' && widget !== 'vault') fields.faults.push('widget_type: must be sign or vault');
    fields.assert();
    if (!key.scopes.includes(widget === 'sign' ? 'esign:write' : 'vault:read')) throw new Refusal(403, 'Missing scope');
    const { status } = books.find(key.org, id);
    if (widget === 'sign' ? !signable.has(status) : status !== 'vaulted') throw new Refusal(409, `Envelope is ${status}`);
    const minted = addressOf(id, email, widget, 900);
    return {
      token: minted.token,
      expires_at: new Date(now() + 900_000).toISOString(),
      embed_url: minted.address,
      widget_type: widget,
      envelope_id: id,
      issued_by: 'embed-2',
    };
  }

  function webhook({ key, body, type }: Call): object {
    const { webhook_url: url, webhook_secret: secret } = objectOf(body, type);
    const faults: string[] = [];
    if (url !== undefined && url !== null && !(typeof url === 'string' && URL.canParse(url))) faults.push('webhook_url: must be a URL');
    if (secret !== undefined && secret !== null && !(typeof secret === 'string' && secret.length >= 16))
      faults.push('webhook_secret: at least 16 characters');
    if (faults.length > 0) throw new Refusal(422, 'Validation failed', faults);
    if (url !== undefined) key.webhookUrl = url as string | null;
    if (secret !== undefined) key.webhookSecret = secret as string | null;
    return { webhook_url: key.webhookUrl, updated: true };
  }

  const path = '/partner/envelopes';
  return [
    { ...read, method: 'GET', path, answer: list, whole: true },
    { ...read, method: 'GET', path: `${path}/:id`, answer: (call) => detailed(envelopeOf(call)) },
    { ...read, method: 'GET', path: `${path}/:id/status`, answer: (call) => statusOf(envelopeOf(call)) },
    { ...write, method: 'POST', path, answer: create },
    { ...write, method: 'POST', path: `${path}/:id/upload`, answer: upload },
    { ...write, method: 'POST', path: `${path}/:id/void`, answer: cancel },
    { ...write, method: 'POST', path: `${path}/:id/remind`, answer: (call) => detailed(open(call)) },
    { ...read, method: 'GET', path: `${path}/:id/signing-links`, answer: links },
    { ...write, method: 'PATCH', path: '/partner/webhook', answer: webhook },
    { scope: undefined, method: 'POST', path: '/embed/token', answer: token },
  ];
}

function whole(query: URLSearchParams, name: string, usual: number, most: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) throw new Refusal(422, 'Validation failed', [`${name}: out of range`]);
  return value;
}

function signersOf(value: unknown, customer: { email: string; name: string }, faults: string[]): Signer[] {
  if (value === undefined) return [{ ...customer, role: 'Signer', signed: false }];
  if (!Array.isArray(value) || value.length === 0) {
    faults.push('signers: must be a list');
    return [];
  }
  return value.map((each: unknown, i) => {
    const at = readerOf(typeof each === 'object' && each !== null ? (each as Record<string, unknown>) : {});
    const signer = { email: at.email('email'), name: at.text('name'), role: at.text('role'), signed: false };
    faults.push(...at.faults.map((fault) => `signers.${i}.${fault}`));
    return signer;
  });
}
