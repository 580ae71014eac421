import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { createVisitor, mintedToken } from '../../visitor.ts';
import { answered } from '../world/answers.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json, type Reply } from '../world/stub-vendor.ts';

export const origin = 'https://portal.harbor.example';
export const vendorKey = 'lk_the_partners_own_at_the_stub';

/** The vendor's doors behind the vault's view. */
export const doors = {
  envelope: 'GET /:id',
  status: 'GET /:id/status',
  compliance: 'GET /:id/compliance',
  certificate: 'GET /:id/vault/certificate',
  copy: 'GET /:id/vault/copy/signed-url',
} as const;

/** What a signed address must never show, and where it leads. */
export const signature = 'signature=a-signed-address-is-a-secret';
export const file = '/ucc-copies/signed.pdf';
export const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(300_000, 'copy '), Buffer.from('\n%%EOF')]);

/** A file as a storage sends it. */
export const sends =
  (bytes: Buffer | string, headers: Record<string, string> = {}, status = 200): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/pdf', ...headers }).end(bytes);

/** A gateway with one partner, at a vendor whose vault says what a test tells it to. */
export class VaultStage {
  loyva!: Awaited<ReturnType<typeof startStubLoyva>>;
  gateway!: StartedGateway;
  partner!: { id: string; key: string };

  async open(): Promise<void> {
    this.loyva = await startStubLoyva();
    this.gateway = await startGateway({ vendorUrl: this.loyva.origin });
    this.partner = await this.gateway.partner({ origins: [origin], vendorKeys: { loyva: vendorKey } });
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.loyva.close();
  }

  /** Somebody with an open session for a vaulted envelope of this partner; the vendor answers by its book again. */
  async reader(partner = this.partner) {
    const { loyva, gateway } = this;
    for (const door of Object.values(doors)) loyva.at(door);
    const made = loyva.make(JSON.stringify({ external_id: '', signers: [{ email: 'ada@nordin.example' }] }));
    made.status = 'vaulted';
    const id = made.envelope_id;
    const visitor = await createVisitor(gateway.url, origin, gateway.clock.now);
    const body = { widget_type: 'vault', customer: undefined, envelope_id: id, user_email: 'mira@harbor.example' };
    await answered(visitor.open(await mintedToken(gateway.url, partner.key, body)), 201);
    const see = (path = '', headers = {}, method = 'GET') => visitor.call(method, `/embed/vault${path}`, undefined, headers);
    return { id, see };
  }

  /** The vendor signs this address for the copy. */
  address(url = `${this.loyva.origin}${file}?${signature}`): void {
    this.loyva.at(doors.copy, json({ data: { signed_url: url, filename: '../../etc/passwd', expires_in: 300 } }));
  }

  /** The vendor's storage answers so at the copy's address. */
  given(reply: Reply = sends(pdf)): void {
    this.address();
    this.loyva.at(`GET ${file}`, reply);
  }
}
