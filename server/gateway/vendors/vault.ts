import type { Readable } from 'node:stream';
import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { loyvaLinkOrigins, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import type { OutboundAnswer } from '../../outbound/call.ts';
import { filesLane, type RequestStream } from '../../outbound/request.ts';
import type { Credential } from '../domain/records/ports.ts';
import type { VaultVendor } from '../domain/signing/vaults.ts';
import { assertPassable, createCall, reached, type VendorOptions } from './call.ts';
import { assertPlain } from './key-guard.ts';
import { vendorLink } from './links.ts';
import { json } from './read.ts';
import { waitIn } from './retry-after.ts';
import { Certificate, Compliance, certificateView, Envelope, Status, vaultView } from './vault-answers.ts';

/** Bytes of a copy that are passed on at most, and milliseconds that all of them may take. */
const copyLimits = { cap: 40 * 1024 * 1024, deadline: 120_000 } as const;
const Address = z.object({ data: z.object({ signed_url: z.string().check(z.maxLength(8_192)) }) });

type Head = Pick<OutboundAnswer, 'status' | 'headers'>;

/** Refusals that say something of the envelope; every other one is between the gateway and the vendor. */
function refusalOf(head: Head): Failure {
  const { status } = head;
  if (status === 409) return new Failure('envelope-wrong-state');
  if (status === 410) return new Failure('copy-released');
  const told = `The vendor answered ${status}.`;
  if (status === 401 || status === 402 || status === 403) return new Failure('vendor-refused', told);
  if (status !== 429 && status < 500) return new Failure('vendor-unreadable', told);
  const wait = waitIn(head, 3_600_000);
  return new Failure('vendor-unavailable', told, wait ? { retryAfter: Math.ceil(wait / 1_000) } : {});
}

/** Loyva's vault, read with the partner's key. The addresses it signs are used here and go no further. */
export function vault({ stream, ...options }: VendorOptions & { stream: RequestStream }): VaultVendor {
  const call = createCall({ ...options, vendor: 'loyva', locked: 'internal' });

  /** Nothing when the vendor has no such thing for this key. */
  async function read<T>(key: Credential, envelopeId: string, below: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    const answer = await call(key, { method: 'GET', path: `${loyvaPaths.envelopes}/${encodeURIComponent(envelopeId)}${below}` });
    if (answer.status === 404) return undefined;
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer);
    assertPassable(answer);
    const found = json(answer, schema);
    if (!found) throw new Failure('vendor-unreadable');
    return found;
  }

  /** What the view can do without: a key may lack the scope for it, and a vendor may not have it. */
  const readIfGiven: typeof read = (...wanted) =>
    read(...wanted).catch((error: unknown) => {
      // Whatever the reason, the view says that nothing is known, which is true.
      if (error instanceof Failure) return undefined;
      throw error;
    });

  /** Without the key: whoever holds the address may read. */
  async function fetchCopy(address: URL, { partnerId }: Credential) {
    const { body, ...head } = await reached(
      stream({
        origin: address.origin,
        lane: filesLane(partnerId),
        path: address.pathname + address.search,
        method: 'GET',
        headers: { accept: 'application/pdf' },
        ...copyLimits,
      }),
    );
    try {
      if (head.status !== 200) throw refusalOf(head);
      return { length: lengthOf(head), body: await reached(pdfOf(body)) };
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  return {
    async record(key, id) {
      const [envelope, compliance] = await Promise.all([read(key, id, '', Envelope), readIfGiven(key, id, '/compliance', Compliance)]);
      if (!envelope) return undefined;
      const { envelope_id, vault: kept, signers } = envelope.data;
      if (envelope_id !== id) throw new Failure('vendor-unreadable');
      // A certificate is issued for the asking, which stands in the vendor's record: only where nothing else tells of the vault.
      const [certificate, status] = await Promise.all([
        kept ? undefined : readIfGiven(key, id, '/vault/certificate', Certificate),
        signers ? undefined : readIfGiven(key, id, '/status', Status),
      ]);
      return vaultView(envelope.data, { compliance: compliance?.data, certificate: certificate?.data, status: status?.data });
    },

    async certificate(key, id) {
      const certificate = await read(key, id, '/vault/certificate', Certificate);
      return certificate && certificateView(certificate.data);
    },

    async copy(key, id) {
      const given = await read(key, id, '/vault/copy/signed-url', Address);
      return given && fetchCopy(new URL(vendorLink(given.data.signed_url, ...loyvaLinkOrigins(options.origin, 'storage'))), key);
    },
  };
}

/** The announced length of a PDF that can be passed on. */
function lengthOf({ headers }: Head): number | undefined {
  assertPlain(headers);
  if (!/^application\/pdf\b/i.test(String(headers['content-type'] ?? ''))) throw new Failure('vendor-unreadable');
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (length > copyLimits.cap) throw new Failure('vendor-unreadable', 'The copy is larger than can be passed on.');
  return Number.isInteger(length) ? length : undefined;
}

const signature = Buffer.from('%PDF-');

/** The same body, as soon as the first bytes of it say that they are a PDF's (ISO 32000-2, 7.5.2). Whoever destroys it ends the fetching at once. */
async function pdfOf(body: Readable): Promise<Readable> {
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const more: Buffer | null = body.read();
    if (more) head = Buffer.concat([head, more]);
    // Put back at once: a body whose last bytes were taken would end here.
    if (head.length >= signature.length) body.unshift(head);
    if (head.subarray(0, signature.length).equals(signature)) return body;
    if (body.errored) throw body.errored;
    if (head.length >= signature.length || body.readableEnded || body.destroyed) throw new Failure('vendor-unreadable');
    if (!more) await stirring(body);
  }
}

/** There are bytes, or there will be none. Only for a body of which all was taken: another would call at once, for ever. */
const stirring = (body: Readable): Promise<void> =>
  new Promise((resolve) => {
    for (const event of ['readable', 'end', 'close']) body.once(event, () => resolve());
  });
