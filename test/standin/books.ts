import { createHash, createHmac, randomBytes } from 'node:crypto';
import { detailed, type Envelope, idOf, pdfOf, type Signer, signable } from './envelopes.ts';
import type { Key } from './keys.ts';
import { Refusal } from './wire.ts';

export interface BooksOptions {
  readonly now: () => number;
  /** Real milliseconds from vault-in to `vaulted`. */
  readonly vaultDelay: number;
  readonly keys: ReadonlyMap<string, Key>;
}

/** Everything the vendor keeps, in memory, and what moves it. */
export function openBooks({ now, vaultDelay, keys }: BooksOptions) {
  const envelopes = new Map<string, Envelope>();
  const customers = new Map<string, string>();
  const timers = new Set<NodeJS.Timeout>();
  const deliveries = new Set<Promise<unknown>>();

  function customerOf(org: string, email: string): string {
    const known = customers.get(`${org} ${email}`) ?? idOf('cust');
    customers.set(`${org} ${email}`, known);
    return known;
  }

  function move(envelope: Envelope, status: Envelope['status']): void {
    envelope.status = status;
    envelope.updatedAt = now();
  }

  /** One event, signed over the raw body alone: no timestamp is part of it. Asked once; nothing is tried again. */
  function announce(envelope: Envelope, type: string, data: object): void {
    for (const { org, active, webhookUrl, webhookSecret } of keys.values()) {
      if (org !== envelope.org || !active || webhookUrl === null) continue;
      const event = {
        event_type: type,
        event_id: `evt_${randomBytes(12).toString('hex')}`,
        org_id: org,
        envelope_id: envelope.id,
        timestamp: new Date(now()).toISOString(),
        data,
      };
      const body = JSON.stringify(event);
      const signature = webhookSecret && createHmac('sha256', webhookSecret).update(body).digest('hex');
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'Loyva-Webhooks/1.0',
        'x-loyva-event': type,
        'x-loyva-delivery': randomBytes(8).toString('hex'),
        ...(signature && { 'x-loyva-signature': `sha256=${signature}` }),
      };
      const delivery = fetch(webhookUrl, { method: 'POST', headers, body }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined, // A receiver that is away is the receiver's loss: the vendor promises nothing.
      );
      deliveries.add(delivery);
      void delivery.finally(() => deliveries.delete(delivery));
    }
  }

  function stored(envelope: Envelope): void {
    if (!envelope.vaulting) return;
    envelope.vaulting = false;
    move(envelope, 'vaulted');
    const hash = createHash('sha256')
      .update(envelope.file ?? '')
      .digest('hex');
    announce(envelope, 'vault.stored', { path: `ucc-vault/${envelope.org}/${envelope.id}/signed.pdf`, hash });
    announce(envelope, 'vault.compliance.passed', { score: 100 });
  }

  return {
    envelopes,
    customerOf,
    move,

    open(made: Pick<Envelope, 'org' | 'kind' | 'customerId' | 'templateId' | 'status' | 'signers'>): Envelope {
      const at = now();
      const envelope = { ...made, id: idOf('env'), createdAt: at, updatedAt: at, file: undefined, vaulting: false, released: false };
      envelopes.set(envelope.id, envelope);
      return envelope;
    },

    /** Another organization's envelope is not there. */
    find(org: string, id: string): Envelope {
      const envelope = envelopes.get(id);
      if (envelope?.org !== org) throw new Refusal(404, 'Envelope not found');
      return envelope;
    },

    /** Answers at once; the envelope is vaulted a moment later. One that is, or is about to be, is left alone. */
    vaultIn(envelope: Envelope, from: Envelope['status']): object {
      if (envelope.status !== 'vaulted' && envelope.status !== from) throw new Refusal(409, `Envelope is ${envelope.status}`);
      if (envelope.status === from && !envelope.vaulting) {
        envelope.vaulting = true;
        timers.add(setTimeout(() => stored(envelope), vaultDelay).unref());
      }
      return detailed(envelope);
    },

    /** Somebody opened the signing page. */
    view(envelope: Envelope): void {
      if (envelope.status === 'sent') move(envelope, 'viewed');
    },

    /** A signer signs; with the last signature it is completed, and no event says so. */
    sign(envelope: Envelope, email: string): void {
      const signer = signerOf(envelope, email);
      if (!signable.has(envelope.status)) throw new Refusal(409, `Envelope is ${envelope.status}`);
      signer.signed = true;
      move(envelope, 'viewed');
      if (!envelope.signers.every(({ signed }) => signed)) return;
      envelope.file = pdfOf(`Signed contract ${envelope.id}`);
      move(envelope, 'completed');
    },

    decline(envelope: Envelope, email: string): void {
      signerOf(envelope, email);
      if (!signable.has(envelope.status)) throw new Refusal(409, `Envelope is ${envelope.status}`);
      move(envelope, 'declined');
    },

    async close(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(deliveries);
    },
  };
}
export type Books = ReturnType<typeof openBooks>;

function signerOf({ signers }: Envelope, email: string): Signer {
  const signer = signers.find((each) => each.email.toLowerCase() === email.toLowerCase());
  if (!signer) throw new Refusal(403, 'You are not a signer of this contract');
  return signer;
}
