import { randomBytes } from 'node:crypto';
import type { Books } from './books.ts';
import { detailed, type Envelope, pdfOf } from './envelopes.ts';
import type { Call, Row } from './rows.ts';
import { objectOf, Refusal } from './wire.ts';

interface Options {
  readonly books: Books;
  readonly now: () => number;
  readonly origin: () => string;
}

/** The eight checks; the names of those that the vendor's pages cut off are free. */
const checks: readonly (readonly [requirement: string, reference: string, (envelope: Envelope) => boolean])[] = [
  ['Single authoritative copy', '9-105(b)(2)', ({ status }) => status === 'vaulted'],
  ['Tamper evidence', '9-105(b)(4)', ({ status }) => status === 'vaulted'],
  ['Controlling party identified', '9-105(b)(1)', ({ status }) => status === 'vaulted'],
  ['All required signatures', '9-105(a)', ({ kind, signers }) => kind === 'paper' || signers.every(({ signed }) => signed)],
  ['Custody', '9-105(b)(3)', ({ status }) => status === 'vaulted'],
  ['Assignee changes', '9-105(b)(4)', () => true],
  ['Copies identifiable', '9-105(b)(5)', () => true],
  ['Revisions identifiable', '9-105(b)(6)', () => true],
];
const judged = (envelope: Envelope) =>
  checks.map(([requirement, ucc_reference, holds]) => {
    const satisfied = holds(envelope);
    return { requirement, ucc_reference, satisfied, detail: satisfied ? 'Verified.' : 'Not yet.' };
  });

/** The rows of the vault, and the files that its addresses lead to: each address opens once. */
export function evault({ books, now, origin }: Options) {
  const addresses = new Map<string, { file: Buffer; filename: string; until: number }>();
  const envelopeOf = ({ key, id }: Call) => books.find(key.org, id);
  const vaulted = (call: Call): Envelope => {
    const envelope = envelopeOf(call);
    if (envelope.status !== 'vaulted') throw new Refusal(404, 'Nothing is vaulted for this envelope');
    return envelope;
  };

  function addressOf(call: Call, bucket: 'ucc-vault' | 'ucc-copies', kind: 'authoritative' | 'copy'): object {
    const { id, org, file } = vaulted(call);
    const text = call.query.get('expires');
    const seconds = text === null ? 300 : Number(text);
    if (!Number.isInteger(seconds) || seconds < 60 || seconds > 86_400)
      throw new Refusal(422, 'Validation failed', ['expires: must be 60 to 86400']);
    const until = now() + seconds * 1000;
    const signature = randomBytes(16).toString('hex');
    const filename = `${id}_${kind}.pdf`;
    addresses.set(signature, { file: kind === 'copy' ? pdfOf(`COPY of ${id}`) : (file ?? pdfOf(id)), filename, until });
    return {
      signed_url: `${origin()}/${bucket}/${org}/${id}/signed.pdf?signature=${signature}`,
      filename,
      expires_in: seconds,
      expires_at: new Date(until).toISOString(),
      bucket,
    };
  }

  function certificate(call: Call): object {
    const envelope = vaulted(call);
    const { envelope_id, envelope_name, customer_id, status } = detailed(envelope);
    return {
      certificate_type: 'ucc_9105_electronic_chattel_paper',
      certificate_version: '1.0',
      issued_at: new Date(now()).toISOString(),
      subject: { envelope_id, envelope_name, customer_id, status },
      secured_party: { name: 'Harbor Leasing AB', org_id: envelope.org },
      compliance: { score: 100, checks: judged(envelope) },
      legal_notices: ['This certificate is not legal advice.'],
    };
  }

  function compliance(call: Call): object {
    const envelope = envelopeOf(call);
    const results = judged(envelope);
    const score = Math.round((100 * results.filter(({ satisfied }) => satisfied).length) / results.length);
    return { envelope_id: envelope.id, compliant: score === 100, score, checks: results, engine: 'ucc-3' };
  }

  /** Nothing in the vault any more; no status says so, since none is documented. */
  function vaultOut(call: Call): object {
    objectOf(call.body, call.type);
    const envelope = envelopeOf(call);
    if (envelope.status !== 'vaulted') throw new Refusal(409, `Envelope is ${envelope.status}`);
    envelope.released = true;
    books.move(envelope, 'completed');
    return detailed(envelope);
  }

  function vaultInSigned(call: Call): object {
    const envelope = envelopeOf(call);
    if (envelope.kind !== 'esign' || envelope.released) throw new Refusal(409, 'Not an e-sign envelope that can be vaulted');
    return books.vaultIn(envelope, 'completed');
  }

  function vaultInUpload(call: Call): object {
    const envelope = envelopeOf(call);
    if (envelope.kind !== 'paper' || envelope.released) throw new Refusal(409, 'Not a paper envelope that can be vaulted');
    return books.vaultIn(envelope, 'uploaded');
  }

  const path = '/partner/envelopes/:id';
  const rows: readonly Row[] = [
    { scope: 'vault:write', method: 'POST', path: `${path}/vault-in-signed`, answer: vaultInSigned },
    { scope: 'vault:write', method: 'POST', path: `${path}/vault-in-upload`, answer: vaultInUpload },
    {
      scope: 'vault:read',
      method: 'GET',
      path: `${path}/vault/signed-url`,
      answer: (call) => addressOf(call, 'ucc-vault', 'authoritative'),
    },
    { scope: 'vault:read', method: 'GET', path: `${path}/vault/copy/signed-url`, answer: (call) => addressOf(call, 'ucc-copies', 'copy') },
    { scope: 'compliance:read', method: 'GET', path: `${path}/vault/certificate`, answer: certificate },
    { scope: 'compliance:read', method: 'GET', path: `${path}/compliance`, answer: compliance },
    { scope: 'vault:release', method: 'POST', path: `${path}/vault-out`, answer: vaultOut },
  ];
  return {
    rows,
    /** The file of an address, once, while it is good. */
    take(signature: string): { file: Buffer; filename: string } | undefined {
      const found = addresses.get(signature);
      addresses.delete(signature);
      return found && found.until > now() ? found : undefined;
    },
  };
}
