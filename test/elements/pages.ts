import { type StartedGateway, startGateway } from '../start-gateway.ts';
import { createVisitor, mintedToken } from '../visitor.ts';
import { openPaperPages } from '../widget/paper/paper-page.ts';
import { type Answer, hostFiles, hostPage, type Placement } from '../widget/world/host-page.ts';
import { hearScript } from './hear.ts';

/** What is asked of an embed token of the run's partner. */
export interface TokenOrder {
  /** By the partner's id; one whom nobody else has when left out. */
  readonly customer?: string;
  /** What the partner tells of the customer. */
  readonly profile?: object;
  /** It has opened a session already. */
  readonly used?: boolean;
  /** The only pages that it may be used on; this run's when left out. */
  readonly origins?: readonly string[];
  /** A partner of this name, of whom no other test is a customer. */
  readonly partner?: string;
}

/** What a customer does in another browser: the answers that are typed there. */
export interface Visit {
  readonly customer: string;
  readonly values: object;
}

/** The partner's pages of a run, on its own origin, and the servers behind them: each is started when it is first asked for. */
export interface Pages {
  /** Nothing when the address is none of theirs. */
  answer(url: URL): Promise<Answer | { headers: Record<string, string>; body: Uint8Array } | undefined>;
  mint(order: TokenOrder): Promise<string>;
  visit(visit: Visit): Promise<true>;
  /** Pauses a partner who has a name, or lets it go on. */
  setStatus(order: { partner: string; status: 'SUSPENDED' | 'ACTIVE' }): Promise<true>;
  /** Where the gateway is whose script the partner's pages take. */
  gatewayUrl(): Promise<string>;
  close(): Promise<void>;
}

/** A page of the partners' that no test opens. */
const elsewhere = 'https://elsewhere.example';

export function createPages(origin: string): Pages {
  const closing: (() => Promise<void>)[] = [];
  const once = <T extends { close(): Promise<void> }>(open: () => Promise<T>): (() => Promise<T>) => {
    let opened: Promise<T> | undefined;
    return () => {
      if (!opened) {
        const opening = open();
        opened = opening;
        closing.push(async () => (await opening).close());
      }
      return opened;
    };
  };
  const gateway = once(() => startGateway());
  const paper = once(openPaperPages);
  const partners = new Map<string, ReturnType<StartedGateway['partner']>>();
  let customers = 0;
  const partnerOf = async (name: string) => {
    const started = await gateway();
    const vendorKeys = { scribeless: `slp_${name}`, kelviq: `kq_${name}` };
    const partner = partners.get(name) ?? started.partner({ origins: [origin, elsewhere], vendorKeys });
    partners.set(name, partner);
    return partner;
  };
  const mint: Pages['mint'] = async ({
    customer = `element-${++customers}`,
    profile = {},
    used = false,
    origins,
    partner = 'everybody',
  }) => {
    const { key } = await partnerOf(partner);
    const { url } = await gateway();
    const token = await mintedToken(url, key, { customer: { external_id: customer, ...profile }, ...(origins ? { origins } : {}) });
    if (used) await (await visitor()).open(token);
    return token;
  };
  const visitor = async () => {
    const { url, clock } = await gateway();
    return createVisitor(url, origin, clock.now);
  };
  return {
    async answer(url) {
      if (url.pathname.startsWith('/paper/')) return (await paper()).answer(url);
      if (url.pathname === '/hear.js') return { headers: { 'content-type': 'text/javascript' }, body: hearScript };
      if (url.pathname !== '/partner') return hostFiles[url.pathname];
      const placement = JSON.parse(url.searchParams.get('placement') ?? '{}') as Placement;
      return hostPage((await gateway()).url, { scripts: ['/hear.js'], ...placement });
    },
    gatewayUrl: async () => (await gateway()).url,
    mint,
    async setStatus({ partner, status }) {
      const { id } = await partnerOf(partner);
      const answer = await (await gateway()).admin('PATCH', `/api/v1/admin/partners/${id}`, { status });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return true;
    },
    async visit({ customer, values }) {
      const other = await visitor();
      await other.open(await mint({ customer }));
      const { revision } = await other.run();
      const answer = await other.call('PATCH', '/embed/onboarding/draft', { values }, { 'if-match': `"r${revision}"` });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return true;
    },
    async close() {
      for (const close of closing) await close();
    },
  };
}
